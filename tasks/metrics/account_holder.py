"""Which account stands for one that may have been merged away."""

from datetime import date

import narwhals as nw


def held(frame: nw.LazyFrame, account: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Replace `account_id` by the account it was merged into by the day; null where no account is known."""
    merged = nw.when(nw.col("merged_date") <= nw.lit(as_of)).then(nw.col("merged_into_id"))
    holders = account.select(
        nw.col("account_id").alias("_named_id"), nw.coalesce(merged, nw.col("account_id")).alias("_holder_id")
    )
    frame = frame.join(holders, how="left", left_on="account_id", right_on="_named_id")
    return frame.with_columns(nw.col("_holder_id").alias("account_id")).drop("_holder_id")
