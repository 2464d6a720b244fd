"""How long a line counts: to the end of service, or carried while its renewal is late or undecided."""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.recurring import day_number, number_of


def with_counted_until(lines: nw.LazyFrame, grace_days: int, as_of: date) -> nw.LazyFrame:
    """Add `counted_until_date`: the first day on which a line does not count.

    A line is carried past its end only when nobody decided its end: served to the end of its term, no cancel notice by
    `as_of`, no lost renewal. It is carried to its successor when that starts within `grace_days`; without one, for
    `grace_days` while `as_of` lies before their end, and not at all afterwards, which dates the churn at the end.
    The successor is the line that names it, else the next of the same account and product within the grace.
    Lines that were never in force (an end not after the start) are left out: they have no revenue and renew nothing.
    """
    lines = lines.with_columns(
        day_number("start_date").alias("_start"),
        day_number("end_date").alias("_end"),
        (nw.col("end_date") + timedelta(days=grace_days)).cast(nw.Date).alias("_grace_end_date"),
        nw.col("product").fill_null("").alias("_product"),
    )
    lines = lines.with_columns(day_number("_grace_end_date").alias("_grace_end"))
    lines = _with_successor(lines.filter(nw.col("_end") > nw.col("_start")))
    told = (nw.col("cancel_notice_date") <= as_of).fill_null(False)
    open_ended = ~(told | nw.col("is_renewal_lost").fill_null(False) | (nw.col("end_date") < nw.col("term_end_date")))
    successor = nw.col("_successor")
    late = (successor > nw.col("_end")) & (successor <= nw.col("_grace_end"))
    in_grace = (nw.col("_end") <= number_of(as_of)) & (nw.col("_grace_end") > number_of(as_of))
    undecided = successor.is_null() & in_grace
    # A successor's day is a number here, and text is the one way from a number to a date that every engine has.
    successor_date = successor.cast(nw.String).str.to_date("%Y%m%d")
    lines = lines.with_columns(
        nw.when(open_ended & late.fill_null(False))
        .then(successor_date)
        .when(open_ended & undecided)
        .then(nw.col("_grace_end_date"))
        .otherwise(nw.col("end_date"))
        .alias("counted_until_date")
    )
    return lines.drop("_start", "_end", "_grace_end_date", "_grace_end", "_product", "_successor")


def _with_successor(lines: nw.LazyFrame) -> nw.LazyFrame:
    """Add `_successor`: the start day of the line that continues this one; null without one."""
    named = lines.filter(~nw.col("predecessor_id").is_null()).group_by("predecessor_id").agg(nw.col("_start").min())
    named = named.select(nw.col("predecessor_id").alias("subscription_id"), nw.col("_start").alias("_named_start"))
    lines = lines.join(named, on="subscription_id", how="left").join(
        _next_starts(lines), on="subscription_id", how="left"
    )
    near = nw.when(nw.col("_next_start") <= nw.col("_grace_end")).then(nw.col("_next_start"))
    lines = lines.with_columns(near.alias("_near_start"))
    return lines.with_columns(nw.coalesce("_named_start", "_near_start").alias("_successor")).drop(
        "_named_start", "_next_start", "_near_start"
    )


def _next_starts(lines: nw.LazyFrame) -> nw.LazyFrame:
    """Per line the first start of its account and product on or after its end."""
    # Ends and starts in one row of days: the next start is the smallest one from there on (ends first within a day).
    holder = ("subscription_id", "account_id", "_product")
    never = 99_999_999
    ends = lines.select(*holder, nw.col("_end").alias("_day"), nw.lit(0).alias("_kind"), nw.lit(never).alias("_next"))
    starts = lines.select(
        *holder, nw.col("_start").alias("_day"), nw.lit(1).alias("_kind"), nw.col("_start").alias("_next")
    )
    ends = ends.with_columns(nw.col("_kind").cast(nw.Int64), nw.col("_next").cast(nw.Int64))
    starts = starts.with_columns(nw.col("_kind").cast(nw.Int64))
    days = nw.concat([ends, starts]).with_columns(
        nw.col("_next")
        .cum_min(reverse=True)
        .over("account_id", "_product", order_by=["_day", "_kind", "subscription_id"])
        .alias("_next_start")
    )
    days = days.filter((nw.col("_kind") == 0) & (nw.col("_next_start") < never))
    return days.select("subscription_id", "_next_start")
