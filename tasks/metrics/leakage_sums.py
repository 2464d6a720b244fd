"""The sums of the leakage classes, for a project or for a month: every amount of one is the sum of its parts."""

import narwhals as nw

from tasks.metrics.scope import OUT_OF_SCOPES

LEAKAGE = {
    "l1_minor": "done for a change not approved (L1)",
    "l2_minor": "outside the plan or the contract's dates (L2)",
    "l3_minor": "in scope, beyond the fee's hours, the cap or the retainer (L3)",
    "l4_minor": "given away (L4)",
    "l5_minor": "to be invoiced for longer than wip_days (L5)",
    "l6_minor": "accepted fixed changes not invoiced after billing_days (L6)",
    "l7_minor": "invoiced below its value (L7)",
    "l8_minor": "accepted milestones not invoiced after billing_days (L8)",
}
# Classes that are no leakage, by what they are reported as: with the leaking time they make up the gross value.
OTHERS = {
    "billed_minor": ("BILLED",),
    "wip_minor": ("WIP",),
    "at_risk_minor": ("AT_RISK_UNAPPROVED",),
    "covered_minor": ("COVERED_BY_FEE", "COVERED_BY_CO", "COVERED_BY_RETAINER"),
    "contractual_minor": ("CONTRACTUAL_NON_BILLABLE",),
    "not_yet_due_minor": ("NOT_YET_DUE",),
}
CAPTURED = ("BILLED", "COVERED_BY_CO")

SUMS = {
    "valued_seconds": "time with a value",
    "missing_rate_seconds": "time without a rate or exchange rate: in no amount",
    "gross_minor": "value of the time",
    **LEAKAGE,
    "billed_minor": "value invoiced",
    "wip_minor": "to be invoiced, not late",
    "at_risk_minor": "not approved yet",
    "covered_minor": "paid for by the fee, a fixed change or the retainer",
    "contractual_minor": "free by contract",
    "not_yet_due_minor": "beyond a retainer whose window is open",
    "captured_minor": "out-of-scope work billed, or covered by a fixed change",
    "out_of_scope_minor": "all approved out-of-scope work",
}
HEADLINES = {
    "unbilled_scope_creep_minor": "L1 + L2 + L3 + L4",
    "billing_latency_minor": "L5 + L6 + L8",
    "write_down_minor": "L7",
    "leakage_minor": "all leakage, L1 to L8",
    "creep_pct": "unbilled scope creep in percent of the value of the time",
    "capture_pct": "captured in percent of all approved out-of-scope work",
}


def summed(parts: nw.LazyFrame, *by: str) -> nw.LazyFrame:
    """The sums and headlines of scope_creep_entry's rows per `by`, percentages null where they divide by zero."""
    kind, gross, lost = nw.col("leakage_class"), nw.col("gross_minor"), nw.col("leakage_minor")
    is_out = nw.col("scope").is_in(OUT_OF_SCOPES) & ~kind.is_in(("AT_RISK_UNAPPROVED",))
    has_value = ~nw.col("is_rate_missing")
    columns = {
        "valued_seconds": (has_value, nw.col("seconds")),
        "missing_rate_seconds": (~has_value, nw.col("seconds")),
        "gross_minor": (has_value, gross),
        **{name: (kind == name[:2].upper(), lost) for name in LEAKAGE},
        **{name: (kind.is_in(classes), gross) for name, classes in OTHERS.items()},
        "captured_minor": (is_out & kind.is_in(CAPTURED), gross),
        "out_of_scope_minor": (is_out, gross),
    }
    parts = parts.select(
        *by,
        *(
            nw.when(condition).then(value).otherwise(0).fill_null(0).cast(nw.Int64).alias(name)
            for name, (condition, value) in columns.items()
        ),
    )
    sums = parts.group_by(*by).agg(*(nw.col(name).sum() for name in columns))
    return _with_headlines(sums.with_columns(nw.col(name).cast(nw.Int64) for name in columns))


def percent(numerator: str, denominator: str) -> nw.Expr:
    """100 × numerator / denominator, null where the denominator is 0 or null."""
    ratio = nw.col(numerator).cast(nw.Float64) * 100 / nw.col(denominator)
    return nw.when(nw.col(denominator) != 0).then(ratio)


def _with_headlines(sums: nw.LazyFrame) -> nw.LazyFrame:
    sums = sums.with_columns(
        (nw.col("l1_minor") + nw.col("l2_minor") + nw.col("l3_minor") + nw.col("l4_minor")).alias(
            "unbilled_scope_creep_minor"
        ),
        (nw.col("l5_minor") + nw.col("l6_minor") + nw.col("l8_minor")).alias("billing_latency_minor"),
        nw.col("l7_minor").alias("write_down_minor"),
    )
    lost = nw.col("unbilled_scope_creep_minor") + nw.col("billing_latency_minor") + nw.col("write_down_minor")
    return sums.with_columns(
        lost.alias("leakage_minor"),
        percent("unbilled_scope_creep_minor", "gross_minor").alias("creep_pct"),
        percent("captured_minor", "out_of_scope_minor").alias("capture_pct"),
    )
