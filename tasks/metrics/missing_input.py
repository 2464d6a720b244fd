"""What a metric cannot know, because a table it needs was never read."""

import narwhals as nw


def with_missing_input(frame: nw.LazyFrame, feed: nw.LazyFrame, table: str) -> nw.LazyFrame:
    """Add `missing_input`: the table's name when nothing of it was ever read, else null; and `known_zero`.

    `known_zero` is null when the table was never read, else 0: added to a number, it makes it unknown in the same way
    on every engine.
    """
    never = feed.select(
        nw.col("feed_id").alias("_feed_id"),
        nw.when(~nw.col("is_read")).then(nw.col("feed_id")).alias("missing_input"),
        nw.when(nw.col("is_read")).then(nw.col("is_read").cast(nw.Int64) * 0).alias("known_zero"),
    )
    frame = frame.with_columns(nw.lit(table).alias("_feed"))
    return frame.join(never, how="left", left_on="_feed", right_on="_feed_id").drop("_feed")
