from datetime import timedelta

import pytest

from tasks.metrics.survey_answer import SURVEY_ANSWER
from tests.metrics.live_rows import TODAY, company, survey
from tests.metrics.steps import computed


@pytest.fixture
def answers(rows, collected):
    def measure(*surveys):
        core = rows(**company(survey=list(surveys)))
        return {row["survey_id"]: row for row in collected(computed(core, SURVEY_ANSWER, TODAY)["survey_answer"])}

    return measure


# The published map of NPS to shorter scales: detractors and promoters of each.
@pytest.mark.parametrize(
    ("scale", "detractors", "promoters"),
    [(3, {1}, {3}), (5, {1, 2, 3}, {5}), (7, {1, 2, 3, 4}, {7}), (10, {0, 1, 2, 3, 4, 5, 6}, {9, 10})],
)
def test_detractors_and_promoters_by_scale(answers, scale, detractors, promoters):
    found = answers(
        *(survey(str(score), "nps", score, scale_max=scale) for score in range(scale + 1) if score or scale == 10)
    )
    assert {int(key) for key, row in found.items() if row["is_negative"]} == detractors
    assert {int(key) for key, row in found.items() if row["is_positive"]} == promoters


def test_nps_on_another_scale_is_neither(answers):
    found = answers(survey("s", "nps", 4, scale_max=4))["s"]
    assert (found["is_answered"], found["is_positive"], found["is_negative"]) == (True, False, False)


@pytest.mark.parametrize("kind", ["csat", "ces"])
def test_the_best_two_answers_are_good_and_the_worst_two_bad(answers, kind):
    found = answers(*(survey(str(score), kind, score, scale_max=5) for score in range(1, 6)))
    assert {key for key, row in found.items() if row["is_positive"]} == {"4", "5"}
    assert {key for key, row in found.items() if row["is_negative"]} == {"1", "2"}


def test_only_what_was_sent_and_answered_by_the_day_is_known(answers):
    tomorrow = TODAY + timedelta(days=1)
    found = answers(
        survey("sent"), survey("later", score=5, answered_date=tomorrow), survey("next", sent_date=tomorrow)
    )
    assert {key: (row["is_answered"], row["score"], row["is_positive"]) for key, row in found.items()} == {
        "sent": (False, None, False), "later": (False, None, False)
    }  # fmt: skip
