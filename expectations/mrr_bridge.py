"""The MRR bridge: opening + movements = closing, and the segments sum to the whole."""

from expectations.mrr_movement import MOVEMENTS
from expectations.rules import OUR_FAULT, holds
from expectations.suite import MartSuite, Sums

COLUMNS = ("opening_minor", *(f"{movement}_minor" for movement in MOVEMENTS), "closing_minor")

SUITE = MartSuite(
    "mrr_bridge",
    rules=(
        holds("opening + movements = closing", f"{' + '.join(COLUMNS[:-1])} = closing_minor", OUR_FAULT),
        holds("merges move nothing in all", "segment <> 'all' OR merge_transfer_minor = 0", OUR_FAULT),
    ),
    sums=(
        Sums(
            "mrr_bridge",
            {column: column for column in COLUMNS},
            on={"month": "month"},
            where="segment = 'all'",
            here="segment <> 'all'",
        ),
    ),
)
