"""What was in force on a day: the last change on or before it, without a join on inequality.

Changes and questions stand in one list, sorted by day, and a running maximum carries the changes to the questions.
"""

from collections.abc import Sequence

import narwhals as nw


def in_force(changes: nw.LazyFrame, asked: nw.LazyFrame, key: Sequence[str]) -> nw.LazyFrame:
    """For each `key` and `day` asked: the greatest positive `number` of the changes of that key on or before the day.

    `changes` holds `key`, `day` and `number`, `asked` holds `key` and `day`; none of them null, the questions distinct.
    A question before the first change gets 0.
    """
    number, asks = nw.col("number").cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    events = nw.concat(
        [
            changes.select(*key, "day", number.alias("number"), asks.alias("asks")),
            asked.select(*key, "day", asks.alias("number"), (asks + 1).cast(nw.Int64).alias("asks")),
        ]
    )
    carried = nw.col("number").cum_max().over(*key, order_by=["day", "asks", "number"])
    events = events.with_columns(carried.cast(nw.Int64).alias("in_force"))
    return events.filter(nw.col("asks") == 1).select(*key, "day", nw.col("in_force").alias("number"))
