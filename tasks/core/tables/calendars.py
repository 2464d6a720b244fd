"""What Baton itself knows: exchange rates, working days, months that are closed."""

from tasks.core.tables.shape import Column, Table

FX_RATE = Table(
    "fx_rate",
    "The reporting currency's price of a currency, one table a month.",
    (
        Column("fx_rate_id", "text", "key: month and currency", required=True),
        Column("month", "date", "first day of the month", required=True),
        Column("currency", "text", "the currency", required=True),
        Column("minor_rate_e8", "integer", "reporting minor units for 10^8 minor units of the currency", required=True),
    ),
)

WORK_CALENDAR = Table(
    "work_calendar",
    "Every day, and how many working days came before it.",
    (
        Column("day", "date", "key", required=True),
        Column("is_working", "boolean", "neither weekend nor holiday", required=True),
        Column(
            "workdays_before",
            "integer",
            "working days since the calendar's first day, this one not counted",
            required=True,
        ),
    ),
)

FINALISED_MRR = Table(
    "finalised_mrr",
    "Closing MRR of an account in a closed month, as it was closed.",
    (
        Column("finalised_id", "text", "key: month and account", required=True),
        Column("month", "date", "first day of the closed month", required=True),
        Column("account_id", "text", "the account", required=True),
        Column("closing_minor", "integer", "closing MRR in the reporting currency", required=True),
    ),
)
