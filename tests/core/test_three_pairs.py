"""One company, three pairs of systems, the same numbers, but for the differences written down here with their reasons.

The measure is Salesforce and Kantata, which carry every input. A pair whose PSA lacks one differs where `DECLARED` says
so, nowhere else. Which projects that concerns follows from the plant, never from what was measured. The value of all
time is the planted one on every project, whatever the pair.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from sandbox.company.certinia_time import is_summed
from sandbox.company.facts import Facts, known
from tasks.core import salesforce
from tasks.metrics.catalogue import MARTS, METRICS, STEPS_AND_METRICS
from tests.core.pairs import AS_OF, CLOCK, first_in_first_out

ROW = "a row of one side only"
ANY = "any column"
Projects = Callable[[Facts], set[str]]


def every(facts: Facts) -> set[str]:
    return set(facts.projects)


def baselined(facts: Facts) -> set[str]:
    """Their plan is a baseline that somebody approved."""
    return {project for project, plans in facts.plans.items() if plans[0][1].origin == "vendor"}


def planned_again(facts: Facts) -> set[str]:
    """Time on tasks that no plan knew, but that were there when their project was first pulled."""
    states = (known(history, CLOCK) for history in facts.entries.values())
    return {entry.project for entry in states if entry is not None and entry.reason == "not_in_plan"}


def summed(facts: Facts) -> set[str]:
    """Their people book the week's hours in one sum."""
    return {project for project in facts.projects if is_summed(project.partition(":")[2])}


def billed_otherwise(facts: Facts) -> set[str]:
    """What was invoiced is not simply the oldest time, or something hangs on a change order."""
    return set(facts.projects) - first_in_first_out(facts)


def billed_by_the_hour(facts: Facts) -> set[str]:
    terms = {key: history[-1][1].contract_type for key, history in facts.projects.items()}
    bills = [bill for history in facts.invoices.values() if (bill := known(history, CLOCK)) and bill.entries]
    billed = {facts.entries[next(iter(bill.entries))][0][1].project for bill in bills}
    return {project for project in billed if terms[project] in ("time_and_materials", "capped")}


def changed(facts: Facts) -> set[str]:
    return {history[-1][1].project for history in facts.changes.values()}


def due_by_milestone(facts: Facts) -> set[str]:
    return {milestone.project for milestone in facts.milestones.values()}


@dataclass(frozen=True)
class Declared:
    """Where a pair differs: in these columns of a mart, on these projects (None: on rows that are not of one)."""

    psa: str
    mart: str
    columns: tuple[str, ...]
    projects: Projects | None
    reason: str


def of_handoff() -> tuple[str, ...]:
    """The marts that read what a company can do without, and what Salesforce alone has here."""
    reads = {step.table: set(step.inputs) for step in STEPS_AND_METRICS}
    optional = {mapping.table for mapping in salesforce.MAPPINGS if mapping.is_optional}

    def is_read(table: str) -> bool:
        return table in optional or any(is_read(other) for other in reads.get(table, ()))

    return tuple(mart for mart in MARTS if is_read(mart))


COLUMNS = {metric.table: metric.columns for metric in METRICS}
CLASSES = ("l2_minor", "l5_minor", "l7_minor", "billed_minor", "wip_minor", "covered_minor", "captured_minor")
HEADLINES = ("unbilled_scope_creep_minor", "billing_latency_minor", "write_down_minor", "leakage_minor")
SHARES = ("creep_pct", "capture_pct")
OF_SCOPE = ("l2_minor", "l5_minor", "out_of_scope_minor", *HEADLINES[:2], *SHARES)
NO_BASELINE = "it keeps no baseline of tasks: the plan is the one first pulled, at that day's rates and exchange table"
NO_BASELINE_SCOPE = "it keeps no baseline of tasks: what was there at the first pull counts as planned"
FIFO = "its invoices do not say which time they bill: the oldest is taken, and the project is flagged"
NO_CHANGES = "it has no change orders"
NO_RATES = "it has no rate tables: without list rates there is no standard value, without cost rates no cost"
NO_HANDOFF = "this portal has no handoff objects and no tickets: the marts say unknown and name the missing input"
PROMISES = "the org's promises name the tasks of one PSA, here Kantata's: through another they are not mapped"
OWN_WORDS = "a task's state is told in the PSA's own words"
WEEKS = "the weeks' hours come in one sum: they are spread over the days, and the project is flagged"

DECLARED = (
    # Certinia
    *(Declared("certinia", mart, (ANY,), baselined, NO_BASELINE)
      for mart in ("schedule_project", "schedule_task", "schedule_curve", "milestone_slip")),
    Declared("certinia", "schedule_portfolio", (ANY,), None, NO_BASELINE),
    Declared("certinia", "scope_creep_project", OF_SCOPE, planned_again, NO_BASELINE_SCOPE),
    Declared("certinia", "scope_creep_entry", ("scope", "scope_reason", "leakage_class"), planned_again,
             NO_BASELINE_SCOPE),
    Declared("certinia", "scope_creep_monthly", (*OF_SCOPE, "creeping_projects_count"), None, NO_BASELINE_SCOPE),
    Declared("certinia", "scope_creep_project", ("is_time_allocated",), summed, WEEKS),
    Declared("certinia", "scope_creep_entry", (ROW, "seconds", "gross_minor", "standard_minor"), summed, WEEKS),
    Declared("certinia", "success_project", ("is_on_time", "is_on_budget", "plan_finish_date", "state"), baselined,
             NO_BASELINE),
    Declared("certinia", "success_monthly", ("judged_count", "success_pct"), None, NO_BASELINE),
    Declared("certinia", "promise_item", ("task_id", "has_task", "state"), None, PROMISES),
    Declared("certinia", "promise_deal", ("mapped_count", "unmapped_count", "late_count", "mapped_pct", "state"), None,
             PROMISES),
    Declared("certinia", "closing_monthly", ("mapped_count", "unmapped_count", "mapped_pct"), None, PROMISES),
    Declared("certinia", "stall_task", ("state",), every, OWN_WORDS),
    # HubSpot and Rocketlane
    *(Declared("rocketlane", mart, (ANY,), every if "project_id" in COLUMNS[mart] else None, NO_HANDOFF)
      for mart in of_handoff()),
    Declared("rocketlane", "stall_task", ("state",), every, OWN_WORDS),
    *(Declared("rocketlane", mart, (ANY,), every, NO_RATES)
      for mart in ("schedule_project", "schedule_task", "schedule_curve")),
    Declared("rocketlane", "milestone_slip", (ANY,), baselined, NO_BASELINE),
    Declared("rocketlane", "schedule_portfolio", (ANY,), None, NO_RATES),
    Declared("rocketlane", "scope_creep_project", ("standard_minor", "realization_pct"), every, NO_RATES),
    Declared("rocketlane", "scope_creep_entry", ("standard_minor",), every, NO_RATES),
    Declared("rocketlane", "scope_creep_project", ("is_billing_allocated",), billed_by_the_hour, FIFO),
    Declared("rocketlane", "scope_creep_project", (*CLASSES, *HEADLINES, *SHARES, "invoiced_minor"),
             billed_otherwise, FIFO),
    Declared("rocketlane", "scope_creep_project", ("l1_minor", "l6_minor", "out_of_scope_minor"), changed, NO_CHANGES),
    Declared("rocketlane", "scope_creep_project", ("out_of_scope_minor",), planned_again, NO_BASELINE_SCOPE),
    Declared("rocketlane", "scope_creep_project", ("l8_minor", "billing_latency_minor", "leakage_minor"),
             due_by_milestone, "it has no billing milestones"),
    Declared("rocketlane", "scope_creep_entry",
             (ROW, "seconds", "gross_minor", "leakage_minor", "leakage_class", "settlement"), billed_otherwise, FIFO),
    Declared("rocketlane", "scope_creep_entry", ("change_order_id", "scope"), changed, NO_CHANGES),
    Declared("rocketlane", "scope_creep_entry", (ROW,), due_by_milestone, "it has no billing milestones"),
    Declared("rocketlane", "scope_creep_monthly",
             ("l1_minor", "l6_minor", "l8_minor", "out_of_scope_minor", *CLASSES, *HEADLINES, *SHARES,
              "creeping_projects_count"), None, f"{FIFO}; {NO_CHANGES}"),
)  # fmt: skip
SAME = ("mrr_line", "mrr_account", "mrr_movement", "mrr_bridge", "nrr_account", "nrr_monthly")
OTHERS = ("rocketlane", "certinia")


def apart(one, other) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one != other


def differences(pairs, psa: str) -> Iterator[tuple[str, str, str | None]]:
    """Each (mart, column, project) in which a pair differs from Salesforce and Kantata."""
    for mart in MARTS:
        base, other = pairs["kantata"][mart], pairs[psa][mart]
        for key in base.keys() | other.keys():
            row, twin = base.get(key), other.get(key)
            project = (row or twin).get("project_id")
            if row is None or twin is None:
                yield mart, ROW, project
            else:
                yield from ((mart, name, project) for name in row if apart(row[name], twin[name]))


def covers(one: Declared, facts: Facts, mart: str, column: str, project: str | None) -> bool:
    is_there = project is None if one.projects is None else project in one.projects(facts)
    return one.mart == mart and (column in one.columns or one.columns == (ANY,)) and is_there


@pytest.fixture(scope="module", params=OTHERS)
def other(request, pairs, everywhere):
    """A pair's PSA, what its pair declares, and the (mart, column, project) in which it differs."""
    return request.param, [one for one in DECLARED if one.psa == request.param], set(differences(pairs, request.param))


def test_nothing_differs_but_what_is_declared(other, everywhere):
    _, declared, found = other
    facts = everywhere.ledger.facts
    undeclared = [key for key in found if not any(covers(one, facts, *key) for one in declared)]
    assert sorted(undeclared, key=str) == []


def test_every_declared_difference_is_there(other, everywhere):
    _, declared, found = other
    facts = everywhere.ledger.facts
    for one in declared:
        seen = {column for mart, column, project in found if covers(one, facts, mart, column, project)}
        assert seen, (one.mart, one.reason)
        assert one.columns == (ANY,) or seen == set(one.columns), (one.mart, one.reason)
        assert one.reason


def test_the_flagged_projects_are_those_that_were_planted_so(pairs, everywhere):
    facts = everywhere.ledger.facts
    for psa, flag, planted in (
        ("rocketlane", "is_billing_allocated", billed_by_the_hour(facts)),
        ("certinia", "is_time_allocated", summed(facts)),
    ):
        rows = pairs[psa]["scope_creep_project"].values()
        assert {row["project_id"] for row in rows if row[flag]} == planted
        assert planted
        assert not any(row[flag] for row in pairs["kantata"]["scope_creep_project"].values())


@pytest.mark.parametrize("psa", ["kantata", *OTHERS])
def test_revenue_is_the_same_to_the_cent(pairs, psa):
    for mart in SAME:
        assert pairs[psa][mart] == pairs["kantata"][mart]
        assert len(pairs[psa][mart]) > 50


@pytest.mark.parametrize("psa", ["kantata", *OTHERS])
def test_the_value_of_all_time_is_the_planted_one_on_every_project(pairs, everywhere, psa):
    planted, found = defaultdict(int), defaultdict(int)
    for (project, _), leak in everywhere.ledger.creep(AS_OF).items():
        planted[project] += leak.gross_minor
    for row in pairs[psa]["scope_creep_project"].values():
        found[row["project_id"]] = row["gross_minor"]
    assert {key: value for key, value in found.items() if value} == {k: v for k, v in planted.items() if v}
    assert len(planted) > 30


@pytest.mark.parametrize("psa", ["kantata", "certinia"])
def test_every_class_of_leakage_is_the_planted_one(pairs, everywhere, psa):
    """Change orders, billed and unbilled milestones, write-downs, caps, fees and retainers: all but the declared L2."""
    apart_by_plan = planned_again(everywhere.ledger.facts) if psa == "certinia" else set()
    planted = {key: (leak.gross_minor, leak.leakage_minor) for key, leak in everywhere.ledger.creep(AS_OF).items()}
    found = defaultdict(lambda: (0, 0))
    for row in pairs[psa]["scope_creep_entry"].values():
        key = row["project_id"], row["leakage_class"]
        found[key] = found[key][0] + (row["gross_minor"] or 0), found[key][1] + (row["leakage_minor"] or 0)
    kept = {key: sums for key, sums in planted.items() if key[0] not in apart_by_plan and any(sums)}
    assert {key: sums for key, sums in found.items() if key[0] not in apart_by_plan and any(sums)} == kept
    assert {name for _, name in kept} >= {"BILLED", "WIP", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8",
                                          "COVERED_BY_CO", "COVERED_BY_FEE", "COVERED_BY_RETAINER"}  # fmt: skip


def test_every_mart_is_compared():
    assert set(SAME) < set(MARTS)
    assert {one.mart for one in DECLARED} <= set(MARTS)
    for one in DECLARED:
        assert set(one.columns) <= {*COLUMNS[one.mart], ROW, ANY}
