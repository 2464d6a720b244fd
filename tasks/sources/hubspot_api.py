"""HubSpot's addresses and bodies: a list's pages, batch reads, the partners of records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tasks.errors import ContractError
from tasks.sources.ahead import in_order
from tasks.sources.fieldmap import Entity
from tasks.sources.vendor import Link, Record

LEGACY: Final = "v3"  # the paths before the dated ones; associations were at v4 then


def address(link: Link, family: str, *rest: str) -> str:
    """The path of an API family (objects, associations, properties, pipelines, owners) in the configured version."""
    version = link.source.api_version
    if version == LEGACY:
        parts = ("/crm", "v4" if family == "associations" else LEGACY, family, *rest)
    else:
        parts = ("/crm", family, version, *rest)
    return "/".join(parts)


def usage_address(link: Link) -> str:
    """The path that tells the day's requests."""
    return f"/account-info/{link.source.api_version}/api-usage/daily/private-apps"


def properties(entity: Entity) -> tuple[str, ...]:
    """The property names that the entity's map needs, its stamp first."""
    return tuple(dict.fromkeys((entity.cursor, *(mapped.path for mapped in entity.fields.values()))))


def fits(link: Link, names: Sequence[str]) -> bool:
    """Whether so many property names can be asked for in an address or in a search's body."""
    return sum(len(name) + 3 for name in names) <= int(link.source.properties_bytes)


def pages(link: Link, path: str, params: Mapping[str, str]) -> Iterator[Sequence[Record]]:
    """The pages of a list; only an absent `paging` says which is the last.

    Raises:
        ContractError: a page is none, or its token came before: the walk would never end.
    """
    seen: set[str] = set()
    given = {"limit": str(link.source.page_size), **params}
    while True:
        page = link.client.get(path, given)
        link.client.counts.add(pages=1)
        yield results(page, path)
        after = following(page)
        if not after:
            return
        if after in seen:
            raise ContractError(f"HubSpot's list {path} came back to a page it gave before: run again.")
        seen.add(after)
        given = {**given, "after": after}


def listed(link: Link, entity: Entity, names: Sequence[str], *, is_archived: bool) -> Iterator[Record]:
    """Every record of a kind, either those that are archived or those that are not."""
    path = address(link, "objects", entity.resource)
    params = {"properties": ",".join(names), "archived": str(is_archived).lower()}
    for page in pages(link, path, params):
        yield from page


def batch_read(link: Link, entity: Entity, ids: Iterable[str]) -> Iterator[Record]:
    """The records of these ids that exist; of one that was merged away comes the record it went into."""
    path = address(link, "objects", entity.resource, "batch", "read")
    names = list(properties(entity))

    def ask(some: Sequence[str]) -> Sequence[Record]:
        return results(link.client.ask(path, {"inputs": [{"id": one} for one in some], "properties": names}), path)

    for found in in_order(ask, _parts(ids, link.source.page_size), link.client.concurrency):
        yield from found


def partners(link: Link, entity: Entity, to: str, ids: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each record's id with one of its partners of a kind (`toObjectId`, `associationTypes`); one may come twice."""
    path = address(link, "associations", entity.resource, to, "batch", "read")

    def ask(some: Sequence[str]) -> list[tuple[str, Mapping[str, Any]]]:
        found: list[tuple[str, Mapping[str, Any]]] = []
        waiting = [{"id": one} for one in some]
        while waiting:
            came = results(link.client.ask(path, {"inputs": waiting}), path)
            found += [(str(result["from"]["id"]), partner) for result in came for partner in result["to"]]
            waiting = [{"id": str(one["from"]["id"]), "after": following(one)} for one in came if following(one)]
        return found

    for found in in_order(ask, _parts(ids, link.source.associations_page_size), link.client.concurrency):
        yield from found


def _parts(ids: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in order, as many at a time as one request may ask for."""
    wanted = sorted(ids)
    return (wanted[start : start + size] for start in range(0, len(wanted), size))


def results(page: Any, path: str) -> Sequence[Any]:
    """The results of a page.

    Raises:
        ContractError: it has none.
    """
    if not isinstance(page, dict) or not isinstance(page.get("results"), list):
        raise ContractError(f"HubSpot answered {path} without results: check the source's URL.")
    found: Sequence[Any] = page["results"]
    return found


def following(page: Mapping[str, Any]) -> str:
    """The token of the next page; empty on the last."""
    return str((((page.get("paging") or {}).get("next")) or {}).get("after") or "")
