"""A hand-made Rocketlane account behind the sandbox's server."""

from datetime import UTC, datetime, timedelta

from config.settings import Settings
from sandbox.world import Version

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
IDS = {
    "projects": "projectId",
    "tasks": "taskId",
    "time-entries": "timeEntryId",
    "phases": "phaseId",
    "invoices": "invoiceId",
    "lines": "invoiceLineItemId",
    "time-offs": "timeOffId",
    "users": "userId",
    "fields": "fieldId",
}
LABELS = {
    "PROJECT": ("Salesforce account", "Salesforce opportunity", "Cap", "Retainer negative carry",
                "Retainer window months", "SOW start"),
    "TASK": ("Role", "Contractually non-billable"),
}  # fmt: skip


def ms(at):
    return int(at.timestamp() * 1000)


def put(company, kind, key, at=NOW - 9 * DAY, visible=None, **record):
    content = {IDS[kind]: key, "createdAt": ms(at), "updatedAt": ms(at), **record}
    company.world.add("rocketlane", kind, str(key), Version(visible or at, at, content))


def gone(company, kind, key, at):
    company.world.add("rocketlane", kind, str(key), Version(at, at, {IDS[kind]: key}, "hard"))


def entry(company, key, at=NOW - 9 * DAY, visible=None, **record):
    given = {"date": "2026-08-03", "minutes": 90, "billable": True, "status": "APPROVED", "deleted": False,
             "project": {"projectId": 7}, "task": {"taskId": 9}, "user": {"userId": 3}}  # fmt: skip
    put(company, "time-entries", key, at, visible, **{**given, **record})


def entries(company, count, first=1, at=NOW - 9 * DAY):
    for number in range(first, first + count):
        entry(company, number, at, minutes=number)


def labels(company, *without):
    wanted = [(subject, label) for subject, some in LABELS.items() for label in some if label not in without]
    for number, (subject, label) in enumerate(wanted, 1):
        put(company, "fields", number, fieldLabel=label, objectType=subject)


def as_rocketlane(bench, monkeypatch):
    """The bench with the account among its sources."""
    for name, value in bench.servers.rocketlane_environment().items():
        monkeypatch.setenv(name, value)
    bench.settings = Settings(home=bench.settings.home)
    return bench
