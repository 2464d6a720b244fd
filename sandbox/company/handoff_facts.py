"""What was planted of the handoff of a deal, from its form to its closeout."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Deal:
    """A won deal that hands a customer over; its amount in minor units."""

    account: str
    closed: date
    amount: int
    currency: str


@dataclass(frozen=True)
class Form:
    """A handoff form: which of its five elements were planted to be valid, and the day it was signed."""

    valid: frozenset[str]
    signed: date | None = None


@dataclass(frozen=True)
class Kickoff:
    """A kickoff: the state it was planted to have, from the day it was held."""

    held: date
    state: str


@dataclass(frozen=True)
class SuccessPlan:
    """A success plan, from the day it was created."""

    created: date


@dataclass(frozen=True)
class Commission:
    """What a deal is to pay, in minor units, and the day someone let it pass, saying who and why."""

    amount: int
    currency: str
    payable: date
    is_cancelled: bool = False
    overridden: date | None = None


@dataclass(frozen=True)
class Debrief:
    """An internal debrief: whether all that is asked was planted."""

    deal: str
    held: date
    is_complete: bool


@dataclass(frozen=True)
class Closeout:
    """A closeout, held or planned: what was planted to hold of it."""

    deal: str
    meeting: date
    is_attended: bool = True
    is_validated: bool = True
    has_next_steps: bool = True
    has_document: bool = True
    signed: date | None = None
    rating: int | None = None


@dataclass(frozen=True)
class ChecklistItem:
    """An item of the checklist of a deal's handoff point."""

    deal: str
    point: str
    is_required: bool
    signed: date | None


@dataclass(frozen=True)
class Promise:
    """A promise of a deal; whether what it is mapped to was planted to deliver it."""

    deal: str
    has_target: bool
    mapped: date | None
