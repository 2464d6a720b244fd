"""Scope creep by part of an entry: one known class each, and the parts sum to projects and months."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

LEAKING = tuple(f"L{number}" for number in range(1, 9))
SCOPES = (
    "in_scope", "out_of_scope", "change_unapproved", "change_approved_fixed", "change_approved_tm",
    "contractual_non_billable", "goodwill",
)  # fmt: skip
OUTSIDE = "scope IN ('out_of_scope', 'change_unapproved', 'change_approved_fixed', 'change_approved_tm')"
# The columns of the sums, and the classes whose gross value they add up.
VALUED = {
    "billed_minor": ("BILLED",),
    "wip_minor": ("WIP",),
    "at_risk_minor": ("AT_RISK_UNAPPROVED",),
    "covered_minor": ("COVERED_BY_FEE", "COVERED_BY_CO", "COVERED_BY_RETAINER"),
    "contractual_minor": ("CONTRACTUAL_NON_BILLABLE",),
    "not_yet_due_minor": ("NOT_YET_DUE",),
}
CLASSES = (*LEAKING, *(name for classes in VALUED.values() for name in classes))


def _when(condition: str, amount: str) -> str:
    return f"CASE WHEN {condition} THEN {amount} ELSE 0 END"


def _among(classes: tuple[str, ...]) -> str:
    return f"leakage_class IN ({', '.join(repr(name) for name in classes)})"


SUMS = {
    "valued_seconds": _when("NOT is_rate_missing", "seconds"),
    "missing_rate_seconds": _when("is_rate_missing", "seconds"),
    "gross_minor": "gross_minor",
    "leakage_minor": "leakage_minor",
    **{f"{name.lower()}_minor": _when(_among((name,)), "leakage_minor") for name in LEAKING},
    **{column: _when(_among(classes), "gross_minor") for column, classes in VALUED.items()},
    "captured_minor": _when(f"{OUTSIDE} AND {_among(('BILLED', 'COVERED_BY_CO'))}", "gross_minor"),
    "out_of_scope_minor": _when(f"{OUTSIDE} AND NOT {_among(('AT_RISK_UNAPPROVED',))}", "gross_minor"),
}
OWED = _among(("L6", "L8"))
LOST = _among(("L1", "L2", "L3", "L4", "L5", "L7"))

SUITE = MartSuite(
    "scope_creep_entry",
    rules=(
        one_of("leakage_class", CLASSES),
        one_of("scope", SCOPES),
        one_of("settlement", ("billed", "covered", "not_due", "unbilled")),
        holds("leaking time is lost whole", f"NOT {LOST} OR leakage_minor = gross_minor", OUR_FAULT),
        holds("other time is not lost", f"{LOST} OR {OWED} OR leakage_minor = 0", OUR_FAULT),
        holds("what is owed without time has no gross value", f"NOT {OWED} OR gross_minor = 0", OUR_FAULT),
        holds("a part without a value says so", "gross_minor IS NOT NULL OR is_rate_missing", OUR_FAULT),
    ),
    sums=(
        Sums("scope_creep_project", SUMS, on={"project_id": "project_id"}),
        Sums("scope_creep_monthly", SUMS, on={"month": "month"}),
    ),
)
