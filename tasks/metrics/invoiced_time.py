"""What of an entry was invoiced: seconds and amount, net of credits. Only posted lines bill."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import scope
from tasks.metrics.client_time import with_magnitude
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import rounded, worth

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


_USED_UP = ("rate_currency",)
COLUMNS = {
    **{name: meaning for name, meaning in scope.COLUMNS.items() if name not in _USED_UP},
    "billed_seconds": "what of the magnitude was invoiced",
    "billed_worth": "its value, in the rate's currency",
    "billed_minor": "what was charged for it, in the rate's currency, from 0 up to its value",
    "within_seconds": "what of the magnitude was invoiced or fits the contract; the rest is beyond it",
    "is_final": "1; 0 while a retainer's excess may still find room in a later month of its window",
}


def time_invoiced(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time with what of it posted invoice lines bill, and what is within the contract.

    A line without seconds bills the whole entry, unless it is negative: then it credits an amount only. A credit of
    seconds releases them. The charge never exceeds the value. On a fixed fee, lines without an amount do not bill; time
    that is not approved is never billed. A charge in another currency is compared at the tables of the posting and of
    the work; where a table is missing, no shortfall is claimed. Time that is not approved is never beyond the contract.
    """
    allowance = frames["time_allowance"].rename({"entry_id": "_entry_id"})
    frame = with_magnitude(frames["time_scope"]).join(allowance, how="left", left_on="entry_id", right_on="_entry_id")
    frame = frame.join(_per_entry(frames["posted_line"]), how="left", left_on="entry_id", right_on="_entry_id")
    frame = frame.with_columns(nw.col(name).fill_null(0).cast(nw.Int64).alias(name) for name in _SUMS)
    free = nw.col("contract_type") != "fixed_fee"
    frame = frame.with_columns(
        (nw.col("priced_whole") + nw.when(free).then(nw.col("free_whole")).otherwise(0)).alias("whole"),
        (nw.col("priced_seconds") + nw.when(free).then(nw.col("free_seconds")).otherwise(0)).alias("net_seconds"),
    ).with_columns(
        (nw.col("whole") * nw.col("magnitude") + nw.col("net_seconds") * nw.col("sign")).alias("net_seconds")
    )
    is_approved = nw.col("approval") == "approved"
    billed = (
        nw.when(is_approved & (nw.col("net_seconds") > 0))
        .then(nw.min_horizontal("net_seconds", "magnitude"))
        .otherwise(0)
    )
    frame = frame.with_columns(billed.cast(nw.Int64).alias("billed_seconds"))
    same = (nw.col("line_currency") == nw.col("rate_currency")) & (nw.col("line_currency") == nw.col("other_currency"))
    frame = rounded(
        frame,
        billed_worth=worth("billed_seconds", "rate_minor"),
        foreign=(nw.col("reporting_minor") * 10**8, nw.col("rate_fx")),
    )
    converted = nw.when(nw.col("unconverted") == 0).then(nw.col("foreign"))
    charged = nw.when(same.fill_null(False)).then(nw.col("amount_minor")).otherwise(converted) * nw.col("sign")
    frame = frame.with_columns(charged.alias("charged"))
    in_full = (nw.col("charged") > nw.col("billed_worth")) | nw.col("charged").is_null()
    charge = nw.when(nw.col("charged") < 0).then(0).otherwise(nw.col("charged"))
    minor = nw.when(in_full).then(nw.col("billed_worth")).otherwise(charge)
    fits = nw.when(is_approved).then(nw.coalesce("fits_seconds", "magnitude")).otherwise(nw.col("magnitude"))
    return frame.with_columns(
        minor.cast(nw.Int64).alias("billed_minor"),
        nw.max_horizontal(nw.col("billed_seconds"), fits).alias("within_seconds"),
        nw.col("is_final").fill_null(1).cast(nw.Int64).alias("is_final"),
    )


def _per_entry(lines: nw.LazyFrame) -> nw.LazyFrame:
    """Posted time lines summed per entry, those without an amount apart."""
    lines = lines.filter(nw.col("line_type") == "time", ~nw.col("entry_id").is_null())
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


TIME_INVOICED = Metric(
    table="time_invoiced",
    grain=("entry_id",),
    inputs=("time_scope", "time_allowance", "posted_line"),
    columns=COLUMNS,
    compute=time_invoiced,
    is_step=True,
)
