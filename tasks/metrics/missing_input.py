"""What a metric cannot know, because a table it needs was never read."""

import narwhals as nw


def with_missing_input(frame: nw.LazyFrame, feed: nw.LazyFrame, *tables: str) -> nw.LazyFrame:
    """Add `missing_input`: the first of the tables of which nothing was ever read, else null; and `known_zero`.

    `known_zero` is null when one of the tables was never read, else 0: added to a number, it makes it unknown in the
    same way on every engine.
    """
    never = feed.select(
        nw.col("feed_id").alias("_feed_id"),
        nw.when(~nw.col("is_read")).then(nw.col("feed_id")).alias("missing_input"),
        nw.when(nw.col("is_read")).then(nw.col("is_read").cast(nw.Int64) * 0).alias("known_zero"),
    )
    places = [str(place) for place in range(len(tables))]
    for place, table in zip(places, tables, strict=True):
        renamed = never.rename({"missing_input": f"_missing_{place}", "known_zero": f"_zero_{place}"})
        frame = frame.with_columns(nw.lit(table).alias("_feed"))
        frame = frame.join(renamed, how="left", left_on="_feed", right_on="_feed_id").drop("_feed")
    names, zeros = ([nw.col(f"_{part}_{place}") for place in places] for part in ("missing", "zero"))
    frame = frame.with_columns(nw.coalesce(*names).alias("missing_input"), sum(zeros[1:], zeros[0]).alias("known_zero"))
    return frame.drop(*(f"_{part}_{place}" for part in ("missing", "zero") for place in places))
