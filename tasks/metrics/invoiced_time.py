"""What of an entry was invoiced: seconds and amount, net of credits. Only posted lines bill."""

from datetime import date

import narwhals as nw

from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even, in_reporting
from tasks.metrics.time_value import with_worth

# What a posted line adds to: sums per entry.
_SUMS = (
    "priced_seconds",
    "free_seconds",
    "priced_whole",
    "free_whole",
    "amount_minor",
    "reporting_minor",
    "unconverted",
)


def posted(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The invoice lines that bill: posted, not after `as_of`."""
    return frames["invoice_line"].filter(nw.col("status") == "posted", nw.col("posted_date") <= nw.lit(as_of))


def invoiced(frame: nw.LazyFrame, frames: Frames, as_of: date) -> nw.LazyFrame:
    """Add `billed_seconds` (of the magnitude), their value `billed_worth`, and `billed_minor`, the charge.

    A line without seconds bills the whole entry, unless it is negative: then it credits an amount only. A credit of
    seconds releases them. The charge never exceeds the value. On a fixed fee, lines without an amount do not bill; time
    that is not approved is never billed. A charge in another currency is compared at the tables of the posting and of
    the work; where a table is missing, no shortfall is claimed.
    """
    frame = frame.join(_per_entry(frames, as_of), how="left", left_on="entry_id", right_on="_entry_id")
    frame = frame.with_columns(nw.col(name).fill_null(0).cast(nw.Int64).alias(name) for name in _SUMS)
    free = nw.col("contract_type") != "fixed_fee"
    frame = frame.with_columns(
        (nw.col("priced_whole") + nw.when(free).then(nw.col("free_whole")).otherwise(0)).alias("whole"),
        (nw.col("priced_seconds") + nw.when(free).then(nw.col("free_seconds")).otherwise(0)).alias("net_seconds"),
    ).with_columns(
        (nw.col("whole") * nw.col("magnitude") + nw.col("net_seconds") * nw.col("sign")).alias("net_seconds")
    )
    net, is_billing = nw.col("net_seconds"), (nw.col("approval") == "approved") & (nw.col("net_seconds") > 0)
    billed = (
        nw.when(is_billing & (net > nw.col("magnitude")))
        .then(nw.col("magnitude"))
        .when(is_billing)
        .then(net)
        .otherwise(0)
    )
    frame = with_worth(
        frame.with_columns(billed.cast(nw.Int64).alias("billed_seconds")),
        "billed_worth",
        "billed_seconds",
        "rate_minor",
    )
    return _with_charge(frame).drop(*_SUMS, "whole", "net_seconds", "line_currency", "other_currency")


def _with_charge(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `billed_minor`: the amount charged, in the rate's currency, between 0 and the value of the billed seconds."""
    frame = frame.with_columns((nw.col("reporting_minor") * 10**8).alias("_reporting"))
    frame = divide_half_even(frame, "_foreign", "_reporting", "rate_fx")
    same = (nw.col("line_currency") == nw.col("rate_currency")) & (nw.col("line_currency") == nw.col("other_currency"))
    converted = nw.when(nw.col("unconverted") == 0).then(nw.col("_foreign"))
    charged = nw.when(same.fill_null(False)).then(nw.col("amount_minor")).otherwise(converted) * nw.col("sign")
    frame = frame.with_columns(charged.alias("_charged"))
    in_full = (nw.col("_charged") > nw.col("billed_worth")) | nw.col("_charged").is_null()
    billed = (
        nw.when(in_full).then(nw.col("billed_worth")).when(nw.col("_charged") < 0).then(0).otherwise(nw.col("_charged"))
    )
    return frame.with_columns(billed.cast(nw.Int64).alias("billed_minor")).drop("_reporting", "_foreign", "_charged")


def _per_entry(frames: Frames, as_of: date) -> nw.LazyFrame:
    """Posted time lines summed per entry, those without an amount apart."""
    lines = posted(frames, as_of).filter(nw.col("line_type") == "time", ~nw.col("entry_id").is_null())
    lines = in_reporting(lines, frames["fx_rate"], "reporting_minor", "amount_minor", "currency", "posted_date")
    is_free, is_whole = nw.col("amount_minor") == 0, nw.col("seconds").is_null() & (nw.col("amount_minor") >= 0)
    known = nw.col("seconds").fill_null(0)

    def counted(condition: nw.Expr, value: nw.Expr | int) -> nw.Expr:
        return nw.when(condition).then(value).otherwise(0).cast(nw.Int64)

    lines = lines.with_columns(
        counted(~is_free, known).alias("priced_seconds"),
        counted(is_free, known).alias("free_seconds"),
        counted(is_whole & ~is_free, 1).alias("priced_whole"),
        counted(is_whole & is_free, 1).alias("free_whole"),
        counted(nw.col("reporting_minor").is_null(), 1).alias("unconverted"),
        nw.col("reporting_minor").fill_null(0).alias("reporting_minor"),
    )
    sums = lines.group_by("entry_id").agg(
        *(nw.col(name).sum() for name in _SUMS),
        nw.col("currency").min().alias("line_currency"),
        nw.col("currency").max().alias("other_currency"),
    )
    return sums.rename({"entry_id": "_entry_id"})
