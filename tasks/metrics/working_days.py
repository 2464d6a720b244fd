"""Places on the working-day axis: how many working days lie before and after a day."""

import narwhals as nw


def located(frame: nw.LazyFrame, work_calendar: nw.LazyFrame, *days: str) -> nw.LazyFrame:
    """Add `{day}_opens` and `{day}_closes`: working days before the day, and up to its end; null outside the calendar.

    The working days of [start, due], both worked, are `due_closes - start_opens`; those after a baseline up to a
    finish are `finish_closes - baseline_closes`, negative when early.
    """
    for day in days:
        places = work_calendar.select(
            nw.col("day").alias(f"_{day}"),
            nw.col("workdays_before").alias(f"{day}_opens"),
            (nw.col("workdays_before") + nw.col("is_working").cast(nw.Int64)).alias(f"{day}_closes"),
        )
        frame = frame.join(places, how="left", left_on=day, right_on=f"_{day}")
    return frame


def numbered(frame: nw.LazyFrame, work_calendar: nw.LazyFrame, *days: str) -> nw.LazyFrame:
    """Add `{day}_number`: the day's number in the calendar, which holds every day; null outside it.

    Engines differ on what the difference of two dates is, so calendar days between dates are differences of numbers.
    """
    # A literal column would come out of a left join as floats on pandas.
    counted = work_calendar.select("day", (nw.col("workdays_before") * 0 + 1).alias("_one"))
    counted = counted.with_columns(nw.col("_one").cum_sum().over(order_by="day").cast(nw.Int64).alias("_number"))
    for day in days:
        places = counted.select(nw.col("day").alias(f"_{day}"), nw.col("_number").alias(f"{day}_number"))
        frame = frame.join(places, how="left", left_on=day, right_on=f"_{day}")
    return frame


def with_eves(frame: nw.LazyFrame, work_calendar: nw.LazyFrame, *days: str) -> nw.LazyFrame:
    """Add `{day}_eve`, the day before, from the calendar; null on its first day and outside it."""
    eves = work_calendar.select("day", nw.col("day").shift(1).over(order_by="day").alias("_eve"))
    for day in days:
        places = eves.select(nw.col("day").alias(f"_{day}"), nw.col("_eve").alias(f"{day}_eve"))
        frame = frame.join(places, how="left", left_on=day, right_on=f"_{day}")
    return frame
