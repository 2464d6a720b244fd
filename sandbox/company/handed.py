"""The ledger of the handoff: what each won deal's form and kickoff were planted to be."""

from dataclasses import dataclass
from datetime import date

from sandbox.company.days import BIRTH, clock_of
from sandbox.company.facts import Facts, known

ALL = 5  # elements of a form


@dataclass(frozen=True)
class Handed:
    """One deal: the state of its form, its valid elements, and the state of its kickoff."""

    form: str
    valid: frozenset[str]
    kickoff: str


def handed(facts: Facts, as_of: date) -> dict[str, Handed]:
    """By deal, those won by the day."""
    clock, found = clock_of(as_of), {}
    for deal, fact in facts.deals.items():
        if not BIRTH <= fact.closed <= as_of:  # the form is asked of deals from the company's first day on
            continue
        form = known(facts.forms.get(deal, []), clock)
        kickoff = known(facts.kickoffs.get(deal, []), clock)
        state, valid = "none", frozenset[str]()
        if form is not None:
            valid = form.valid
            state = "incomplete" if len(valid) < ALL else "unsigned" if form.signed is None else "signed"
        found[deal] = Handed(state, valid, "none" if kickoff is None else kickoff.state)
    return found
