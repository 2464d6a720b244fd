"""The handoff by month of sale: no more of anything than there are deals."""

from expectations.rules import OUR_FAULT, between, holds
from expectations.suite import MartSuite

SUITE = MartSuite(
    "handoff_monthly",
    rules=(
        holds("signed forms are complete", "signed_count <= complete_count", OUR_FAULT),
        holds("no more forms are complete than there are deals", "complete_count <= deal_count", OUR_FAULT),
        holds("no more kickoffs settle goals than are held", "goals_settled_count <= kickoff_count", OUR_FAULT),
        holds("no more kickoffs are counted than deals", "kickoff_count <= deal_count", OUR_FAULT),
        between("complete_pct", 0, 100),
        between("goals_settled_pct", 0, 100),
    ),
)
