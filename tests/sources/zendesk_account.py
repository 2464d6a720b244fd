"""A hand-made Zendesk account behind the sandbox's server."""

from datetime import UTC, datetime, timedelta

from config.settings import Settings
from sandbox.world import Version

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TITLES = {11: "Request type", 12: "Escalated on", 13: "Anything else"}


def written(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def put(company, kind, key, at=NOW - 9 * DAY, deletion=None, updated=None, **record):
    stamp = updated or at
    content = {"id": key, "created_at": written(NOW - 9 * DAY), "updated_at": written(stamp), **record}
    company.world.add("zendesk", kind, str(key), Version(at, stamp, content, deletion))


def ticket(company, key, at=NOW - 9 * DAY, **record):
    metrics = {"reply_time_in_minutes": {"calendar": 90}, "solved_at": None}
    given = {"organization_id": 7, "group_id": 3, "type": "incident", "status": "open", "subject": "private",
             "custom_fields": [], "metric_set": metrics}  # fmt: skip
    put(company, "tickets", key, at, **{**given, **record})


def tickets(company, count, at=NOW - 9 * DAY):
    for number in range(1, count + 1):
        ticket(company, number, at)


def titles(company, *without):
    for key, title in TITLES.items():
        if title not in without:
            put(company, "ticket_fields", key, title=title)


def as_zendesk(bench, monkeypatch):
    """The bench with the account among its sources."""
    for name, value in bench.servers.zendesk_environment().items():
        monkeypatch.setenv(name, value)
    bench.settings = Settings(home=bench.settings.home)
    return bench
