"""Schedule by project: variances have their sign, ES stays within the plan, and projects sum to the portfolio."""

from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.schedule_task import AMOUNTS, BOUNDS, UNITS
from expectations.suite import MartSuite, Sums

BANDS = ("green", "amber", "red", "unknown")
VARIANCES = (
    holds("schedule variance is earned less planned", "sv_minor = ev_minor - pv_minor", OUR_FAULT),
    holds("cost variance is earned less actual", "cv_minor = ev_minor - ac_minor", OUR_FAULT),
)

SUITE = MartSuite(
    "schedule_project",
    rules=(
        *UNITS,
        *BOUNDS,
        *VARIANCES,
        one_of("band", BANDS),
        not_negative("spi_t_ratio"),
        holds("earned schedule is within the plan", "es_days BETWEEN 0 AND pd_days", OUR_FAULT),
    ),
    sums=(
        Sums(
            "schedule_portfolio",
            {
                **AMOUNTS,
                "project_count": "1",
                **{f"{band}_count": f"CASE WHEN band = '{band}' THEN 1 ELSE 0 END" for band in BANDS},
            },
            on={"unit": "unit", "is_open": "is_open"},
            nulls_spread=True,
        ),
    ),
)
