"""Deliveries that closed without a documented sign-off, from closeout_deal."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule


def closeout_unsigned(rows: Sequence[Row], day: Day) -> list[Alert]:
    """Every deal whose projects are all closed and that has no sign-off, all in one alert, the newest named.

    No hysteresis: it closes when the last of them is signed off. What is unknown alerts nobody.
    """
    unsigned = sorted(
        (row for row in rows if row["is_closed_unsigned"]),
        key=lambda row: (row["delivered_date"], row["opportunity_id"]),
        reverse=True,
    )
    if not unsigned:
        return []
    deals = "1 deal was" if len(unsigned) == 1 else f"{len(unsigned)} deals were"
    return [
        Alert(
            "closeout_unsigned", "closeout_deal", f"{deals} delivered and closed without a sign-off",
            "warning", "is_closed_unsigned", "company",
            {
                "observed": str(len(unsigned)),
                "expected": "0",
                "deals": ", ".join(str(row["opportunity_id"]) for row in unsigned[:5]),
            },
            day.as_of,
        )
    ]  # fmt: skip


CLOSEOUT_UNSIGNED = Rule(
    "closeout_unsigned", "closeout_deal", ("opportunity_id", "delivered_date", "is_closed_unsigned"), closeout_unsigned
)
