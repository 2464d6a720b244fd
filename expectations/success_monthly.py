"""Success by month: no more successes than judged, no more judged than closed."""

from expectations.rules import OUR_FAULT, between, holds
from expectations.suite import MartSuite

SUITE = MartSuite(
    "success_monthly",
    rules=(
        holds("successes are judged", "success_count <= judged_count", OUR_FAULT),
        holds("what is judged is closed", "judged_count <= closed_count", OUR_FAULT),
        between("success_pct", 0, 100),
    ),
)
