"""S04: the products of live customers that nobody uses any more."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.silence import with_silence


def quiet_product(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each product that a live customer pays for how long its people have not used it.

    Counted from the latest of the customer's newest go-live, the day it first bought the product and the last use by
    its own people. A product quiet for `quiet_days` is an orphan; nothing is said where usage is stale or never read.
    """
    product = nw.col("product").fill_null("").alias("product")
    bought = frames["subscription"].select("subscription_id", "account_id", "start_date", product)
    first = bought.group_by("account_id", "product").agg(nw.col("start_date").min().alias("bought_date"))
    lines = frames["mrr_line"].filter(
        nw.col("start_date") <= nw.lit(as_of), nw.col("counted_until_date") > nw.lit(as_of)
    )
    held = lines.select("subscription_id").join(bought, on="subscription_id", how="inner")
    rows = frames["live_account"].filter(nw.col("is_customer"))
    rows = rows.join(distinct(held, "account_id", "product"), on="account_id", how="inner")
    for more in (first, frames["customer_use"]):
        rows = rows.join(more, on=["account_id", "product"], how="left")
    rows = with_silence(rows, frames, policy, as_of, "go_live_date", "bought_date", "last_activity_date")
    told = nw.when(nw.col("state").is_in(("quiet", "active"))).then(nw.col("known_zero"))
    is_orphan = nw.when(nw.col("state") == "quiet").then(1).otherwise(0)
    return rows.with_columns((told + is_orphan == 1).alias("is_orphan"))


QUIET_PRODUCT = Metric(
    table="quiet_product",
    grain=("account_id", "product"),
    inputs=("live_account", "mrr_line", "subscription", "customer_use", "usage_day", "work_calendar", "feed"),
    columns={
        "account_id": "the customer",
        "product": "the product; empty where the subscription names none",
        "go_live_date": "the day the customer's newest project went live",
        "bought_date": "the first day of its first line",
        "last_activity_date": "the last day on which the customer's own people used it",
        "quiet_days": "days since the latest of those",
        "is_orphan": "quiet for as long as the policy allows, or longer",
        "state": "active, quiet, stale (usage counts too old to tell), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=quiet_product,
    contributes_to=("quiet_account",),
    keep="month_ends",
)
