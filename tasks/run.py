"""What one run is about; the only place where a flow meets the clock."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from prefect import runtime

from config.policy import policy
from config.settings import settings
from tasks.core.calendar import last_business_day


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
