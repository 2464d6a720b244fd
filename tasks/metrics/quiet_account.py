"""S04: live customers that have fallen silent."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.silence import with_silence

PRODUCTS = ("product_count", "orphan_product_count")
TRAINED = ("required_count", "trained_count")


def quiet_account(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each account after go-live for how long its own people have done nothing.

    Counted from the later of its newest go-live and its last customer activity; vendor's and test users do not count.
    Quiet from `quiet_days` on, only while the usage counts are fresh; an account without recurring revenue is a former
    customer, never quiet. A quiet account is a warning, and an error where operators of its projects that must be
    trained are not.
    """
    last = frames["customer_use"].group_by("account_id").agg(nw.col("last_activity_date").max())
    rows = frames["live_account"].join(last, on="account_id", how="left")
    rows = rows.join(_products(frames["quiet_product"]), on="account_id", how="left")
    training = frames["training_readiness_project"].filter(~nw.col("account_id").is_null())
    rows = rows.join(known_sums(training, ("account_id",), TRAINED), on="account_id", how="left")
    rows = with_silence(rows, frames, policy, as_of, "go_live_date", "last_activity_date")
    rows = rows.with_columns(
        nw.when(~nw.col("is_customer")).then(nw.lit("former")).otherwise(nw.col("state")).alias("state"),
        *(nw.when(nw.col("_products").is_null()).then(0).otherwise(nw.col(name)).alias(name) for name in PRODUCTS),
    )
    is_untrained = (nw.col("trained_count") < nw.col("required_count")).fill_null(False)
    told = nw.when(nw.col("state").is_in(("quiet", "active", "former"))).then(nw.col("known_zero"))
    is_quiet = nw.when(nw.col("state") == "quiet").then(1).otherwise(0)
    is_trained = nw.when(is_untrained).then(0).otherwise(1)
    return rows.with_columns(
        (told + is_quiet == 1).alias("is_quiet"),
        (nw.col("required_count") * 0 + is_trained == 1).alias("is_training_complete"),
        nw.when(nw.col("state") == "quiet")
        .then(nw.when(is_untrained).then(nw.lit("error")).otherwise(nw.lit("warning")))
        .alias("severity"),
    )


def _products(products: nw.LazyFrame) -> nw.LazyFrame:
    products = products.select(
        "account_id",
        nw.lit(1).cast(nw.Int64).alias("product_count"),
        nw.col("is_orphan").cast(nw.Int64).alias("orphan_product_count"),
    )
    products = known_sums(products, ("account_id",), PRODUCTS)
    return products.with_columns(nw.col("product_count").alias("_products"))


QUIET_ACCOUNT = Metric(
    table="quiet_account",
    grain=("account_id",),
    inputs=(
        "live_account", "customer_use", "quiet_product", "training_readiness_project", "usage_day", "work_calendar",
        "feed",
    ),
    columns={
        "account_id": "the customer",
        "go_live_date": "the day its newest project went live",
        "last_activity_date": "the last day on which its own people did anything; null for never",
        "usage_date": "the newest day of anybody's usage that is known",
        "quiet_days": "days since the later of go-live and last activity",
        "is_quiet": "a paying customer quiet for as long as the policy allows, or longer",
        "product_count": "products it pays for",
        "orphan_product_count": "those of them that nobody of it uses",
        "required_count": "operators that its projects must train",
        "trained_count": "those of them who are trained",
        "is_training_complete": "all of them are",
        "severity": "of a quiet account: warning, or error where training is incomplete",
        "state": "active, quiet, former (pays nothing), stale (usage counts too old to tell), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=quiet_account,
    keep="month_ends",
)  # fmt: skip
