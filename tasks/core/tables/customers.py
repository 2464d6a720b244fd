"""The customers: accounts, what they are sold and what they pay for over time."""

from tasks.core.tables.shape import Column, Table

ACCOUNT = Table(
    "account",
    "A customer, at the level where it buys.",
    (
        Column("account_id", "text", "key", required=True),
        Column("name", "text", "company name"),
        Column("parent_id", "text", "the account above it", refers_to="account"),
        Column("merged_into_id", "text", "the account it was merged into"),
        Column("merged_date", "date", "the day of that merge, in the reporting zone"),
        Column("ultimate_id", "text", "the account at the top of merges and parents, itself when none", required=True),
        Column("segment", "text", "the segment of its ultimate account"),
        Column("currency", "text", "its own currency"),
        Column("created_at", "instant", "when it was created"),
    ),
)

OPPORTUNITY = Table(
    "opportunity",
    "A deal, won, lost or open.",
    (
        Column("opportunity_id", "text", "key", required=True),
        Column("account_id", "text", "the buyer", required=True, refers_to="account"),
        Column("name", "text", "its title"),
        Column("opportunity_type", "text", "new, renewal or expansion, as the CRM names it"),
        Column("stage", "text", "its stage", required=True),
        Column("is_closed", "boolean", "decided", required=True),
        Column("is_won", "boolean", "decided for us", required=True),
        Column("close_date", "date", "the day it was or should be decided", required=True),
        Column("amount_minor", "integer", "its value"),
        Column("currency", "text", "currency of the value"),
        Column("renewed_contract_id", "text", "the contract that a renewal renews"),
    ),
)

SUBSCRIPTION = Table(
    "subscription",
    "One recurring line: a value over a term.",
    (
        Column("subscription_id", "text", "key", required=True),
        Column("account_id", "text", "the account that holds it now", required=True, refers_to="account"),
        Column(
            "original_account_id", "text", "the account that held it when first pulled (before a merge)", required=True
        ),
        Column("contract_id", "text", "its contract"),
        Column("product", "text", "what is bought"),
        Column("amount_minor", "integer", "value of the whole term", required=True),
        Column("currency", "text", "currency of the value", required=True),
        Column("start_date", "date", "first day", required=True),
        Column("term_end_date", "date", "first day after the agreed term", required=True),
        Column(
            "end_date", "date", "first day without service: the term's end, or earlier when terminated", required=True
        ),
        Column("cancel_notice_date", "date", "the day the customer gave notice"),
        Column("predecessor_id", "text", "the line it renews"),
        Column("is_renewal_lost", "boolean", "the renewal of its contract is closed lost", required=True),
    ),
)
