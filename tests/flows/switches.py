"""The faults that whole nights are run under: those that pass by themselves, and those that last until cleared."""

from collections.abc import Collection, Mapping, Sequence

from sandbox.faults import KINDS, SOURCES, Fault

SHOWN_BY = (*SOURCES, "slack")  # nothing goes to PagerDuty in a good night
PASSING = tuple(name for name, kind in KINDS.items() if not kind.is_lasting and set(kind.vendors) & set(SHOWN_BY))

# Errors without a body, with an HTML body, and one that a gateway makes up.
STATUSES = [
    Fault("server_error", vendor, after=place * 5, every=2, times=2, status=status, is_html=is_html)
    for vendor in SOURCES
    for place, (status, is_html) in enumerate([(406, False), (420, False), (502, True), (500, False)])
]

LASTING: Mapping[str, Sequence[Fault]] = {
    "daily_limit": [Fault("daily_limit", "salesforce")],
    "denied_scope": [Fault("denied_scope", "kantata", path="/time_entries")],
    "missing_field": [
        Fault("missing_field", "salesforce", object="Opportunity", field="Type"),
        Fault("missing_field", "kantata", object="custom_fields", field="Contract type"),
    ],
}


def faults(name: str, place: int = 0, times: int = 4, shown_by: Collection[str] = SHOWN_BY) -> list[Fault]:
    """The fault on every vendor that shows it, a few times; `place` moves it along the requests."""
    details = {
        "rate_limit": {"seconds": 0},
        "timeout": {"seconds": 3.5, "times": 1},
        "expired_token": {"times": 1},
        "locator_lost": {"times": 1},
        "query_timeout": {"over": 100, "after": 0},
        "moving_rows": {"times": 2},
        "duplicate_rows": {"times": 2, "after": 0, "every": 1},
    }.get(name, {})
    between_pages = name in ("expired_token", "locator_lost", "moving_rows")
    usual = {"after": 0 if between_pages else 3 + place, "every": 1 if between_pages else 3, "times": times}
    few = {"after": 0, "every": 1, "times": 1}  # a channel hears a handful of messages in a night
    return [
        Fault(name, vendor, **(usual | ({} if vendor in SOURCES else few) | details))
        for vendor in shown_by
        if vendor in KINDS[name].vendors
    ]
