"""Retention by account: the cohort paid a year ago, and sums to the headline in all and by segment."""

from expectations.rules import OUR_FAULT, holds, positive
from expectations.suite import MartSuite, Sums

AMOUNTS = {name: name for name in ("base_minor", "end_minor", "retained_minor", "end_excl_winback_minor")}
COUNTS = {"cohort_count": "1", "retained_count": "CASE WHEN end_minor > 0 THEN 1 ELSE 0 END"}

SUITE = MartSuite(
    "nrr_account",
    rules=(
        positive("base_minor"),
        holds(
            "what is retained is the lesser of base and end", "retained_minor = least(base_minor, end_minor)", OUR_FAULT
        ),
    ),
    sums=(
        Sums("nrr_monthly", {**AMOUNTS, **COUNTS}, on={"month": "month"}, where="segment = 'all'"),
        Sums(
            "nrr_monthly", {**AMOUNTS, **COUNTS}, on={"month": "month", "segment": "segment"}, where="segment <> 'all'"
        ),
    ),
)
