"""Core rows for the stall tests: tasks under way and their progress, on a calendar of two months."""

from datetime import date, timedelta
from typing import Any

from tests.metrics.delivery_rows import milestone

Row = dict[str, Any]
TODAY, DAY = date(2026, 6, 30), timedelta(days=1)
CALENDAR = [{"day": date(2026, 5, 1) + n * DAY, "is_working": True, "workdays_before": n} for n in range(100)]


def task(key: str = "t", **given: Any) -> Row:
    """A task that was due to start, and started, on 1 June 2026."""
    begun = {"start_date": date(2026, 6, 1), "actual_start_date": date(2026, 6, 1)}
    return milestone(key, **{"task_type": "task", "actual_finish_date": None, "state": "started"} | begun | given)


def progress(day: date, percent: int, key: str = "t") -> Row:
    """What the source recorded of a task on a day."""
    return {"progress_id": f"{key}:{day}", "task_id": key, "recorded_date": day, "progress_bp": percent * 100}
