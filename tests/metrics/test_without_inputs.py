"""A company without one of its own tables: the marts that need it name it, and every other number stays the same."""

import pytest

from benchmarks.company import pulled
from config.policy import policy
from config.settings import Settings
from sandbox.company import build
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.engines.bench import workbench
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tests.pulled import AS_OF, CLOCK

# What each table feeds, and which marts then say that they miss it.
FED = {
    "usage_day": ({"quiet_product", "quiet_account"}, {"quiet_product", "quiet_account"}),
    "training": ({"training_readiness_project", "quiet_account"}, {"training_readiness_project"}),
    "survey": ({"closeout_survey_project", "survey_answer", "survey_monthly"}, {"closeout_survey_project"}),
}


def marts(settings: Settings, without: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Every mart of the company's last day, as if the tables had never been there."""
    company = settings.sources["tables"]
    kept = {name: fed for name, fed in company.tables.items() if name not in without}
    sources = settings.sources | {"tables": company.model_copy(update={"tables": kept})}
    settings = settings.model_copy(update={"sources": sources})
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        return {
            metric.table: bench.execute(
                f"SELECT {', '.join(metric.columns)} FROM mart.{metric.table} ORDER BY ALL"
            ).fetchall()
            for metric in METRICS
        }


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Settings:
    return pulled(tmp_path_factory.mktemp("company"), build(20)[0], CLOCK)


@pytest.fixture(scope="module")
def whole(company) -> dict[str, list[tuple]]:
    return marts(company)


@pytest.mark.parametrize("table", FED)
def test_one_table_less_changes_only_what_it_feeds(company, whole, table):
    found, (fed, told) = marts(company, (table,)), FED[table]
    assert {name for name in whole if found[name] != whole[name]} == fed
    for metric in METRICS:
        if "missing_input" in metric.columns:
            place = list(metric.columns).index("missing_input")
            named = {row[place] for row in found[metric.table]} - {None}
            assert named == ({table} if metric.table in told else set()), metric.table


def test_a_company_that_keeps_none_of_them_has_all_other_numbers(company, whole):
    found = marts(company, tuple(FED))
    assert {name for name in whole if found[name] != whole[name]} == set.union(*(fed for fed, _ in FED.values()))
