"""MRR by line: it counts from its start to its end, or later when carried."""

from expectations.rules import OUR_FAULT, currency, holds, ordered
from expectations.suite import MartSuite

SUITE = MartSuite(
    "mrr_line",
    rules=(
        currency(),
        ordered("start_date", "counted_until_date"),
        ordered("end_date", "counted_until_date", may_be_equal=True),
        holds("what is carried is a late renewal", "is_late_renewal = (counted_until_date > end_date)", OUR_FAULT),
    ),
)
