"""The pretend company through every pair of a CRM and a PSA: pulled once, and what each mart says of it by each pair.

Rows are told by the ids that the company was planted with, Salesforce's and Kantata's, whichever system they came from.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from config.policy import policy
from config.settings import Settings
from sandbox.company import DEMO_DAYS, Ledger, build
from sandbox.company.certinia import add_certinia
from sandbox.company.creep import scene, scope_of
from sandbox.company.facts import Facts, known
from sandbox.company.portal import plant_portal
from sandbox.company.rocketlane import add_rocketlane
from sandbox.company.staff import ROLES
from sandbox.serve import running
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.engines.bench import workbench
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.sources.pull import entities, pull

CLOCK, AS_OF = DEMO_DAYS[-1]
Row = dict[str, Any]
Marts = Mapping[str, Mapping[tuple[Any, ...], Row]]  # by mart and the grain's values


@dataclass(frozen=True)
class Everywhere:
    """The company in five systems, pulled on each demo day into one lake; `portal`: HubSpot's id of a Salesforce id."""

    ledger: Ledger
    settings: Settings
    portal: Mapping[str, str]
    names: Mapping[str, str]  # a core id of another system: the planted one
    milestones: Mapping[str, str]  # likewise of a milestone that is billed

    def of(self, *instances: str) -> Settings:
        """The settings of an installation that reads these sources only; a HubSpot portal is its projects' CRM."""
        sources = {name: self.settings.sources[name] for name in instances}
        if "hubspot" in sources and "rocketlane" in sources:
            sources["rocketlane"] = sources["rocketlane"].model_copy(update={"crm": "hubspot"})
        if "salesforce" in sources and "certinia" in sources:
            sources["salesforce"] = sources["salesforce"].model_copy(update={"psa": "certinia"})
        return self.settings.model_copy(update={"sources": sources})

    def planted(self, value: Any, mart: str) -> Any:
        """A mart's value, an id as it was planted, also at the front of a longer key."""
        if not isinstance(value, str):
            return value
        key, slash, rest = value.partition("/")
        if mart == "scope_creep_entry" and key in self.milestones:
            return self.milestones[key] + slash + rest
        if key.startswith("rocketlane:"):
            return "kantata:" + value.partition(":")[2]
        return self.names.get(key, key) + slash + rest


def pulled_everywhere(home: Path) -> Everywhere:
    """Plant 20 customers in every system and pull all of them on each demo day."""
    world, ledger = build(20)
    portal = plant_portal(world)
    certinia = add_certinia(world, ledger.facts)
    add_rocketlane(world, ledger.facts, portal)
    with running(world, CLOCK) as sandbox:
        variables = sandbox.environment() | sandbox.certinia_environment()
        variables |= sandbox.hubspot_environment() | sandbox.rocketlane_environment()
        with patch.dict(os.environ, variables):
            settings = Settings(home=home)
        for clock, _ in DEMO_DAYS:
            sandbox.set_clock(clock)
            for source in settings.sources:
                for entity in entities(source, settings):
                    pull(source, entity, settings=settings, now=clock, run_id=f"{clock:%Y-%m-%d}", sleep=lambda _: None)
    names = {own: key for key, own in certinia.items() if key not in ledger.facts.milestones}
    names |= {f"hubspot:{number}": f"salesforce:{key}" for key, number in portal.items()}
    names |= {f"certinia:{role}": f"kantata:{101 + place}" for place, role in enumerate(ROLES)}
    milestones = {certinia[key]: key for key in ledger.facts.milestones}
    return Everywhere(ledger, settings, portal, names, milestones)


def measured(company: Everywhere, *instances: str) -> Marts:
    """Every mart of the last day through these sources."""
    settings, marts = company.of(*instances), {}
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        assert not judge(bench, policy(), {}).is_blocked
        measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        for metric in METRICS:
            names = list(metric.columns)
            found = bench.execute(f"SELECT {', '.join(names)} FROM mart.{metric.table}").fetchall()
            rows = [
                {name: company.planted(value, metric.table) for name, value in zip(names, row, strict=True)}
                for row in found
            ]
            marts[metric.table] = {tuple(row[name] for name in metric.grain): row for row in rows}
            assert len(marts[metric.table]) == len(rows), metric.table
    return marts


def first_in_first_out(facts: Facts) -> set[str]:
    """The projects whose classes of time follow from what Rocketlane says.

    No change order; no time outside a plan that was revised before the first pull; and what was
    invoiced is, invoice by invoice, the oldest approved billable time.
    """
    now = scene(facts, AS_OF)
    changed = {change.project for change in now.changes.values()}
    bills = defaultdict(list)
    for key, history in facts.invoices.items():
        bill = known(history, CLOCK)
        if bill is not None and bill.entries:
            project = next(iter(facts.entries[next(iter(bill.entries))]))[1].project
            bills[project].append((bill.posted, key, set(bill.entries)))
    whole = set()
    for project, entries in now.entries.items():
        in_order = [
            key
            for _, key in sorted((entry.day, key) for key, entry in entries.items())
            if entries[key].is_approved and scope_of(entries[key], now) not in ("goodwill", "contractual_non_billable")
        ]
        reached, is_first_out = 0, True
        for _, _, billed in sorted(bills[project], key=lambda bill: bill[:2]):
            is_first_out &= set(in_order[reached : reached + len(billed)]) == billed
            reached += len(billed)
        planned_late = any(entry.reason == "not_in_plan" for entry in entries.values())
        if is_first_out and not planned_late and project not in changed:
            whole.add(project)
    return whole
