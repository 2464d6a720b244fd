"""The pretend company's requests through Zendesk: where they belong and went is the planted answer."""

import os
from unittest.mock import patch

import pytest

from config.policy import policy
from config.settings import Settings
from sandbox.company import DEMO_DAYS, build
from sandbox.company.zendesk import add_zendesk
from sandbox.serve import running
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.core.provenance import pulled_at
from tasks.engines.bench import workbench
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.sources.pull import entities, pull

CLOCK, AS_OF = DEMO_DAYS[-1]
CUSTOMERS = ("account", "subscription", "opportunity")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The planted ledger, the core id of each case's ticket, the settings, and the measured workbench.

    The org has no cases; its customers come from it, their requests from Zendesk, read on two of the demo's days.
    """
    world, ledger = build(20)
    ids = {f"salesforce:{case}": f"zendesk:{key}" for case, key in add_zendesk(world).items()}
    del world.records["salesforce", "Case"], world.records["salesforce", "Escalation_Route__c"]
    with running(world, CLOCK) as sandbox:
        variables = sandbox.environment() | sandbox.zendesk_environment()
        with patch.dict(os.environ, variables):
            settings = Settings(home=tmp_path_factory.mktemp("zendesk"))
        wanted = {name: settings.sources[name] for name in ("salesforce", "zendesk")}
        settings = settings.model_copy(update={"sources": wanted})
        for clock, _ in (DEMO_DAYS[1], DEMO_DAYS[-1]):
            sandbox.set_clock(clock)
            for source, names in (("salesforce", CUSTOMERS), ("zendesk", entities("zendesk", settings))):
                for entity in names:
                    pull(source, entity, settings=settings, now=clock, run_id="test", sleep=lambda _: None)
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        yield ledger, ids, settings, bench


def rows(bench, query):
    found = bench.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_each_request_is_the_planted_one(company):
    ledger, ids, _, bench = company
    found = {row["ticket_id"]: row for row in rows(bench, "SELECT * FROM mart.request_ticket")}
    planted = {ids[key]: one for key, one in ledger.tickets(AS_OF).items()}
    assert found.keys() == planted.keys() and len(planted) > 30
    for key, one in planted.items():
        row, known = found[key], one.ticket
        assert (row["account_id"], row["tier"], row["month"]) == (one.account, one.tier, one.month)
        assert (row["kind"], row["handler"], row["is_misrouted"]) == (known.kind, known.handler, known.is_misrouted)
        assert (row["opened_date"], row["closed_date"], row["rating"]) == (known.opened, known.closed, known.rating)


def test_escalations_and_answers_are_the_planted_ones(company):
    ledger, ids, _, bench = company
    columns = "ticket_id, escalated_date, replied_date, reply_seconds"
    found = {row.pop("ticket_id"): tuple(row.values()) for row in rows(bench, f"SELECT {columns} FROM core.ticket")}
    assert found == {
        ids[key]: (one.ticket.escalated, one.ticket.replied, one.ticket.reply_seconds)
        for key, one in ledger.tickets(AS_OF).items()
    }


def test_a_customer_whose_organization_has_a_team_has_a_route(company):
    ledger, _, _, bench = company
    found = {row["account_id"]: row for row in rows(bench, "SELECT * FROM mart.escalation_account")}
    planted = {key: (one.has_route, one.new, one.open) for key, one in ledger.escalations(AS_OF).items()}
    assert {key: (row["has_route"], row["new_count"], row["open_count"]) for key, row in found.items()} == planted


def test_a_request_that_matches_no_account_names_its_organization(company):
    _, _, _, bench = company
    found = rows(bench, "SELECT DISTINCT customer_ref FROM mart.request_ticket WHERE account_id IS NULL")
    assert len(found) == 2  # one organization without an external id, one whose external id no account has
    assert all(row["customer_ref"].startswith("Organization ") for row in found)


def test_the_age_of_the_tickets_is_that_of_their_export(company):
    _, _, settings, _ = company
    assert (CLOCK - pulled_at(settings, CLOCK)["ticket"]).total_seconds() == 300
