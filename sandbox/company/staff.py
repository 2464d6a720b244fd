"""Who works at what rate: roles, users and the rate tables."""

from datetime import date

from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import at
from sandbox.company.stage import Stage, kantata, kantata_id

ROLES = ("Consultant", "Architect", "Project lead", "Subject expert")
UNRATED = 3  # the subject expert has no rate of its own
RATED_FROM = (date(2023, 1, 1), date(2026, 1, 1))
BILL = {0: (150_00, 156_00), 1: (210_00, 222_00), 2: (180_00, 186_00)}  # an hour, from each of those days
COST = {0: (62_00, 65_10), 1: (88_00, 92_40), 2: (74_00, 77_70)}
STANDARD_FROM = date(2025, 1, 1)  # no standard rate before: some time has no rate at all
STANDARD = 130_00, 55_00
FACTOR = {"USD": (1, 1), "EUR": (92, 100), "GBP": (79, 100), "JPY": (3, 2)}  # of the dollar's minor units


def role_id(role: int) -> str:
    """A role's Kantata id."""
    return str(101 + role)


def user_id(role: int, n: int) -> str:
    """One of the eight users of a role."""
    return str(11_001 + role * 8 + n % 8)


def bill_rate(role: int, day: date) -> int | None:
    """What the tables sell an hour of a role for on a day, in dollar cents: role, else standard, else nothing."""
    if role in BILL:
        return BILL[role][day >= RATED_FROM[1]]
    return STANDARD[0] if day >= STANDARD_FROM else None


def cost_rate(role: int, day: date) -> int | None:
    """What an hour of a role costs on a day, by the role's own rate, in dollar cents."""
    return COST[role][day >= RATED_FROM[1]] if role in COST else None


def native(amount: int, currency: str) -> int:
    """A dollar rate as agreed in another currency's minor units (list prices, not the exchange rate of the day)."""
    up, down = FACTOR[currency]
    return amount * up // down


def hire(stage: Stage) -> None:
    """Plant roles, users and the rate tables."""
    began = at(date(2023, 6, 1))
    for role, name in enumerate(ROLES):
        kantata(stage, "roles", kantata_id(stage, "roles"), began, {"name": name})
        for n in range(8):
            kantata(
                stage,
                "users",
                kantata_id(stage, "users"),
                began,
                {"full_name": f"Member {role * 8 + n + 1}", "role_id": role_id(role)},
            )
    for role in BILL:
        for place, day in enumerate(RATED_FROM):
            add_rate(stage, day, BILL[role][place], COST[role][place], role=role_id(role))
    add_rate(stage, STANDARD_FROM, *STANDARD)


def add_rate(
    stage: Stage,
    day: date,
    bill: int,
    cost: int | None,
    *,
    role: str | None = None,
    workspace: str | None = None,
    currency: str = "USD",
) -> None:
    """Plant one row of the rate tables."""
    key = kantata_id(stage, "rates")
    kantata(
        stage,
        "rates",
        key,
        at(max(day, date(2023, 6, 1)), 9),
        {
            "role_id": role,
            "workspace_id": workspace,
            "effective_date": day.isoformat(),
            "bill_rate_in_cents": bill,
            "cost_rate_in_cents": cost,
            "currency": currency,
            "currency_base_unit": BASE_UNIT[currency],
        },
    )
