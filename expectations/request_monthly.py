"""Requests by month: the kinds make up the requests, and unknown is a missing input."""

from expectations.rules import OUR_FAULT, between, first_of_month, holds
from expectations.suite import MartSuite

KINDS = "reactive_count + proactive_count + strategic_count + unclassified_count"

SUITE = MartSuite(
    "request_monthly",
    rules=(
        first_of_month("month"),
        holds("the kinds make up the requests", f"request_count = {KINDS}", OUR_FAULT),
        holds("no more are misrouted than routed", "misrouted_count <= routed_count", OUR_FAULT),
        holds("no more are routed than made", "routed_count <= request_count", OUR_FAULT),
        holds("no more are rated good than rated", "good_count <= rated_count", OUR_FAULT),
        holds("unknown is a missing input", "(request_count IS NULL) = (missing_input IS NOT NULL)", OUR_FAULT),
        between("misrouted_pct", 0, 100),
        between("good_pct", 0, 100),
    ),
)
