"""Requests by ticket: only what is routed can be misrouted, and the tickets sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "request_ticket",
    rules=(
        one_of("tier", (*TIERS, "unmatched")),
        one_of("kind", ("reactive", "proactive", "strategic", "unknown")),
        one_of("owner", ("support", "success", "unknown")),
        one_of("handler", ("support", "success", "unknown")),
        holds("reactive requests belong to support", "(kind = 'reactive') = (owner = 'support')", OUR_FAULT),
        holds("routed is a known owner and handler", "is_routed = ('unknown' NOT IN (owner, handler))", OUR_FAULT),
        holds("misrouted is judged of routed ones only", "is_routed = (is_misrouted IS NOT NULL)", OUR_FAULT),
        holds("misrouted is with the other team", "is_misrouted = (owner <> handler)", OUR_FAULT),
        holds("unmatched has no account", "(tier = 'unmatched') = (account_id IS NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "request_monthly",
            {
                "request_count": "1",
                **{f"{kind}_count": f"(kind = '{kind}')::BIGINT" for kind in ("reactive", "proactive", "strategic")},
                "unclassified_count": "(kind = 'unknown')::BIGINT",
                "routed_count": "is_routed::BIGINT",
                "misrouted_count": "coalesce(is_misrouted, false)::BIGINT",
                "rated_count": "(rating IS NOT NULL)::BIGINT",
                "good_count": "coalesce(rating = 'good', false)::BIGINT",
            },
            on={"month": "month", "tier": "tier"},
            where="request_count > 0",
        ),
    ),
)
