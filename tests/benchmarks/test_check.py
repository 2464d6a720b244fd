import json

from benchmarks.check import RECORDED, lost
from tasks.metrics.catalogue import METRICS


def test_a_loss_of_more_than_half_is_told_and_a_gain_is_not():
    recorded = {"mrr_line": 2.0, "measure": 1.0, "pull": 4.0}
    (said,) = lost({"mrr_line": 3.1, "measure": 1.5, "pull": 1.0}, recorded)
    assert said.startswith("mrr_line: 3.10, recorded 2.00")


def test_what_is_new_or_gone_is_told():
    gone, new = lost({"mrr_line": 2.0}, {"measure": 1.0})
    assert gone.startswith("measure is recorded but") and new.startswith("mrr_line is not recorded")


def test_every_metric_is_guarded():
    assert {metric.table for metric in METRICS} <= json.loads(RECORDED.read_text()).keys()
