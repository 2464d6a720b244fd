"""How long a line counts: to the end of service, or carried while its renewal is late or undecided."""

from datetime import date, timedelta

import narwhals as nw


def with_counted_until(lines: nw.LazyFrame, grace_days: int, as_of: date) -> nw.LazyFrame:
    """Add `counted_until_date`: the first day on which a line does not count.

    A line is carried past its end only when nobody decided its end: served to the end of its term, no cancel notice by
    `as_of`, no lost renewal. It is carried to its successor when that starts within `grace_days`; without one, for
    `grace_days` while `as_of` lies before their end, and not at all afterwards, which dates the churn at the end.
    The successor is the line that names it, else the next of the same account and product within the grace.
    Lines that were never in force (an end not after the start) are left out: they have no revenue and renew nothing.
    """
    told = (nw.col("cancel_notice_date") <= as_of).fill_null(False)
    ended = told | nw.col("is_renewal_lost").fill_null(False) | (nw.col("end_date") < nw.col("term_end_date"))
    lines = lines.filter(nw.col("end_date") > nw.col("start_date")).with_columns(
        (nw.col("end_date") + timedelta(days=grace_days)).cast(nw.Date).alias("_grace_end_date"),
        nw.col("product").fill_null("").alias("_product"),
        (~ended).alias("_is_open"),
    )
    lines = _with_successor(lines)
    successor, is_open = nw.col("_successor_date"), nw.col("_is_open")
    late = (successor > nw.col("end_date")) & (successor <= nw.col("_grace_end_date"))
    in_grace = (nw.col("end_date") <= as_of) & (nw.col("_grace_end_date") > as_of)
    counted_until = (
        nw.when(is_open & late.fill_null(False))
        .then(successor)
        .when(is_open & successor.is_null() & in_grace)
        .then(nw.col("_grace_end_date"))
        .otherwise(nw.col("end_date"))
    )
    lines = lines.with_columns(counted_until.alias("counted_until_date"))
    return lines.drop("_grace_end_date", "_product", "_is_open", "_successor_date")


def _with_successor(lines: nw.LazyFrame) -> nw.LazyFrame:
    """Add `_successor_date`: the start of the line that continues this open one; null without one."""
    named = lines.filter(~nw.col("predecessor_id").is_null()).group_by("predecessor_id").agg(nw.col("start_date").min())
    named = named.select(nw.col("predecessor_id").alias("subscription_id"), nw.col("start_date").alias("_named_date"))
    unnamed = lines.filter(nw.col("_is_open")).join(named, on="subscription_id", how="anti")
    following = _next_starts(unnamed, lines)
    lines = lines.join(named, on="subscription_id", how="left").join(following, on="subscription_id", how="left")
    successor = nw.coalesce("_named_date", "_next_date").alias("_successor_date")
    return lines.with_columns(successor).drop("_named_date", "_next_date")


def _next_starts(asking: nw.LazyFrame, lines: nw.LazyFrame) -> nw.LazyFrame:
    """Per asking line the first start of its account and product from its end on, within the grace."""
    holder = ["account_id", "_product"]
    asking = asking.select("subscription_id", *holder, "end_date", "_grace_end_date")
    pairs = asking.join(lines.select(*holder, nw.col("start_date").alias("_next_date")), on=holder)
    pairs = pairs.filter(
        (nw.col("_next_date") >= nw.col("end_date")) & (nw.col("_next_date") <= nw.col("_grace_end_date"))
    )
    return pairs.group_by("subscription_id").agg(nw.col("_next_date").min())
