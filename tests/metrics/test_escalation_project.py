from datetime import date

import pytest

from tasks.metrics.escalation_project import ESCALATION_PROJECT
from tests.metrics.delivery_rows import project
from tests.metrics.revenue_book import account
from tests.metrics.steps import computed
from tests.metrics.support_rows import NEVER_READ, TODAY, company, ticket

START, CLOSED = date(2026, 6, 15), date(2026, 6, 23)


@pytest.fixture
def projects(rows, collected):
    """(new, open, at closeout, still open) by project."""

    def measure(*tickets, given=None, **core):
        core = company(ticket=list(tickets), project=given or [project()], **core)
        found = computed(rows(**core), ESCALATION_PROJECT, TODAY)["escalation_project"]
        names = ("new_count", "open_count", "at_closeout_count", "still_open_count", "missing_input")
        return {row["project_id"]: tuple(row[name] for name in names) for row in collected(found)}

    return measure


def escalated(day, key="t", **given):
    return ticket(key, opened_date=day, escalated_date=day, replied_date=day, **given)


@pytest.mark.parametrize(
    ("day", "solved", "counts"),
    [
        (date(2026, 6, 14), None, (0, 0, 0, 0)),  # before the project
        (START, None, (1, 1, 1, 1)),
        (CLOSED, None, (1, 1, 1, 1)),
        (TODAY, None, (0, 0, 0, 0)),  # after its close
        (START, CLOSED, (1, 0, 0, 0)),  # solved by the closeout
        (START, TODAY, (1, 0, 1, 0)),  # solved only after it
    ],
)
def test_what_was_made_while_the_project_ran_and_what_was_open_at_its_close(projects, day, solved, counts):
    assert projects(escalated(day, closed_date=solved))["p"][:4] == counts


def test_a_project_that_runs_on_has_no_closeout(projects):
    found = projects(escalated(START), escalated(TODAY, "2"), given=[project(closed_date=None)])
    assert found["p"] == (2, 2, 0, 0, None)


def test_old_escalations_of_a_long_project_are_open_and_not_new(projects):
    long = project(start_date=date(2026, 1, 5), closed_date=None)
    assert projects(escalated(date(2026, 3, 2)), given=[long])["p"][:2] == (0, 1)


def test_two_projects_at_one_time_both_count_and_others_do_not(projects):
    given = [project("1"), project("2"), project("3", account_id="b"), project("4", contract_type="internal")]
    found = projects(escalated(START), given=given, account=[account("a"), account("b")])
    assert {key: counts[0] for key, counts in found.items()} == {"1": 1, "2": 1, "3": 0}


def test_tickets_that_were_never_read_are_null_and_named(projects):
    assert projects(feed=NEVER_READ)["p"] == (None, None, None, None, "ticket")
