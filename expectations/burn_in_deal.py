"""Burn-ins by deal: the verdict follows from who is assigned and who was in touch."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, not_negative, one_of, ordered
from expectations.suite import MartSuite

COUNTS = tuple(
    f"{team}_{what}_count" for team in ("implementation", "customer_success") for what in ("assigned", "touch")
)
COVERED = " AND ".join(f"{name} > 0" for name in COUNTS)

SUITE = MartSuite(
    "burn_in_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "open", "covered", "uncovered", "unknown")),
        *(not_negative(name) for name in COUNTS),
        ordered("go_live_date", "burn_in_end_date"),
        holds("what is not live has no burn-in", "(state = 'none') = (go_live_date IS NULL)", OUR_FAULT),
        holds("covered has both teams and a touch of each", f"state <> 'covered' OR {COVERED}", OUR_FAULT),
        holds("uncovered lacks one", f"state <> 'uncovered' OR NOT ({COVERED})", OUR_FAULT),
        holds("the verdict waits for the last day", "state <> 'open' OR burn_in_end_date > go_live_date", OUR_FAULT),
        holds("unknown is a missing input", "state <> 'unknown' OR missing_input IS NOT NULL", OUR_FAULT),
    ),
)
