"""Every way a vendor misbehaves, as named switches that stop by themselves.

Which faults are due, and when, is decided here by counting requests; what a refused request is answered with stands in
`refusals`, and what happens to rows in the vendor's own module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sandbox.org_faults import ORG

SOURCES = ("salesforce", "kantata")
EVERYONE = (*SOURCES, "slack", "pagerduty")
ROCKETLANE = ("rocketlane",)  # a source of its own demo: the company's nights do not read it, nor
ZENDESK = ("zendesk",)
CARRIERS = (*SOURCES, "hubspot", *ROCKETLANE, *ZENDESK)
ANYONE = (*EVERYONE, "hubspot", *ROCKETLANE, *ZENDESK)
DATA = ("/v", "/api/")  # one stands in every data path (/services/data/v65.0/…, /api/v1/…), none in the token's
ANY = (*SOURCES, *ROCKETLANE, *ZENDESK)


@dataclass(frozen=True)
class Kind:
    """Who shows a fault, on which requests unless told otherwise, and whether it lasts until cleared."""

    vendors: tuple[str, ...]
    path: str | tuple[str, ...] = ""  # several: one of them
    is_lasting: bool = False


KINDS: Mapping[str, Kind] = {
    "rate_limit": Kind(ANYONE),  # 429 with Retry-After: seconds; Rocketlane: X-Retry-After, an instant
    "rate_limit_silent": Kind(ANYONE),  # 429 without any header
    "server_error": Kind(ANYONE),  # `status`; 406 and 420 have no body; HTML if asked
    "timeout": Kind(ANYONE),  # the answer comes `seconds` late
    "broken_body": Kind(ANYONE),  # the connection drops half-way
    "truncated_body": Kind(ANYONE),  # a whole HTTP answer with half a JSON text
    "expired_token": Kind(("salesforce",), "/query/"),  # all sessions end, by default between two pages
    "locator_lost": Kind(("salesforce",), "/query/"),  # this locator never answers again
    "query_timeout": Kind(("salesforce",), "?q="),  # for queries of more than `over` rows
    "concurrency_limit": Kind(("salesforce",), DATA),  # a short 403
    "daily_limit": Kind(("salesforce",), DATA, is_lasting=True),  # a 403 until cleared
    "denied_scope": Kind(ANY, DATA, is_lasting=True),  # 403; on Kantata's events: the add-on is off
    "missing_field": Kind(CARRIERS, is_lasting=True),  # `field` of `object` is not there for this user
    "moving_rows": Kind(CARRIERS),  # `rows` rows are re-stamped between two pages
    "page_token_expired": Kind(ROCKETLANE, "pageToken="),  # this token is dead
    "endless_stream": Kind(ZENDESK, "/incremental/"),  # a page without an end and without a new cursor
    "match_ignored": Kind(ROCKETLANE, "match=all"),  # any of the filters will do, whatever was asked
    "duplicate_rows": Kind(CARRIERS),  # a page repeats the row before it
}
PORTAL: Mapping[str, Kind] = {  # HubSpot's own
    "search_limit": Kind(("hubspot",), "/search"),  # 429 SECONDLY, without any header
    "portal_day_used": Kind(("hubspot",), "/crm/", is_lasting=True),  # 429 DAILY
    "portal_scope": Kind(("hubspot",), is_lasting=True),  # 403: the scope of the path's kind is missing
    "portal_token_expired": Kind(("hubspot",), "/crm/", is_lasting=True),  # 401 EXPIRED_AUTHENTICATION
    "search_cap": Kind(("hubspot",), "/search", is_lasting=True),  # a search shows `over` records, not 10,000
    "capped_total": Kind(("hubspot",), "/search", is_lasting=True),  # its total never says more than the cap
    "index_lag": Kind(("hubspot",), "/search", is_lasting=True),  # it knows the records of `seconds` ago
    "unordered_search": Kind(("hubspot",), "/search", is_lasting=True),  # it sorts by nothing
}
KNOWN: Mapping[str, Kind] = {
    **KINDS,
    **PORTAL,
    **{name: Kind(("salesforce",), *given) for name, given in ORG.items()},
}
ANSWERED = ("rate_limit", "rate_limit_silent", "server_error", "concurrency_limit", "daily_limit", "denied_scope")
ANSWERED_BY_PORTAL = ("search_limit", "portal_day_used", "portal_scope", "portal_token_expired")
CARRIED = ("timeout", "broken_body", "truncated_body")


@dataclass(frozen=True)
class Fault:
    """One switch: from the `after`-th matching request on, each `every`-th one, `times` times.

    A request matches when `path` stands in its decoded path and query. `times` None is once, or until cleared for the
    kinds that last. `vendor` empty is every vendor that shows the fault.
    """

    name: str
    vendor: str = ""
    path: str = ""
    after: int = 0
    every: int = 1
    times: int | None = None
    seconds: float = 1.0
    status: int = 503
    is_html: bool = False
    over: int = 0
    object: str = ""
    field: str = ""
    rows: int = 3
    seed: int = 7

    def __post_init__(self) -> None:
        if self.name not in KNOWN:
            raise ValueError(f"No fault is called {self.name!r}; there are {', '.join(KNOWN)}.")
        if self.vendor and self.vendor not in KNOWN[self.name].vendors:
            raise ValueError(f"{self.vendor} never shows {self.name}; {', '.join(KNOWN[self.name].vendors)} do.")
        if self.name == "missing_field" and not self.field:
            raise ValueError("missing_field needs a field, e.g. missing_field:object=Opportunity,field=Type.")
        if self.every < 1:
            raise ValueError("every must be 1 or more.")


@dataclass
class Switch:
    """A fault and how often it was met and shown."""

    fault: Fault
    seen: int = 0
    fired: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it will never show again."""
        times = self.fault.times
        if times is None:
            return self.fired >= 1 and not KNOWN[self.fault.name].is_lasting
        return self.fired >= times

    def meets(self, vendor: str, target: str, size: int) -> bool:
        """Whether the fault concerns this request; counts it if so."""
        fault, kind = self.fault, KNOWN[self.fault.name]
        concerned = vendor in ((fault.vendor,) if fault.vendor else kind.vendors)
        paths = fault.path or kind.path
        there = any(path in target for path in ((paths,) if isinstance(paths, str) else paths))
        if not (concerned and there and size > fault.over):
            return False
        self.seen += 1
        return not self.is_spent and self.seen > fault.after and (self.seen - fault.after) % fault.every == 0


@dataclass
class Faults:
    """The switches that are on."""

    switches: list[Switch] = field(default_factory=list)

    def replace(self, faults: Iterable[Fault | str]) -> None:
        """Switch these on, from zero, and all others off."""
        self.switches = [Switch(parse(fault) if isinstance(fault, str) else fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        """Switch one more on."""
        self.switches.append(Switch(fault))

    def due(self, names: tuple[str, ...], vendor: str, target: str, size: int = 1) -> Fault | None:
        """The first of the named faults that this request shows; at most one is spent on a request."""
        due = [
            switch
            for switch in list(self.switches)
            if switch.fault.name in names and switch.meets(vendor, target, size)
        ]
        if not due:
            return None
        due[0].fired += 1
        return due[0].fault

    def hidden(self, vendor: str, kind: str) -> set[str]:
        """The fields of an object that missing_field takes away."""
        found = [
            switch
            for switch in self.switches
            if switch.fault.name == "missing_field"
            and switch.fault.object in ("", kind)
            and switch.fault.vendor in ("", vendor)
        ]
        for switch in found:
            switch.fired += 1
        return {switch.fault.field for switch in found}

    def lasting(self, name: str) -> Fault | None:
        """A fault that is on and changes what is shown rather than whether."""
        found = next((switch for switch in self.switches if switch.fault.name == name), None)
        if found is None:
            return None
        found.fired += 1
        return found.fault

    def counts(self) -> list[dict[str, Any]]:
        """Each switch with its parameters, the requests it met and how often it showed."""
        return [
            asdict(switch.fault) | {"seen": switch.seen, "fired": switch.fired, "is_spent": switch.is_spent}
            for switch in self.switches
        ]


def parse(text: str) -> Fault:
    """`name` or `name:key=value,key=value` as a fault.

    Raises:
        ValueError: the name or a key is unknown, or a value is of the wrong kind.
    """
    name, _, rest = text.partition(":")
    given = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    return from_mapping({"name": name} | given)


def from_mapping(given: Mapping[str, Any]) -> Fault:
    """A fault from JSON or from text; numbers and booleans may be text.

    Raises:
        ValueError: as `parse`.
    """
    plain = Fault(str(given.get("name", "")), field="-")
    wrong = set(given) - set(asdict(plain))
    if wrong:
        raise ValueError(f"A fault has no {', '.join(sorted(wrong))}; it has {', '.join(asdict(plain))}.")
    typed = {key: _typed(key, value) for key, value in given.items()}
    return replace(plain, **({"field": ""} | typed))


def _typed(key: str, value: Any) -> Any:
    if key in ("after", "every", "times", "status", "over", "rows", "seed") and value is not None:
        return int(value)
    if key == "seconds":
        return float(value)
    return str(value).lower() == "true" if key == "is_html" else value
