"""Schedule by task: nothing is earned or planned beyond its budget, and the tasks sum to the project."""

from expectations.rules import OUR_FAULT, between, holds, one_of
from expectations.suite import MartSuite, Sums

VALUES = ("bac", "original_bac", "pv", "ev", "ac")
AMOUNTS = {f"{value}_{unit}": f"{value}_{unit}" for value in VALUES for unit in ("minor", "seconds")}


def bounded(unit: str) -> tuple[str, str]:
    """SQL: planned and earned value lie between 0 and the budget."""
    return f"pv_{unit} BETWEEN 0 AND bac_{unit}", f"ev_{unit} BETWEEN 0 AND bac_{unit}"


# Of tasks and of projects alike; what is null is not judged.
BOUNDS = tuple(
    holds(f"{words}, in {name}", predicate, OUR_FAULT)
    for unit, name in (("minor", "cost"), ("seconds", "hours"))
    for words, predicate in zip(
        ("planned value is within the budget", "earned value is within the budget"), bounded(unit), strict=True
    )
)
UNITS = (
    one_of("unit", ("cost", "hours")),
    holds(
        "cost and hours are never mixed", "CASE unit WHEN 'cost' THEN bac_seconds ELSE bac_minor END IS NULL", OUR_FAULT
    ),
)

SUITE = MartSuite(
    "schedule_task",
    rules=(*UNITS, *BOUNDS, between("progress_bp", 0, 10_000)),
    sums=(
        Sums(
            "schedule_project",
            {**AMOUNTS, "uncosted_seconds": "uncosted_seconds"},
            on={"project_id": "project_id"},
            nulls_spread=True,
        ),
    ),
)
