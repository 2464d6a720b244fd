"""The company's support cases once more, as a Zendesk account shows them: the same requests, answers and ratings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.company.days import BIRTH, at, local_day
from sandbox.world import Version, World

STATUS = {"New": "new", "Working": "open", "Closed": "solved"}
FIELDS = {360_001: "Request type", 360_002: "Escalated on", 360_003: "Anything else"}
FIRST_ID = {"organizations": 5_000_001, "groups": 20_001, "tickets": 30_001, "satisfaction_ratings": 80_001}
NOBODY = ""  # the organization of those who belong to no customer


def add_zendesk(world: World) -> dict[str, str]:
    """Plant the account beside a planted org; gives the ticket's id of each case.

    A customer is an organization with the CRM's account id as its external id; a request that names no account comes
    from an organization without one.
    """
    cases = world.records["salesforce", "Case"]
    born = at(BIRTH, 7)
    organizations = dict.fromkeys([NOBODY, *world.records["salesforce", "Account"]], 0)
    organizations |= dict.fromkeys(one.record["AccountId"] or NOBODY for versions in cases.values() for one in versions)
    teams = dict.fromkeys(one.record["Team__c"] for versions in cases.values() for one in versions)
    numbers = {key: FIRST_ID["organizations"] + n for n, key in enumerate(organizations)}
    groups = {name: FIRST_ID["groups"] + n for n, name in enumerate(name for name in teams if name)}
    for key, title in FIELDS.items():
        _put(world, "ticket_fields", key, born, {"title": title, "type": "text", "active": True})
    for name, key in groups.items():
        _put(world, "groups", key, born, {"name": name, "deleted": False})
    routes = {
        one[0].record["Account__c"]: one[0] for one in world.records["salesforce", "Escalation_Route__c"].values()
    }
    for n, (account, key) in enumerate(numbers.items()):
        named = {"name": f"Organization {n + 1}", "external_id": account or None, "group_id": None}
        _put(world, "organizations", key, born, named)
        if account in routes:  # its requests reach a team from then on
            _put(world, "organizations", key, routes[account].visible_at, named | {"group_id": groups["Support"]}, born)
    ids = {}
    for n, (case, versions) in enumerate(cases.items()):
        key = FIRST_ID["tickets"] + n
        ids[case] = str(key)
        for version in versions:
            shown = _ticket(version.record, versions[0].visible_at, numbers, groups)
            _put(world, "tickets", key, version.visible_at, shown, versions[0].visible_at, version)
        _rating(world, FIRST_ID["satisfaction_ratings"] + n, key, versions)
    return ids


def _ticket(
    case: Mapping[str, Any], opened: datetime, numbers: Mapping[str, int], groups: Mapping[str, int]
) -> dict[str, Any]:
    reply = _since(opened, case["First_Reply_At__c"])
    escalated = case["Escalated_At__c"]
    escalated_on = local_day(datetime.fromisoformat(escalated)).isoformat() if escalated else None
    values = (case["Type"], escalated_on, "private")
    return {
        "organization_id": numbers[case["AccountId"] or NOBODY],
        "group_id": groups.get(case["Team__c"] or ""),
        "type": None,
        "status": STATUS[case["Status"]],
        "subject": "private",
        "description": "private",
        "custom_fields": [{"id": key, "value": value} for key, value in zip(FIELDS, values, strict=True)],
        "metric_set": {
            "reply_time_in_minutes": {"calendar": reply, "business": reply},
            "solved_at": _utc(datetime.fromisoformat(case["ClosedDate"])) if case["ClosedDate"] else None,
        },
    }


def _rating(world: World, key: int, ticket: int, versions: list[Version]) -> None:
    """The rating that was offered when the case was solved, and what the customer said."""
    rated = [one for one in versions if one.record["Satisfaction__c"]]
    if rated:
        when = rated[0].visible_at
        score = {"ticket_id": ticket, "score": rated[0].record["Satisfaction__c"], "comment": "private"}
        _put(world, "satisfaction_ratings", key, when, score)


def _put(
    world: World,
    kind: str,
    key: int,
    when: datetime,
    fields: Mapping[str, Any],
    created: datetime | None = None,
    like: Version | None = None,
) -> None:
    record = {"id": key, **fields, "created_at": _utc(created or when), "updated_at": _utc(when)}
    deletion = like.deletion if like else None
    world.add("zendesk", kind, str(key), Version(when, like.updated_at if like else when, record, deletion))


def _since(opened: datetime, answered: str | None) -> int | None:
    """Whole minutes to the first answer."""
    return int((datetime.fromisoformat(answered) - opened).total_seconds()) // 60 if answered else None


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
