"""The pretend company's days: its calendar, its demo days, and how the vendors write an instant."""

import csv
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

CALENDARS = Path(__file__).resolve().parents[2] / "config" / "calendars"
LONDON = ZoneInfo("Europe/London")
PACIFIC = ZoneInfo("America/Los_Angeles")

# (clock of the nightly, the business day it measures)
DEMO_DAYS: tuple[tuple[datetime, date], ...] = (
    (datetime(2026, 9, 1, 5, tzinfo=UTC), date(2026, 8, 31)),
    (datetime(2026, 10, 1, 5, tzinfo=UTC), date(2026, 9, 30)),
    (datetime(2026, 11, 1, 5, tzinfo=UTC), date(2026, 10, 31)),
    (datetime(2026, 11, 23, 5, tzinfo=UTC), date(2026, 11, 20)),
)
FIRST_PULL = DEMO_DAYS[0][0]
BIRTH = date(2023, 11, 20)  # the company's first day
TODAY = date(2026, 11, 20)  # its last


def clock_of(as_of: date) -> datetime:
    """The clock at which a demo day is measured.

    Raises:
        KeyError: the ledger knows the demo days only.
    """
    return {day: clock for clock, day in DEMO_DAYS}[as_of]


@cache
def _workdays_before() -> dict[date, int]:
    with (CALENDARS / "holidays.csv").open(newline="") as file:
        holidays = {date.fromisoformat(row["day"]) for row in csv.DictReader(file)}
    day, count, before = date(2023, 1, 1), 0, {}
    while day <= date(2028, 1, 1):
        before[day] = count
        count += day.weekday() < 5 and day not in holidays
        day += timedelta(days=1)
    return before


def workdays(first: date, last: date) -> int:
    """Working days from `first` to `last`, both counted; 0 when `last` lies before."""
    if last < first:
        return 0
    before = _workdays_before()
    return before[last + timedelta(days=1)] - before[first]


def is_working(day: date) -> bool:
    """Neither a weekend nor a bank holiday."""
    return workdays(day, day) == 1


def workday(day: date) -> date:
    """The day itself when it is worked, else the next that is."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def add_workdays(day: date, count: int) -> date:
    """The working day `count` working days after (or before) a day."""
    step = timedelta(days=1 if count > 0 else -1)
    day = workday(day)
    for _ in range(abs(count)):
        day += step
        while not is_working(day):
            day += step
    return day


def add_months(day: date, count: int) -> date:
    """The same day `count` months on; planted days are never later than the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return day.replace(year=year, month=month + 1)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return add_months(month_of(day), 1) - timedelta(days=1)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An instant on a day; 8 to 16 UTC lies in business hours in summer and winter."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def local_day(instant: datetime) -> date:
    """The day it was in the reporting zone."""
    return instant.astimezone(LONDON).date()


def salesforce_stamp(instant: datetime) -> str:
    """As Salesforce writes it: 2026-01-05T10:00:00.000+0000."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def kantata_stamp(instant: datetime) -> str:
    """As Kantata writes it: 2026-01-05T02:00:00-08:00."""
    return instant.astimezone(PACIFIC).isoformat(timespec="seconds")
