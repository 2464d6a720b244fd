"""The known answers: what the planted company's numbers are at each demo day.

Computed from what was planted in plain integers, never with the project's own metric code. Ids are core ids; money is
in minor units of the reporting currency; a day that is no demo day is a KeyError.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sandbox.company import (
    adopted,
    answered,
    asked,
    closed,
    creep,
    earned,
    handed,
    paid,
    retention,
    revenue,
    stalls,
    succeeded,
    touched,
)
from sandbox.company.days import clock_of, month_of
from sandbox.company.facts import Facts

Row = dict[str, Any]


@dataclass(frozen=True)
class Leak:
    """Sums of a project's parts of one class."""

    gross_minor: int
    leakage_minor: int


@dataclass(frozen=True)
class Ledger:
    """What was planted, and the numbers that follow from it."""

    facts: Facts

    def creep(self, as_of: date) -> dict[tuple[str, str], Leak]:
        """By (project_id, leakage class): gross value and leakage, rows without time included (their gross is 0)."""
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for part in creep.parts(self.facts, as_of):
            sums[part.project, part.leakage_class][0] += part.gross
            sums[part.project, part.leakage_class][1] += part.leakage
        return {key: Leak(*values) for key, values in sums.items()}

    def capture(self, as_of: date) -> dict[str, tuple[int, int]]:
        """By project_id with out-of-scope work: gross of it that was billed or covered, and of all of it approved."""
        return creep.captured(creep.parts(self.facts, as_of))

    def movements(self, as_of: date) -> dict[tuple[date, str, str], int]:
        """By (month, account_id, movement): the change of MRR, for the months complete at the day."""
        return revenue.movements(self.facts, as_of)

    def mrr(self, as_of: date) -> dict[tuple[date, str], int]:
        """By (month, account_id): closing MRR at the month's exchange table; zero rows are left out."""
        return revenue.closing(self.facts, as_of)

    def nrr(self, as_of: date) -> dict[tuple[date, str], retention.Retention]:
        """By (month, segment), 'all' too: the twelve months to the month's end."""
        return retention.retention(self.facts, as_of)

    def schedule(self, as_of: date) -> dict[str, earned.Earned]:
        """By project_id with a plan: planned and earned value, actual cost, budget."""
        return earned.schedule(self.facts, as_of)

    def slips(self, as_of: date) -> dict[str, earned.Slip]:
        """By milestone task_id: calendar days against the original plan and the plan in force."""
        return earned.slips(self.facts, as_of)

    def handoffs(self, as_of: date) -> dict[str, handed.Handed]:
        """By opportunity_id of each deal that hands a customer over: its form and its kickoff."""
        return handed.handed(self.facts, as_of)

    def closings(self, as_of: date) -> dict[str, closed.Closed]:
        """By opportunity_id of each deal that hands a customer over: the papers of its delivery."""
        return closed.closed(self.facts, as_of)

    def commissions(self, as_of: date) -> dict[str, paid.Paid]:
        """By opportunity_id of each deal won or begun: whether its commission is held, and the amounts."""
        return paid.paid(self.facts, as_of)

    def tickets(self, as_of: date) -> dict[str, asked.Asked]:
        """By ticket_id of each request opened by the day: whose it is, where it belongs and where it went."""
        return asked.asked(self.facts, as_of)

    def stalls(self, as_of: date) -> dict[str, stalls.Stalled]:
        """By project with tasks under way: what of them is blocked or has not moved."""
        return stalls.stalled(self.facts, as_of)

    def escalations(self, as_of: date) -> dict[str, asked.Escalated]:
        """By account_id of each customer: its escalations, and whether it has a route."""
        return asked.escalated(self.facts, as_of)

    def escalated_projects(self, as_of: date) -> dict[str, asked.Running]:
        """By project_id: the escalations made while it ran."""
        return asked.running(self.facts, as_of)

    def successes(self, as_of: date) -> dict[str, str]:
        """By planned project that closed by the day: success, failed or unknown."""
        return succeeded.succeeded(self.facts, as_of)

    def burn_ins(self, as_of: date) -> dict[str, touched.BurnIn]:
        """By opportunity_id of each deal that hands a customer over: the two weeks after its go-live."""
        return touched.burn_ins(self.facts, as_of)

    def quiet(self, as_of: date) -> dict[str, adopted.Quiet]:
        """By account_id of each customer that is live: since when it is silent, and what it does not use."""
        return adopted.quiet(self.facts, as_of)

    def trained(self, as_of: date) -> dict[str, adopted.Trained]:
        """By project_id of each client project: who must be trained and who is."""
        return adopted.trained(self.facts, as_of)

    def closeout_surveys(self, as_of: date) -> dict[str, str]:
        """By project_id of each client project that is closed: whether its customer was asked in time."""
        return answered.closeouts(self.facts, as_of)

    def answers(self, as_of: date) -> dict[tuple[date, str, str], answered.Answers]:
        """By (month of sending, occasion, kind): what was asked and answered."""
        return answered.answers(self.facts, as_of)

    def quarantine(self, as_of: date) -> frozenset[tuple[str, str]]:
        """(core table, id) whose newest version is bad, or whose parent is: projects, tasks, time, subscriptions."""
        clock = clock_of(as_of)
        return frozenset((table, key) for since, table, key in self.facts.bad if since <= clock)

    def deleted(self, as_of: date) -> frozenset[tuple[str, str]]:
        """(core table, id) of planted rows that were there and are gone: time, subscriptions, tasks."""
        clock, gone = clock_of(as_of), set()
        tables = (("time_entry", self.facts.entries), ("subscription", self.facts.lines), ("task", self.facts.stories))
        for table, histories in tables:
            for key, history in histories.items():
                seen = [state for since, state in history if since <= clock]
                if seen and seen[-1] is None:
                    gone.add((table, key))
        return frozenset(gone)

    def rows(self, as_of: date) -> dict[str, list[Row]]:
        """Every answer of a day as plain rows, by name."""
        return {
            "creep": [
                {"project_id": project, "leakage_class": name, **asdict(leak)}
                for (project, name), leak in sorted(self.creep(as_of).items())
            ],
            "capture": [
                {"project_id": project, "numerator_minor": billed, "denominator_minor": whole}
                for project, (billed, whole) in sorted(self.capture(as_of).items())
            ],
            "movements": [
                {"month": month, "account_id": account, "movement": name, "amount_minor": amount}
                for (month, account, name), amount in sorted(self.movements(as_of).items())
            ],
            "mrr": [
                {"month": month, "account_id": account, "closing_minor": amount}
                for (month, account), amount in sorted(self.mrr(as_of).items())
            ],
            "nrr": [
                {"month": month, "segment": segment, **asdict(window)}
                for (month, segment), window in sorted(self.nrr(as_of).items())
            ],
            "schedule": [
                {"project_id": project, **asdict(row)} for project, row in sorted(self.schedule(as_of).items())
            ],
            "slips": [{"task_id": task, **asdict(row)} for task, row in sorted(self.slips(as_of).items())],
            "handoffs": [
                {"opportunity_id": deal, "form": one.form, "valid": sorted(one.valid), "kickoff": one.kickoff}
                for deal, one in sorted(self.handoffs(as_of).items())
            ],
            "closings": [{"opportunity_id": deal, **asdict(one)} for deal, one in sorted(self.closings(as_of).items())],
            "commissions": [
                {"opportunity_id": deal, **asdict(one)} for deal, one in sorted(self.commissions(as_of).items())
            ],
            "tickets": [{"ticket_id": key, **asdict(one)} for key, one in sorted(self.tickets(as_of).items())],
            "stalls": [{"project_id": project, **asdict(one)} for project, one in sorted(self.stalls(as_of).items())],
            "successes": [
                {"project_id": project, "state": state} for project, state in sorted(self.successes(as_of).items())
            ],
            "burn_ins": [{"opportunity_id": deal, **asdict(one)} for deal, one in sorted(self.burn_ins(as_of).items())],
            "quiet": [{"account_id": account, **asdict(one)} for account, one in sorted(self.quiet(as_of).items())],
            "closeout_surveys": [
                {"project_id": project, "state": state}
                for project, state in sorted(self.closeout_surveys(as_of).items())
            ],
            "answers": [
                {"month": month, "occasion": occasion, "kind": kind, **asdict(one)}
                for (month, occasion, kind), one in sorted(self.answers(as_of).items())
            ],
            "trained": [{"project_id": project, **asdict(one)} for project, one in sorted(self.trained(as_of).items())],
            "quarantine": [{"core_table": table, "row_id": key} for table, key in sorted(self.quarantine(as_of))],
            "deleted": [{"core_table": table, "row_id": key} for table, key in sorted(self.deleted(as_of))],
        }

    def creep_by_month(self, as_of: date) -> dict[tuple[date, str], Leak]:
        """By (month of work, leakage class) for all projects; rows without time are left out."""
        sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
        for part in creep.parts(self.facts, as_of):
            if part.entry:
                entry = self.facts.entries[part.entry][0][1]
                assert entry is not None
                sums[month_of(entry.day), part.leakage_class][0] += part.gross
                sums[month_of(entry.day), part.leakage_class][1] += part.leakage
        return {key: Leak(*values) for key, values in sums.items()}
