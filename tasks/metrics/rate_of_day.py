"""The rate of a day: what each contract, role and the house charged on the days worked."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.in_force import in_force
from tasks.metrics.metric import Frames, Metric

# What a rate hangs on, "" for neither contract nor role; each project and role asks for all four.
KEY = ("project_key", "role_key")

COLUMNS = {
    "project_key": "the project whose own rate it is, empty for none",
    "role_key": "the role whose rate it is, empty for none",
    "day": "a day worked",
    "rate_minor": "the rate an hour",
    "currency": "its currency",
}


def rate_of_day(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The latest rate on or before each day worked, per contract and role, contract, role and none of them."""
    rate = frames["rate"].filter(~nw.col("bill_rate_minor").is_null())
    rate = rate.select(
        "rate_id",
        "effective_date",
        "currency",
        nw.col("project_id").fill_null("").alias("project_key"),
        nw.col("role_id").fill_null("").alias("role_key"),
        nw.col("bill_rate_minor").alias("rate_minor"),
        nw.lit(1).cast(nw.Int64).alias("row"),
    )
    number = nw.col("row").cum_sum().over(*KEY, order_by=["effective_date", "rate_id"])
    rate = rate.with_columns(number.cast(nw.Int64).alias("number"))
    changes = rate.select(*KEY, nw.col("effective_date").alias("day"), "number")
    found = in_force(changes, _asked(frames["client_time"]), KEY)
    return found.join(rate, on=[*KEY, "number"], how="inner")


def _asked(entries: nw.LazyFrame) -> nw.LazyFrame:
    """The rates that entries may need, each key and day once."""
    days = entries.select(
        nw.col("project_id").alias("project_key"),
        nw.col("role_id").fill_null("").alias("role_key"),
        nw.col("work_date").alias("day"),
        nw.lit("").alias("none"),
    ).unique()
    none = nw.col("none")
    levels = [
        days.select(*KEY, "day"),
        days.select("project_key", none.alias("role_key"), "day"),
        days.select(none.alias("project_key"), "role_key", "day"),
        days.select(none.alias("project_key"), none.alias("role_key"), "day"),
    ]
    return nw.concat(levels).unique()


RATE_OF_DAY = Metric(
    table="rate_of_day",
    grain=(*KEY, "day"),
    inputs=("client_time", "rate"),
    columns=COLUMNS,
    compute=rate_of_day,
    is_step=True,
)
