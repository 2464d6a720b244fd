"""The tier that an annual contract value makes."""

import narwhals as nw

from config.policy import Policy
from tasks.core.currencies import decimals


def tier(policy: Policy, acv: str) -> nw.Expr:
    """The tier by the column `acv`, in reporting minor units: digital, mixed, high_touch, full_team; null: unknown."""
    unit, value = 10 ** decimals(policy.reporting.currency), nw.col(acv)
    return (
        nw.when(value >= policy.tiers.full_team_from_amount * unit)
        .then(nw.lit("full_team"))
        .when(value >= policy.tiers.high_touch_from_amount * unit)
        .then(nw.lit("high_touch"))
        .when(value >= policy.tiers.mixed_from_amount * unit)
        .then(nw.lit("mixed"))
        .when(~value.is_null())
        .then(nw.lit("digital"))
        .otherwise(nw.lit("unknown"))
    )
