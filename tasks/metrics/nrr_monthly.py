"""Net and gross revenue retention over twelve months, by segment."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.mrr_book import summed

AMOUNTS = ("base_minor", "end_minor", "retained_minor", "end_excl_winback_minor")
COUNTS = ("cohort_count", "retained_count")


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Trailing-twelve-month retention at each month's end, in all and per segment: a closed cohort, point to point.

    The cohort is every ultimate account with MRR twelve months before. NRR = its MRR now / its MRR then; GRR takes the
    lesser of then and now of each account, so it never exceeds NRR or 100 %. Without win-backs, an account that touched
    zero inside the window counts as lost. Logo retention counts accounts that still have MRR. New customers are in
    neither side. Null where nobody had MRR twelve months before. The construction of Datadog, Okta, Zoom and the SaaS
    Metrics Standards Board, at constant currency and restated for merges.
    """
    cohort = frames["nrr_account"].with_columns(
        nw.lit(1).cast(nw.Int64).alias("cohort_count"),
        as_count(nw.col("end_minor") > 0).alias("retained_count"),
    )
    cohort = summed(cohort, ("month", "segment"), *AMOUNTS, *COUNTS)
    # Months with MRR but without a cohort are shown, with a null ratio.
    present = frames["mrr_account"].group_by("month", "segment").agg(nw.len().alias("_accounts"))
    present = present.select(
        "month", "segment", *(nw.lit(0).cast(nw.Int64).alias(name) for name in (*AMOUNTS, *COUNTS))
    )
    rows = nw.concat([cohort, present])
    rows = nw.concat([rows, rows.with_columns(nw.lit("all").alias("segment"))])
    rows = summed(rows, ("month", "segment"), *AMOUNTS, *COUNTS)
    return rows.with_columns(
        _pct("end_minor", "base_minor", "nrr_pct"),
        _pct("retained_minor", "base_minor", "grr_pct"),
        _pct("end_excl_winback_minor", "base_minor", "nrr_excl_winback_pct"),
        _pct("retained_count", "cohort_count", "logo_retention_pct"),
    )


def _pct(numerator: str, denominator: str, name: str) -> nw.Expr:
    base = nw.when(nw.col(denominator) > 0).then(nw.col(denominator)).cast(nw.Float64)
    return (100 * nw.col(numerator).cast(nw.Float64) / base).alias(name)


NRR_MONTHLY = Metric(
    table="nrr_monthly",
    grain=("month", "segment"),
    inputs=("mrr_account", "nrr_account"),
    columns={
        "month": "first day of the month whose end closes the window",
        "segment": "'all', or the segment of the ultimate accounts",
        "base_minor": "MRR of the cohort twelve months before: denominator of the revenue ratios",
        "end_minor": "MRR of the cohort at the window's end: numerator of NRR",
        "retained_minor": "the lesser of both, per account: numerator of GRR",
        "end_excl_winback_minor": "end MRR of accounts that never touched zero: numerator of NRR without win-backs",
        "nrr_pct": "net revenue retention; null without a base",
        "grr_pct": "gross revenue retention; null without a base",
        "nrr_excl_winback_pct": "net revenue retention, win-backs counted as lost; null without a base",
        "cohort_count": "accounts with MRR twelve months before",
        "retained_count": "of those, with MRR at the window's end",
        "logo_retention_pct": "retained accounts over the cohort; null without a cohort",
    },
    compute=compute,
)
