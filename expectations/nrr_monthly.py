"""Retention by month: gross never exceeds net or 100 %, and each ratio has its base."""

from expectations.rules import OUR_FAULT, between, holds, not_negative
from expectations.suite import MartSuite

SUITE = MartSuite(
    "nrr_monthly",
    rules=(
        not_negative("base_minor"),
        holds("gross retention is at most net retention", "retained_minor <= end_minor", OUR_FAULT),
        holds("gross retention is at most 100 %", "grr_pct <= 100", OUR_FAULT),
        holds("a ratio is null exactly without a base", "(nrr_pct IS NULL) = (base_minor = 0)", OUR_FAULT),
        holds("no more accounts are retained than there were", "retained_count <= cohort_count", OUR_FAULT),
        between("nrr_pct", 0, 300, severity="warning"),  # ours: beyond it, look at the book first
    ),
)
