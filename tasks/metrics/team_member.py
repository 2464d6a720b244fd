"""Who of us belongs to which team: sales, implementation or customer success."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain


def team_member(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The ownerships that have begun, each with the team of its role; a role that the policy does not name is none."""
    rules = policy.handoff
    owners = frames["ownership"].filter(nw.col("start_date") <= nw.lit(as_of))
    role = nw.col("_role")
    owners = owners.with_columns(plain("role").alias("_role")).with_columns(
        nw.when(role.is_in(rules.sales_roles))
        .then(nw.lit("sales"))
        .when(role.is_in(rules.implementation_roles))
        .then(nw.lit("implementation"))
        .when(role.is_in(rules.customer_success_roles))
        .then(nw.lit("customer_success"))
        .alias("team")
    )
    return owners.filter(~nw.col("team").is_null())


TEAM_MEMBER = Metric(
    table="team_member",
    grain=("ownership_id",),
    inputs=("ownership",),
    columns={
        "ownership_id": "the ownership",
        "account_id": "the customer",
        "person_id": "who",
        "team": "sales, implementation or customer_success",
        "start_date": "first day",
        "end_date": "first day on which it is over; null while it lasts",
    },
    compute=team_member,
    is_step=True,
)
