"""Stalls by project: no part is more than the tasks under way, and the state follows from the counts."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "stall_project",
    rules=(
        one_of("state", ("blocked", "stalled", "slow", "moving")),
        holds("no more are stalled than are under way", "stalled_count <= open_count", OUR_FAULT),
        holds("no more are blocked than are under way", "blocked_count <= open_count", OUR_FAULT),
        holds("blocked is named", "(state = 'blocked') = (blocked_count > 0)", OUR_FAULT),
        holds("moving is without a stall", "state <> 'moving' OR stalled_count = 0", OUR_FAULT),
    ),
)
