"""MRR by account: opens and closes the bridge exactly, in all and by segment."""

from expectations.suite import MartSuite, Sums

BALANCES = {"opening_minor": "opening_minor", "closing_minor": "closing_minor"}

SUITE = MartSuite(
    "mrr_account",
    sums=(
        Sums("mrr_bridge", BALANCES, on={"month": "month"}, where="segment = 'all'"),
        Sums("mrr_bridge", BALANCES, on={"month": "month", "segment": "segment"}, where="segment <> 'all'"),
    ),
)
