"""The planned value curve: it ends at the budget."""

from expectations.rules import not_negative
from expectations.suite import MartSuite, Sums

LAST = "(project_id, day) IN (SELECT (project_id, max(day)) FROM {batch} GROUP BY project_id)"

SUITE = MartSuite(
    "schedule_curve",
    rules=(not_negative("pv_minor"), not_negative("pv_seconds"), not_negative("elapsed_days")),
    sums=(
        Sums(
            "schedule_project",
            {"bac_minor": "pv_minor", "bac_seconds": "pv_seconds"},
            on={"project_id": "project_id"},
            here=LAST,
        ),
    ),
)
