"""Life after go-live: who uses what, who falls silent and how, and whose operators were trained.

Kept by the company itself, in tables that are written in the night after each day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.company.customer_facts import Training, Use
from sandbox.company.days import TODAY, at
from sandbox.company.stage import Stage
from sandbox.tables import OWNER
from sandbox.world import Version

COUNTED_FROM = date(2026, 7, 6)  # the first day of the product's usage counts, a Monday
DAY, WEEK = timedelta(days=1), timedelta(days=7)
OFFERED = 12  # features of every product
# How customers fall silent; every other one goes on.
SILENT, NEVER, VENDOR_ONLY, TEST_ONLY, IDLE, JUST_QUIET, NOT_YET_QUIET, ONE_PRODUCT = range(8)
STORIES = 30
ENDS = {  # the last day on which the customer's own people did anything
    SILENT: date(2026, 9, 16),
    VENDOR_ONLY: date(2026, 9, 3),
    TEST_ONLY: date(2026, 9, 24),
    IDLE: date(2026, 8, 20),
    JUST_QUIET: TODAY - timedelta(days=30),
    NOT_YET_QUIET: TODAY - timedelta(days=29),
}


def plant(stage: Stage) -> None:
    """Plant the use of what every customer has bought, and the training of every project."""
    bought: dict[str, dict[str, date]] = {}
    for history in stage.facts.lines.values():
        line = [state for _, state in history if state is not None][-1]
        if line.start <= TODAY:
            products = bought.setdefault(line.account, {})
            products[line.product] = min(line.start, products.get(line.product, line.start))
    for account, products in bought.items():
        place = stage.number("adoption")
        story = place % STORIES
        for number, (product, start) in enumerate(sorted(products.items())):
            if story == NEVER or (story == ONE_PRODUCT and number):
                continue
            _use(stage, account, product, max(start, COUNTED_FROM), story, (place + number) % 5, place)
    for project in stage.facts.projects:
        _train(stage, project, stage.number("trained projects"))


def _use(stage: Stage, account: str, product: str, start: date, story: int, weekday: int, place: int) -> None:
    """One day of use a week by the customer's people; who comes after them is no customer."""
    end = ENDS.get(story, TODAY)
    seats = None if place % 9 == 4 else 5 + place % 17
    days = [day for day in _weekly(start, weekday) if day <= end]
    if story in (JUST_QUIET, NOT_YET_QUIET) and start <= end:
        days = sorted({*days, end})
    for number, day in enumerate(days):
        active = 1 + (place + number) % (seats or 20)
        used = None if place % 11 == 7 else (place * 5 + number) % (OFFERED + 1)
        _count(stage, Use(account, product, day, "customer", active, seats, used, OFFERED))
    after = {VENDOR_ONLY: "vendor", TEST_ONLY: "test", IDLE: "customer"}.get(story)
    for day in _weekly(max(start, end + DAY), weekday) if after else ():
        active = 0 if story == IDLE else 2
        _count(stage, Use(account, product, day, after or "", active, seats, 0, OFFERED))


def _weekly(start: date, weekday: int) -> Iterator[date]:
    day = start + timedelta(days=(weekday - start.weekday()) % 7)
    while day <= TODAY:
        yield day
        day += WEEK


def _count(stage: Stage, use: Use) -> None:
    when = at(use.day + DAY, 1, 30)
    key = ":".join((use.account, use.product, use.day.isoformat(), use.who))
    row = {
        "account": own(use.account),
        "product": use.product,
        "day": use.day.isoformat(),
        "who": use.who,
        "active": use.active,
        "seats": use.seats,
        "used": use.used,
        "offered": use.offered,
    }
    stage.facts.uses.append((when, use))
    keep(stage, "usage_day", key, when, row)


def _train(stage: Stage, project: str, place: int) -> None:
    """Up to three operators that must be trained and one that may be; some are late, some never come."""
    delivery = stage.facts.deliveries.get(project)
    end = (delivery and delivery.closed) or TODAY + 20 * DAY
    for number in range(place % 4):
        key = f"{project}:operator {number + 1}"
        planned = end - timedelta(days=30 - 3 * number)
        enrolled, done = at(planned - 14 * DAY, 9, 20), planned
        if (place // 4) % 5 == 1 and number == 0:
            done = end + 6 * DAY  # after the project was finished
        if (place // 4) % 5 == 2 and number == 1:
            done = date.max
        needed = number < 2 or place % 8 > 3
        if enrolled > at(TODAY):
            continue
        row = {"project": own(project), "operator": f"operator {number + 1}", "required": needed, "completed": None}
        history = stage.facts.trainings[key] = [(enrolled, Training(project, needed))]
        keep(stage, "training", key, enrolled, row)
        if done <= TODAY - DAY:
            when = at(done, 14, 10)
            history.append((when, Training(project, needed, done)))
            keep(stage, "training", key, when, row | {"completed": done.isoformat()})


def own(core_id: str) -> str:
    """A vendor's id, from a core id."""
    return core_id.split(":", 1)[1]


def keep(stage: Stage, table: str, key: str, when: datetime, row: dict[str, Any]) -> None:
    """Write a row of one of the company's own tables."""
    stage.world.add(OWNER, table, key, Version(when, when, row))
