"""Net revenue retention below its target, or falling fast, from nrr_monthly."""

from collections.abc import Sequence

from tasks.alerts.alert import Alert
from tasks.alerts.rule import Day, Row, Rule, reaches


def nrr(rows: Sequence[Row], day: Day) -> list[Alert]:
    """The newest month of all customers: below the target, or `nrr_drop_points` lower than the month before.

    Two alerts, since each has its own cause. The target has no hysteresis: reaching it is what is asked. The drop has.
    """
    whole = sorted((row for row in rows if row["segment"] == "all"), key=lambda row: row["month"])
    if not whole or whole[-1]["nrr_pct"] is None:
        return []
    newest, found = whole[-1], []
    target = day.policy.revenue.nrr_target_pct
    if newest["nrr_pct"] < target:
        found.append(_alert(newest, "target", f"below {target:g} %", f"{target:g} % or more", day))
    before = whole[-2]["nrr_pct"] if len(whole) > 1 else None
    if before is not None:
        limit, fall = day.policy.revenue.nrr_drop_points, before - newest["nrr_pct"]
        drop = _alert(
            newest,
            "drop",
            f"{fall:.1f} points lower than the month before",
            f"a fall of less than {limit:g} points",
            day,
        )
        if reaches(fall, limit, day.open(drop) is not None, day.policy.alerts.hysteresis_pct):
            found.append(drop)
    return found


def _alert(row: Row, entity: str, problem: str, expected: str, day: Day) -> Alert:
    shown = f"NRR {row['nrr_pct']:.1f} %"
    observed = f"{shown}, GRR {row['grr_pct']:.1f} %" if row["grr_pct"] is not None else shown
    title = f"NRR of {row['month']:%B %Y} is {row['nrr_pct']:.1f} %, {problem}"
    return Alert(
        "nrr",
        "nrr_monthly",
        title,
        "warning",
        "nrr_pct",
        entity,
        {"observed": observed, "expected": expected},
        day.as_of,
    )


NRR = Rule("nrr", "nrr_monthly", ("month", "segment", "nrr_pct", "grr_pct"), nrr)
