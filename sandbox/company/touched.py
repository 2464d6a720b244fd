"""The ledger of contacts: who looked after each deal's customer, and which team was in touch when."""

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.company.days import BIRTH, clock_of
from sandbox.company.facts import Facts, known

TEAMS = ("implementation", "customer_success")
BURN_IN = timedelta(days=14)


@dataclass(frozen=True)
class BurnIn:
    """One deal: the verdict of its burn-in; per team the assignments and the touches in it."""

    state: str
    assigned: tuple[int, ...]
    touches: tuple[int, ...]


def burn_ins(facts: Facts, as_of: date) -> dict[str, BurnIn]:
    """By deal, those won by the day."""
    found = {}
    for deal, fact in facts.deals.items():
        if not BIRTH <= fact.closed <= as_of:
            continue
        live = lives(facts, deal, as_of)
        if live is None:
            found[deal] = BurnIn("none", (0, 0), (0, 0))
            continue
        end, account = live + BURN_IN, account_of(facts, fact.account, as_of)
        owners = [
            owner for owner in facts.owners.get(account, [])
            if owner.start <= as_of and owner.start < end and (owner.end is None or owner.end > live)
        ]  # fmt: skip
        contacts = [one for one in facts.contacts.get(account, []) if live <= one.day < end and one.day <= as_of]
        assigned = tuple(sum(owner.team == team for owner in owners) for team in TEAMS)
        touches = tuple(sum(team in one.teams for one in contacts) for team in TEAMS)
        state = "open" if as_of < end else "covered" if all((*assigned, *touches)) else "uncovered"
        found[deal] = BurnIn(state, assigned, touches)
    return found


def lives(facts: Facts, deal: str, as_of: date) -> date | None:
    """The first go-live of a deal's projects by a day."""
    days = []
    for project, delivery in facts.deliveries.items():
        state = facts.projects[project][0][1] if delivery.deal == deal and project in facts.projects else None
        if state and state.contract_type != "internal" and delivery.go_live and delivery.go_live <= as_of:
            days.append(delivery.go_live)
    return min(days, default=None)


def account_of(facts: Facts, account: str, as_of: date) -> str:
    """The account that holds the deals of an account on a day: a merge hands them over."""
    state = known(facts.accounts[account], clock_of(as_of))
    return state.merged_into if state and state.merged_into else account
