"""Zendesk: tickets by the incremental export, deleted ones too; ratings of late; organizations, groups whole."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from config.settings import ZendeskSource
from tasks.lake.shape import Shape
from tasks.lake.typed import payload_text
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.vendor import Finding, Link, Reading, Record, Window
from tasks.sources.zendesk_pages import exported, listed
from tasks.sources.zendesk_policy import policy

NAME: Final = "zendesk"
TICKETS: Final = "tickets"
STAMP: Final = "updated_at"
DELETED: Final = "is_deleted"  # ours: a ticket's status as a mark
OWN: Final = frozenset({"id", STAMP, DELETED})


def connect(instance: str, source: ZendeskSource, sleep: Callable[[float], None]) -> Client:
    """A client with Zendesk's policy; nothing is sent yet."""
    return connected(source, policy(f"BATON_SOURCES__{instance.upper()}__", source), sleep)


def order(fields: FieldMap, source: ZendeskSource) -> tuple[str, ...]:
    """Every resource that is read, in the map's order."""
    return tuple(name for name, entity in fields.entities.items() if entity.resource)


def shape(entity: Entity) -> Shape:
    """A Zendesk record: its id, its stamp, and a deletion mark of tickets."""
    return Shape(entity.name, entity.columns, "id", STAMP, entity.deleted or None)


def is_windowed(entity: Entity) -> bool:
    """Never: Zendesk counts no window."""
    return False


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """The tickets that changed within the window, the ratings asked for lately, or all there is of the rest."""
    if entity.resource == TICKETS:
        return _tickets(link, entity, window)
    recent = {}
    if entity.cursor:
        since = max(window.lo - timedelta(days=link.source.rating_days), link.source.since)
        recent = {"start_time": str(int(since.timestamp()))}
    records = {str(one["id"]): one for page in listed(link, entity.resource, recent) for one in page}
    texts = {key: payload_text(_kept(entity, one)) for key, one in records.items()}
    return Reading(texts, vendor_count=len(texts), scope="feed" if entity.cursor else "whole")


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """None: deleted tickets come with the export."""
    return frozenset()


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """None: the export marks what was deleted."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many records that are not deleted were changed from `since` on and before `hi`: all of them are read."""
    return len(_everything(link, entity, Window(link.source.since, hi)))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of records changed at or after `hi`, deleted ones included."""
    found = read(link, entity, Window(hi, datetime.max.replace(tzinfo=UTC)))
    return frozenset(found.records)


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every record that is not deleted."""
    return _everything(link, entity, Window(link.source.since, datetime.max.replace(tzinfo=UTC)))


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The records of these ids, as far as they exist; found among all."""
    found = read(link, entity, Window(link.source.since, datetime.max.replace(tzinfo=UTC)))
    records = {key: text for key, text in found.records.items() if key in frozenset(ids)}
    return Reading(records, vendor_count=len(records))


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The mapped attributes that a record does not show, and the custom fields that tickets do not have, by title."""
    sample = next(listed(link, entity.resource, size=1), [])
    gone = [path for path in _paths(entity) if sample and path.partition(".")[0] not in sample[0]]
    known = set(_titles(link).values()) if entity.custom_fields else set()
    lost = [custom.name for custom in entity.custom_fields.values() if custom.name not in known]
    return tuple(f"{entity.resource}.{name}" for name in (*gone, *lost))


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether the credentials work, and are an administrator's."""
    role = (link.client.get("users/me.json").get("user") or {}).get("role") or "nobody"
    is_admin = role == "admin"
    advice = "" if is_admin else ": only an administrator may export tickets"
    return (Finding("login", is_admin, f"accepted, as {role}{advice}"),)


def _tickets(link: Link, entity: Entity, window: Window) -> Reading:
    """The tickets changed within the window, each as the export last gave it, with their mapped custom fields."""
    wanted = {custom.name for custom in entity.custom_fields.values()}
    titles = {key: title for key, title in _titles(link).items() if title in wanted} if wanted else {}
    newest: dict[str, Record] = {}
    for page in exported(link, window.lo):
        for ticket in page:
            before = newest.get(key := str(ticket["id"]))
            if before is None or _changed(ticket) >= _changed(before):
                newest[key] = ticket
    within = {key: one for key, one in newest.items() if _changed(one) < window.hi}
    texts = {key: payload_text(_kept(entity, one)) for key, one in within.items()}
    rows = {key: row for one in within.values() for key, row in _values(one, titles).items()}
    parts = {part.name: rows for part in link.fields.parts(entity.name)}
    return Reading(texts, parts, len(texts), "feed")


def _changed(ticket: Record) -> datetime:
    """When Zendesk last changed the ticket, its own upkeep included, which moves no `updated_at`."""
    return datetime.fromtimestamp(int(ticket["generated_timestamp"]), UTC)


def _kept(entity: Entity, record: Record) -> dict[str, Any]:
    """What lands of a record: the attributes that are mapped, and whether it is deleted."""
    marked = {**record, DELETED: record.get("status") == "deleted"} if entity.deleted else record
    wanted = OWN | {path.partition(".")[0] for path in _paths(entity)}
    return {name: value for name, value in marked.items() if name in wanted}


def _paths(entity: Entity) -> list[str]:
    return [column.path for column in entity.columns]


def _values(ticket: Record, titles: Mapping[str, str]) -> dict[str, bytes]:
    """One row per mapped custom field of a ticket, by its id."""
    rows = {}
    for field in ticket.get("custom_fields") or ():
        if title := titles.get(str(field["id"])):
            key, value = f"{ticket['id']}:{field['id']}", field.get("value")
            row = {"id": key, "subject_id": str(ticket["id"]), "subject_type": "Ticket", "name": title}
            text = value if value is None or isinstance(value, str) else str(value)
            rows[key] = payload_text({**row, "value": text, STAMP: ticket[STAMP]})
    return rows


def _titles(link: Link) -> dict[str, str]:
    """The titles of the account's ticket fields, by their ids."""
    return {str(one["id"]): str(one["title"]) for page in listed(link, "ticket_fields") for one in page}


def _everything(link: Link, entity: Entity, window: Window) -> frozenset[str]:
    """The ids of what is there and not deleted."""
    found = read(link, entity, window).records
    return frozenset(key for key, text in found.items() if b'"is_deleted":true' not in text)
