"""What became of an hour: its parts, each billed or not, and the one class that each part has.

An entry falls into at most four parts, in this order on its own axis of seconds: `billed`, `write_down` (money only:
what the invoice is short of the billed time's value), `within` and `beyond` the contract's allowance. Parts are valued
by differences of running values, so that they sum to the entry exactly, in its own currency and in the reporting one.
"""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.money import rounded, worth

FX_UNIT = 10**8
PARTS = ("billed", "write_down", "within", "beyond")

SETTLEMENTS = (
    ("billed", ("BILLED", "L7")),
    ("covered", ("COVERED_BY_FEE", "COVERED_BY_CO", "COVERED_BY_RETAINER", "CONTRACTUAL_NON_BILLABLE")),
    ("not_due", ("AT_RISK_UNAPPROVED", "NOT_YET_DUE")),
    ("unbilled", ("WIP", "L1", "L2", "L3", "L4", "L5", "L6", "L8")),
)
CLASSES = tuple(name for _, classes in SETTLEMENTS for name in classes)
LOST = ("L1", "L2", "L3", "L4", "L5", "L7")  # classes of time whose value is leakage


def settled(frame: nw.LazyFrame, as_of: date, wip_days: int) -> nw.LazyFrame:
    """One row per part of each entry: `seconds`, `leakage_class`, `gross_minor`, `leakage_minor`, `standard_minor`."""
    late = nw.col("basis_date") < nw.lit(as_of - timedelta(days=wip_days))
    return _with_class(_with_value(_parts(frame)), late)


def _parts(frame: nw.LazyFrame) -> nw.LazyFrame:
    """One row per part that holds time or money; an entry of no time keeps one row."""
    # The names of the parts, on the engine of the frame; none when it has no row.
    names = nw.concat([frame.head(1).select(nw.lit(name).alias("part")) for name in PARTS])
    short = (nw.col("billed_worth") > nw.col("billed_minor")).fill_null(False)
    within = (nw.col("within_seconds") > nw.col("billed_seconds")) | (nw.col("magnitude") == 0)
    beyond = nw.col("magnitude") > nw.col("within_seconds")
    part = nw.col("part")
    holds = (
        ((part == "billed") & (nw.col("billed_seconds") > 0))
        | ((part == "write_down") & short)
        | ((part == "within") & within)
        | ((part == "beyond") & beyond)
    )
    frame = frame.join(names, how="cross").filter(holds)
    billed, zero = nw.col("billed_seconds"), nw.col("magnitude") - nw.col("magnitude")
    frame = frame.with_columns(
        nw.when(part == "billed")
        .then(zero)
        .when(part == "beyond")
        .then(nw.col("within_seconds"))
        .otherwise(billed)
        .alias("from_seconds"),
        nw.when(part == "within")
        .then(nw.col("within_seconds"))
        .when(part == "beyond")
        .then(nw.col("magnitude"))
        .otherwise(billed)
        .alias("to_seconds"),
    )
    return frame


def _with_value(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `seconds`, and `gross_minor` and `standard_minor` in the reporting currency, null without a rate."""
    part, charged = nw.col("part"), nw.col("billed_minor")
    frame = rounded(
        frame,
        **{
            f"_{end}_{name}": worth(f"{end}_seconds", rate)
            for end in ("from", "to")
            for name, rate in (("value", "rate_minor"), ("list", "list_rate_minor"))
        },
    )
    frame = frame.with_columns(
        ((nw.col("to_seconds") - nw.col("from_seconds")) * nw.col("sign")).alias("seconds"),
        nw.when(part == "write_down").then(charged).otherwise(nw.col("_from_value")).alias("_from_value"),
        nw.when(part == "billed").then(charged).otherwise(nw.col("_to_value")).alias("_to_value"),
    )
    frame = rounded(
        frame,
        **{
            f"_{end}_{name}": (nw.col(f"_{end}_{name}") * nw.col(fx), FX_UNIT)
            for end in ("from", "to")
            for name, fx in (("value", "rate_fx"), ("list", "list_fx"))
        },
    )
    return frame.with_columns(
        ((nw.col("_to_value") - nw.col("_from_value")) * nw.col("sign")).cast(nw.Int64).alias("gross_minor"),
        ((nw.col("_to_list") - nw.col("_from_list")) * nw.col("sign")).cast(nw.Int64).alias("standard_minor"),
    )


def _with_class(frame: nw.LazyFrame, late: nw.Expr) -> nw.LazyFrame:
    """Add `leakage_class`, a function of part, approval, scope, contract and age, and `leakage_minor`."""
    part, scope, contract = nw.col("part"), nw.col("scope"), nw.col("contract_type")
    to_invoice = nw.when(late).then(nw.lit("L5")).otherwise(nw.lit("WIP"))
    found = (
        nw.when(part == "billed")
        .then(nw.lit("BILLED"))
        .when(part == "write_down")
        .then(nw.lit("L7"))
        .when(nw.col("approval") != "approved")
        .then(nw.lit("AT_RISK_UNAPPROVED"))
        .when((part == "beyond") & (nw.col("is_final") == 0))
        .then(nw.lit("NOT_YET_DUE"))
        .when(part == "beyond")
        .then(nw.lit("L3"))
        .when(scope == "change_unapproved")
        .then(nw.lit("L1"))
        .when(scope == "out_of_scope")
        .then(nw.lit("L2"))
        .when(scope == "goodwill")
        .then(nw.lit("L4"))
        .when(scope == "change_approved_fixed")
        .then(nw.lit("COVERED_BY_CO"))
        .when(scope == "contractual_non_billable")
        .then(nw.lit("CONTRACTUAL_NON_BILLABLE"))
        .when((scope == "in_scope") & (contract == "fixed_fee"))
        .then(nw.lit("COVERED_BY_FEE"))
        .when((scope == "in_scope") & (contract == "retainer"))
        .then(nw.lit("COVERED_BY_RETAINER"))
        .otherwise(to_invoice)
    )
    frame = frame.with_columns(found.alias("leakage_class"))
    is_lost = nw.col("leakage_class").is_in(LOST)
    return frame.with_columns(
        nw.when(is_lost).then(nw.col("gross_minor")).otherwise(0).cast(nw.Int64).alias("leakage_minor")
    )


def with_settlement(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `settlement`, which follows from the class."""
    (first, of_first), *others = SETTLEMENTS
    found = nw.when(nw.col("leakage_class").is_in(of_first)).then(nw.lit(first))
    for name, classes in others:
        found = found.when(nw.col("leakage_class").is_in(classes)).then(nw.lit(name))
    return frame.with_columns(found.alias("settlement"))
