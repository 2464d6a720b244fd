"""What one run is about; the only place where a flow meets the clock."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from prefect import runtime

from config.policy import policy
from config.settings import settings
from tasks.core.calendar import last_business_day
from tasks.errors import ConfigError


@dataclass(frozen=True)
class Run:
    """One run: its id, what it had pulled (`known_at`), and the business day it measures."""

    run_id: str
    flow: str
    known_at: datetime
    as_of: date | None = None


def this_run(as_of: date | None = None, known_at: datetime | None = None) -> Run:
    """The run that is going on now."""
    run_id = str(runtime.flow_run.id or uuid4())
    return Run(run_id, runtime.flow_run.flow_name or "", known_at or settings().clock(), as_of)


def scheduled_day() -> date:
    """The last complete business day before the time this run was scheduled for: a late run keeps its own day."""
    scheduled = settings().now or runtime.flow_run.scheduled_start_time or settings().clock()
    return last_business_day(scheduled, policy())


def named_by_day() -> str:
    """The run's name in Prefect, e.g. nightly-2026-11-20, whether its day was given or follows from the schedule."""
    try:
        day = runtime.flow_run.parameters.get("as_of") or scheduled_day()
    except ConfigError:
        day = "unknown-day"  # the run itself says what is wrong
    return f"{runtime.flow_run.flow_name}-{day}"
