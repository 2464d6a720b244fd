"""What was in force on a day: the last change on or before it, without a join on inequality.

A key has few changes: each holds for a period, and a row joins the periods of its key and keeps the one of its day.
"""

from collections.abc import Mapping, Sequence

import narwhals as nw


def periods(
    changes: nw.LazyFrame,
    key: Sequence[str],
    values: Sequence[str],
    order: Sequence[str],
    before: Mapping[str, str] | None = None,
) -> nw.LazyFrame:
    """The days on which each change holds, `from_day` up to before `until_day`, with its `values`.

    `changes` holds `key`, `day`, `values` and `order`, which begins with the day; neither key nor day is null. Of one
    day's changes the last holds. Each key begins with a period before its first change, so that every day falls into
    one: its values are null, or the columns of the first change that `before` names for them.
    """
    changes = changes.with_columns(
        nw.col("day").shift(-1).over(*key, order_by=order).alias("until_day"),
        nw.col("day").shift(1).over(*key, order_by=order).alias("_last_day"),
    )
    never = nw.when(nw.col("day").is_null())  # typed nulls
    opening = {name: never.then(nw.col(name)) for name in values} | {
        name: nw.col(column) for name, column in (before or {}).items()
    }
    first = changes.filter(nw.col("_last_day").is_null())
    return nw.concat(
        [
            changes.select(*key, nw.col("day").alias("from_day"), "until_day", *values),
            first.select(
                *key,
                never.then(nw.col("day")).alias("from_day"),
                nw.col("day").alias("until_day"),
                *(value.alias(name) for name, value in opening.items()),
            ),
        ]
    )


def during(frame: nw.LazyFrame, held: nw.LazyFrame, key: Sequence[str], day: str) -> nw.LazyFrame:
    """Add the values that held on each row's `day`, null for keys without periods; the rows stay as many."""
    held = held.rename({name: f"_{name}" for name in key})
    frame = frame.join(held, how="left", left_on=list(key), right_on=[f"_{name}" for name in key])
    begun = nw.col("from_day").is_null() | (nw.col(day) >= nw.col("from_day"))
    lasts = nw.col("until_day").is_null() | (nw.col(day) < nw.col("until_day"))
    return frame.filter(begun & lasts).drop("from_day", "until_day")
