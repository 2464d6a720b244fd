"""The closing by month of sale: no part is more than its whole."""

from expectations.rules import OUR_FAULT, between, holds
from expectations.suite import MartSuite

PARTS = (
    ("delivered_count", "deal_count"),
    ("signed_off_count", "deal_count"),
    ("closeout_count", "signed_off_count"),
    ("closed_unsigned_count", "delivered_count"),
    ("debriefed_count", "final_count"),
    ("advanced_unsigned_count", "advance_count"),
    ("planned_in_time_count", "live_count"),
    ("mapped_count", "promised_count"),
)

SUITE = MartSuite(
    "closing_monthly",
    rules=(
        *(holds(f"{part} is part of {whole}", f"{part} <= {whole}", OUR_FAULT) for part, whole in PARTS),
        between("debriefed_pct", 0, 100),
        between("planned_in_time_pct", 0, 100),
        between("mapped_pct", 0, 100),
    ),
)
