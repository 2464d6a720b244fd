"""What goes wrong in real sources: bad rows and their children, hard deletes, late commits, ties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.company.accounts import record
from sandbox.company.days import BIRTH, DEMO_DAYS, at, kantata_stamp
from sandbox.company.hours import log, spread
from sandbox.company.jobs import planned
from sandbox.company.projects import Job, set_field
from sandbox.company.stage import Stage, core, event, kantata, salesforce
from sandbox.company.stories import Look, add_story, remember
from sandbox.world import Deletion, Version

LATE_KANTATA = datetime(2026, 10, 1, 4, 52, tzinfo=UTC), datetime(2026, 10, 1, 5, 2, tzinfo=UTC)
MASS_UPDATE = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def unreadable_project(stage: Stage, account: str) -> None:
    """A workspace whose cap is not a number: quarantined with its tasks and time; nothing of it is measured."""
    job = planned(stage, account, "USD", "capped", date(2026, 6, 15))
    set_field(stage, job, "Cap", "about twenty thousand")
    lines = [log(stage, job, job.tasks[0].story, day, 90, 0) for day in spread(date(2026, 6, 15), date(2026, 7, 3), 10)]
    since = at(job.opened, 9, 35)
    stage.facts.bad.append((since, "project", job.project))
    for key, versions in stage.world.records["kantata", "stories"].items():
        if versions[0].record["workspace_id"] == job.key:
            stage.facts.bad.append((versions[0].visible_at, "task", core("kantata", key)))
            stage.facts.stories.pop(core("kantata", key), None)
    for line in lines:
        since = stage.facts.entries.pop(core("kantata", line.key))[0][0]
        stage.facts.bad.append((since, "time_entry", core("kantata", line.key)))
    del stage.facts.projects[job.project], stage.facts.plans[job.project]


def bad_rows(stage: Stage, job: Job) -> None:
    """On a healthy project: time without a day, time that loses its day (the old version stays), tasks beyond 100 %."""
    line = log(stage, job, job.tasks[0].story, date(2026, 8, 11), 60, 0)
    name = core("kantata", line.key)
    versions = stage.world.records["kantata", "time_entries"][line.key]
    versions[:] = [replace(v, record={**v.record, "date_performed": None}) for v in versions]
    stage.facts.bad.append((stage.facts.entries.pop(name)[0][0], "time_entry", name))

    line = log(stage, job, job.tasks[0].story, date(2026, 8, 12), 60, 0)
    when = at(date(2026, 10, 7), 10, 40)
    rewrite(stage, "time_entries", line.key, when, {"date_performed": None})
    stage.facts.bad.append((when, "time_entry", core("kantata", line.key)))

    story = add_story(
        stage,
        job,
        "Overdone",
        "task",
        [(at(date(2026, 8, 13)), Look("started", 140, date(2026, 9, 30), minutes=600))],
        start=date(2026, 8, 13),
    )
    stage.facts.bad.append((at(date(2026, 8, 13)), "task", core("kantata", story)))
    piece = next(piece for piece in job.tasks if piece.finish is None)
    when = at(date(2026, 11, 18), 10, 35)
    rewrite(stage, "stories", piece.story, when, {"percentage_complete": 140})
    stage.facts.bad.append((when, "task", core("kantata", piece.story)))


def deleted_task(stage: Stage, job: Job) -> None:
    """A task that nobody planned or worked on, deleted on 8 October 2026."""
    looks = [(at(date(2026, 8, 14)), Look(due=date(2026, 10, 30), minutes=600))]
    story = add_story(stage, job, "Second thoughts", "task", looks, start=date(2026, 8, 14))
    remember(stage, story, looks)
    when = at(date(2026, 10, 8), 14, 20)
    rewrite(stage, "stories", story, when, {"deleted_at": kantata_stamp(when)}, deletion="soft")
    stage.facts.stories[core("kantata", story)].append((when, None))


def rewrite(
    stage: Stage, kind: str, key: str, when: datetime, fields: dict[str, Any], deletion: Deletion | None = None
) -> None:
    """Write the next version of a Kantata record with some attributes changed."""
    versions = stage.world.records["kantata", kind][key]
    latest = {
        name: value for name, value in versions[-1].record.items() if name not in ("id", "created_at", "updated_at")
    }
    kantata(
        stage,
        kind,
        key,
        when,
        latest | fields,
        created=datetime.fromisoformat(versions[0].record["created_at"]),
        deletion=deletion,
    )


def hard_deletes(stage: Stage, job: Job) -> None:
    """Time that vanishes between two demo days: three entries with an event in the feed, one without."""
    for place in range(4):
        line = log(stage, job, job.tasks[0].story, date(2026, 8, 18 + place), 60, 0)
        when = at(date(2026, 10, 6) if place % 2 else date(2026, 9, 15), 10, 20 + place)
        last = stage.world.records["kantata", "time_entries"][line.key][-1].record
        stage.world.add("kantata", "time_entries", line.key, Version(when, when, last, "hard"))
        stage.facts.entries[core("kantata", line.key)].append((when, None))
        if place < 3:
            event(stage, "time_entry:deleted", "TimeEntry", line.key, when, {"workspace_id": job.key})


def late_entry(stage: Stage, job: Job) -> None:
    """Time stamped 8 minutes before a pull that could be seen only 2 minutes after it."""
    updated, visible = LATE_KANTATA
    log(
        stage,
        job,
        job.tasks[0].story,
        date(2026, 9, 29),
        60,
        0,
        approved=at(date(2026, 10, 5), 10, 15),
        when=visible,
        updated=updated,
    )


def ties(stage: Stage) -> None:
    """A mass update: every deal older than 10 March 2026 carries the same stamp."""
    for key, versions in stage.world.records["salesforce", "Opportunity"].items():
        if len(versions) == 1 and versions[0].visible_at < MASS_UPDATE:
            created = datetime.fromisoformat(versions[0].record["CreatedDate"])
            salesforce(stage, "Opportunity", key, MASS_UPDATE, record(stage, "Opportunity", key), created=created)


def check_quiet(stage: Stage) -> None:
    """Assert that nothing but the planted late rows happens near a demo clock, and that versions are in order."""
    late = 0
    for records in stage.world.records.values():
        for versions in records.values():
            assert versions == sorted(versions, key=lambda version: version.visible_at), versions[0].record
            for version in versions:
                assert at(BIRTH, 0) - timedelta(days=200) < version.visible_at < DEMO_DAYS[-1][0], version
                for clock, _ in DEMO_DAYS:
                    late += abs(version.visible_at - clock) < timedelta(hours=2)
    assert late == 2, late
