"""Negative entries follow the class of the entry they reverse.

A reversal takes the end of the original first: of 16 hours, 10 covered and 6 beyond the budget, the first 4 reversed
are beyond the budget. What is reversed no longer uses up an allowance.
"""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import rounded, worth

# What decides the scope: a reversal has its original's.
DECIDING = ("task_id", "change_order_id", "is_billable", "non_billable_reason", "approval")


def counted(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The entries up to the day on clients' projects, without what was rejected."""
    entries = frames["time_entry"].filter(nw.col("work_date") <= nw.lit(as_of), nw.col("approval") != "rejected")
    return entries.join(frames["client_project"].drop("account_id"), on="project_id", how="inner")


def reversal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Approved negative entries whose original counts too, with what decides it and the stretch they take."""
    entries = counted(frames, as_of)
    originals = entries.filter(nw.col("seconds") > 0).select(
        nw.col("entry_id").alias("_id"),
        nw.col("project_id").alias("_project_id"),
        nw.col("work_date").alias("original_date"),
        nw.col("seconds").alias("original_seconds"),
        *(nw.col(name).alias(f"original_{name}") for name in DECIDING),
    )
    negative = entries.filter(nw.col("seconds") < 0, nw.col("approval") == "approved", ~nw.col("reverses_id").is_null())
    negative = negative.select(
        "entry_id",
        "project_id",
        "work_date",
        (-nw.col("seconds")).cast(nw.Int64).alias("magnitude"),
        nw.col("reverses_id").alias("family_id"),
    )
    found = negative.join(originals, how="inner", left_on=["family_id", "project_id"], right_on=["_id", "_project_id"])
    so_far = nw.col("magnitude").cum_sum().over("family_id", order_by=["work_date", "entry_id"]).cast(nw.Int64)
    return found.with_columns((nw.col("original_seconds") - so_far).alias("start_seconds"))


def followed(entries: nw.LazyFrame, reversals: nw.LazyFrame) -> nw.LazyFrame:
    """Give each reversal what decides its original's scope; a negative entry without one stands for itself.

    Adds `family_id` (the original of a reversal), `basis_date` (the original's day, else its own), `start_seconds`
    (where the stretch begins that it takes from its original), `reversed_seconds` (on originals).
    """
    taken = reversals.group_by("family_id").agg(nw.col("magnitude").sum().alias("reversed_seconds"))
    own = reversals.drop("magnitude").rename({"entry_id": "_entry_id"})
    frame = entries.join(own, how="left", left_on="entry_id", right_on="_entry_id")
    frame = frame.join(taken.rename({"family_id": "_family_id"}), how="left", left_on="entry_id", right_on="_family_id")
    is_own = nw.col("family_id").is_null()
    return frame.with_columns(
        *(nw.when(is_own).then(nw.col(name)).otherwise(nw.col(f"original_{name}")).alias(name) for name in DECIDING),
        nw.coalesce("original_date", "work_date").alias("basis_date"),
        nw.col("reversed_seconds").fill_null(0).cast(nw.Int64).alias("reversed_seconds"),
    )


def placed(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Give each reversal the stretch of its original that it takes: its `billed_seconds`, `within_seconds` and charge.

    `frame` holds every entry as it stands for itself, with `magnitude`.
    """
    values = ("billed_seconds", "within_seconds", "billed_worth", "billed_minor", "is_final")
    originals = frame.filter(nw.col("reversed_seconds") > 0, nw.col("family_id").is_null()).select(
        nw.col("entry_id").alias("_family_id"), *(nw.col(name).alias(f"_{name}") for name in values)
    )
    frame = frame.join(originals, how="left", left_on="family_id", right_on="_family_id")
    own, end = nw.col("family_id").is_null(), nw.col("start_seconds") + nw.col("magnitude")
    frame = frame.with_columns(
        nw.max_horizontal(nw.col("start_seconds"), _zero("start_seconds")).alias("_start"),
        nw.max_horizontal(end, _zero("start_seconds")).alias("_end"),
    )
    frame = frame.with_columns(
        (nw.min_horizontal("_end", "_billed_seconds") - nw.col("_start")).alias("_on_billed"),
        (nw.col("_end") - nw.max_horizontal("_start", "_within_seconds")).alias("_on_beyond"),
    )
    frame = frame.with_columns(
        nw.when(own).then(nw.col("billed_seconds")).otherwise(_positive("_on_billed")).alias("billed_seconds"),
        nw.when(own)
        .then(nw.col("within_seconds"))
        .otherwise(nw.col("magnitude") - _positive("_on_beyond"))
        .alias("within_seconds"),
        nw.when(own).then(nw.col("is_final")).otherwise(nw.col("_is_final")).alias("is_final"),
        nw.when(nw.col("_billed_worth") > 0).then(nw.col("_billed_worth")).otherwise(1).cast(nw.Int64).alias("_of"),
    )
    frame = rounded(frame, billed_worth=worth("billed_seconds", "rate_minor"))
    frame = rounded(frame, _charged=(nw.col("billed_worth") * nw.col("_billed_minor"), nw.col("_of")))
    charged = nw.when(own).then(nw.col("billed_minor")).otherwise(nw.col("_charged"))
    return frame.with_columns(charged.alias("billed_minor"))


def _zero(like: str) -> nw.Expr:
    """A zero of the column's type; null where it is null."""
    return nw.col(like) - nw.col(like)


def _positive(name: str) -> nw.Expr:
    """The column, or zero where it is negative."""
    return nw.when(nw.col(name) > 0).then(nw.col(name)).otherwise(_zero(name))


REVERSAL = Metric(
    table="reversal",
    grain=("entry_id",),
    inputs=("client_project", "time_entry"),
    columns={
        "entry_id": "the negative entry",
        "family_id": "the entry that it reverses",
        "magnitude": "how much, in seconds",
        "original_date": "the day of the original",
        **{f"original_{name}": f"the original's {name}" for name in DECIDING},
        "start_seconds": "where the stretch begins that it takes from its original",
    },
    compute=reversal,
    is_step=True,
)
