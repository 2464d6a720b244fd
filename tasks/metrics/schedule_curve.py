"""The planned value of each project, at every start and end of a task."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import divide_half_even
from tasks.metrics.planned_value_curve import FINE
from tasks.metrics.schedule_task import in_unit


def schedule_curve(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Planned value (PV) of a project's plan in force at the end of each day on which a task starts or ends.

    On the axis of elapsed working days PV is a straight line between these points, so earned schedule can be read off
    by hand: the place at which PV reached EV. The last point is the budget at completion.
    """
    work = frames["planned_work"].filter(nw.col("is_current"))
    plans = work.group_by("project_id").agg(nw.col("plan_number").max(), nw.col("unit").max())
    curve = divide_half_even(frames["planned_value_curve"], "pv", "pv_fine", FINE)
    return in_unit(curve.join(plans, on="project_id", how="inner"), "pv").select(*COLUMNS)


COLUMNS = {
    "project_id": "the project",
    "day": "the day; values are at its end. A start shows at the end of the day before",
    "plan_number": "the plan in force",
    "unit": "cost or hours: what the project is measured in",
    "elapsed_days": "working days since the plan's first start",
    "pv_minor": "planned value at cost, cumulative",
    "pv_seconds": "planned value, cumulative (projects measured in hours)",
}

SCHEDULE_CURVE = Metric(
    table="schedule_curve",
    grain=("project_id", "day"),
    inputs=("planned_work", "planned_value_curve"),
    columns=COLUMNS,
    compute=schedule_curve,
    keep="latest",
)
