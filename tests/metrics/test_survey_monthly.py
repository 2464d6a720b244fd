from datetime import date

import pytest

from tasks.metrics.survey_monthly import SURVEY_MONTHLY
from tests.metrics.live_rows import TODAY, company, survey
from tests.metrics.steps import computed


@pytest.fixture
def months(rows, collected):
    def measure(*surveys):
        core = rows(**company(survey=list(surveys)))
        found = collected(computed(core, SURVEY_MONTHLY, TODAY)["survey_monthly"])
        return {(row["month"], row["occasion"], row["kind"]): row for row in found}

    return measure


def asked(kind, scores, **given):
    return [survey(f"{kind} {place}", kind, score, **given) for place, score in enumerate(scores)]


def only(found):
    (row,) = found.values()
    return row


# The published examples: promoters, passives and detractors -> NPS; and two definitions of CSAT.
@pytest.mark.parametrize(
    ("scores", "nps"), [([9] * 70 + [8] * 10 + [3] * 20, 50.0), ([10, 9, 10, 7, 0], 40.0)], ids=["percent", "five"]
)
def test_nps_is_promoters_less_detractors(months, scores, nps):
    assert only(months(*asked("nps", scores)))["nps_pct"] == nps


def test_csat_by_the_best_two_answers(months):
    found = only(months(*asked("csat", [4] * 75 + [5] * 75 + [3] * 100)))
    assert (found["answered_count"], found["positive_count"], found["positive_pct"]) == (250, 150, 60.0)
    assert found["nps_pct"] is None


@pytest.mark.parametrize("kind", ["csat", "ces"])
def test_csat_and_ces_by_the_mean_over_the_best_answer(months, kind):
    found = only(months(*asked(kind, [6, 7, 5, 3, 8, 9, 4, 10, 7, 1], scale_max=10)))
    assert (found["score_sum"], found["best_sum"], found["mean_of_best_pct"]) == (60, 100, 60.0)


def test_the_response_is_of_what_was_sent(months):
    found = only(months(*asked("ces", [7, None, None, None])))
    assert (found["sent_count"], found["answered_count"], found["response_pct"]) == (4, 1, 25.0)


def test_without_an_answer_there_is_no_score(months):
    found = only(months(survey("s", "nps")))
    scores = ("positive_pct", "mean_of_best_pct", "nps_pct")
    assert (found["response_pct"], *(found[name] for name in scores)) == (0.0, None, None, None)


def test_each_month_occasion_and_kind_stands_alone(months):
    found = months(
        survey("one", score=5), survey("two", score=1, occasion="go_live"), survey("three", "ces", 7),
        survey("four", score=2, sent_date=date(2026, 5, 31)),
    )  # fmt: skip
    assert {key: row["score_sum"] for key, row in found.items()} == {
        (date(2026, 6, 1), "closeout", "csat"): 5,
        (date(2026, 6, 1), "go_live", "csat"): 1,
        (date(2026, 6, 1), "closeout", "ces"): 7,
        (date(2026, 5, 1), "closeout", "csat"): 2,
    }
