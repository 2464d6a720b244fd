"""What customers still use: their own people only, by product."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric


def customer_use(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give the last day on which anybody of a customer used a product; vendor's and test users are left out."""
    used = frames["usage_day"].filter(
        nw.col("user_type") == "customer", nw.col("active_users") > 0, nw.col("usage_date") <= nw.lit(as_of)
    )
    used = used.with_columns(nw.col("product").fill_null("").alias("product"))
    return used.group_by("account_id", "product").agg(nw.col("usage_date").max().alias("last_activity_date"))


CUSTOMER_USE = Metric(
    table="customer_use",
    grain=("account_id", "product"),
    inputs=("usage_day",),
    columns={
        "account_id": "the customer",
        "product": "the product; empty where the source names none",
        "last_activity_date": "the last day on which the customer's own people did anything",
    },
    compute=customer_use,
    is_step=True,
)
