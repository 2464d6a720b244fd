"""The company's hours as Certinia's timecards: a header a person, task and week, a split for each month of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.company.certinia_stage import Org
from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import month_end, month_of
from sandbox.company.facts import Facts
from sandbox.company.planted import kantata, known_entry
from sandbox.company.staff import ROLES
from sandbox.world import Version

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_PROJECT, STORIES, SUMMED = 41_000_001, 37, (35, 36)  # the stories of projects whose people book a week's sum


@dataclass(frozen=True)
class Hour:
    """A planted time entry; `terms` are what a timecard holds once, `bills` the invoices that list it."""

    key: str
    day: date
    terms: tuple[Any, ...]
    bills: tuple[str, ...]
    versions: list[Version]


@dataclass
class Timecard:
    """A header: its hours by weekday, and its splits by the first day of their month."""

    key: str
    monday: date
    hours: dict[int, Hour] = field(default_factory=dict)
    splits: dict[date, str] = field(default_factory=dict)

    def takes(self, hour: Hour) -> bool:
        """Whether an hour fits: its day is free, and whatever bills its month's split bills it too."""
        same = {one.bills for one in self.hours.values() if month_of(one.day) == month_of(hour.day)}
        return hour.day.weekday() not in self.hours and same <= {hour.bills}


def add_time(org: Org, facts: Facts) -> list[Timecard]:
    """Plant assignments, headers and splits; gives the headers."""
    found: dict[tuple[Any, ...], list[Timecard]] = defaultdict(list)
    assigned: dict[tuple[Any, ...], str] = {}
    for hour in sorted(hours(org, facts), key=lambda one: int(one.key)):
        monday = hour.day - timedelta(days=hour.day.weekday())
        sheets = found[(*hour.terms, monday)]
        sheet = next((one for one in sheets if one.takes(hour)), None)
        if sheet is None:
            sheet = Timecard(org.id("pse__Timecard_Header__c"), monday)
            sheets.append(sheet)
        sheet.hours[hour.day.weekday()] = hour
        org.ids[f"kantata:{hour.key}"] = f"certinia:{sheet.key}:{hour.day.isoweekday()}"
    made = [sheet for sheets in found.values() for sheet in sheets]
    for sheet in made:
        write(org, sheet, assigned)
    return made


def is_summed(project: str) -> bool:
    """Whether the people of a project, a Kantata id, book a week's sum."""
    return (int(project) - FIRST_PROJECT) % STORIES in SUMMED


def hours(org: Org, facts: Facts) -> Iterator[Hour]:
    """Every planted entry, with what tells its timecard from another."""
    bills = defaultdict(list)
    for invoice, versions in kantata(org.world, "invoices"):
        for key in versions[0].record["time_entry_ids"]:
            bills[key].append(invoice)
    for key, versions in kantata(org.world, "time_entries"):
        record, fact = versions[0].record, known_entry(facts, key)
        days = [version.record["date_performed"] for version in versions]
        approved = [version.visible_at for version in versions if version.record["approved"]]
        base = BASE_UNIT[record["currency"]]
        rate = record["rate_in_cents"] if fact is None else fact.rate
        cost = (fact.cost_rate / BASE_UNIT[fact.cost_currency], fact.cost_currency) if fact else (None, None)
        terms = (
            record["workspace_id"],
            record["story_id"],
            int(record["role_id"]) - 101,
            record["billable"],
            None if rate is None else rate / base,
            *cost,
            record["currency"],
            approved[0] if approved else None,
            record["in_active_submission"],
            None if all(days) else key,  # one that has lost its day has lost its week
        )
        day = next((date.fromisoformat(one) for one in days if one), versions[0].updated_at.date())
        yield Hour(key, day, terms, tuple(bills[key]), versions)


def write(org: Org, sheet: Timecard, assigned: dict[tuple[Any, ...], str]) -> None:
    """Every state of a header and of its splits, which exist once it is approved."""
    terms = next(iter(sheet.hours.values())).terms
    project, approved = terms[0], terms[8]
    assignment = assign(org, terms, sheet.hours, assigned)
    for visible, stamped, shown in states(sheet):
        worked = {place: version.record["time_in_minutes"] / 60 for place, version in shown.items()}
        header = header_of(org, terms, sheet.monday, assignment, visible) | {
            "pse__Total_Hours__c": round(sum(worked.values()), 6)
        }
        header |= {f"pse__{name}_Hours__c": None for name in WEEK}
        if not is_summed(project):
            header |= {f"pse__{WEEK[place]}_Hours__c": round(time, 6) for place, time in worked.items()}
        if any(version.record["date_performed"] is None for version in shown.values()):
            header |= {"pse__Start_Date__c": None, "pse__End_Date__c": None}
        kind = "pse__Timecard_Header__c"
        org.show(kind, sheet.key, visible, stamped, header, is_deleted=not worked)
        if approved and visible >= approved:
            split_up(org, sheet, terms, visible, stamped, worked)


def states(sheet: Timecard) -> Iterator[tuple[datetime, datetime, Mapping[int, Version]]]:
    """When a header changed: the instant, its stamp, and its hours in force then, without deleted ones."""
    for visible in sorted({version.visible_at for hour in sheet.hours.values() for version in hour.versions}):
        shown, stamps = {}, []
        for place, hour in sorted(sheet.hours.items()):
            known = [version for version in hour.versions if version.visible_at <= visible]
            stamps += [version.updated_at for version in known if version.visible_at == visible]
            if known and not known[-1].deletion:
                shown[place] = known[-1]
        yield visible, max(stamps), shown


def header_of(org: Org, terms: tuple[Any, ...], monday: date, assignment: str, visible: datetime) -> dict[str, Any]:
    """What stands on a header once."""
    project, story, _, billable, rate, _, _, currency, approved, submitted, _ = terms
    is_approved = approved is not None and visible >= approved
    return {
        "pse__Project__c": org.known(f"kantata:{project}"),
        "pse__Milestone__c": None,
        "pse__Assignment__c": assignment,
        "Project_Task__c": story and org.known(f"kantata:{story}"),
        "pse__Start_Date__c": monday.isoformat(),
        "pse__End_Date__c": (monday + timedelta(days=6)).isoformat(),
        "pse__Status__c": "Approved" if is_approved else "Submitted" if submitted else "Saved",
        "pse__Submitted__c": is_approved or submitted,
        "pse__Approved__c": is_approved,
        "pse__Billable__c": billable,
        "pse__Bill_Rate__c": rate,
        "CurrencyIsoCode": currency,
    }


def assign(org: Org, terms: tuple[Any, ...], worked: Mapping[int, Hour], assigned: dict[tuple[Any, ...], str]) -> str:
    """The assignment of a person to the project at these rates."""
    project, _, role, billable, rate, cost, cost_currency, currency, *_ = terms
    name = project, role, billable, rate, cost, cost_currency
    if name not in assigned:
        assigned[name] = org.id("pse__Assignment__c")
        first = min(hour.versions[0].updated_at for hour in worked.values())
        fields = {
            "pse__Project__c": org.known(f"kantata:{project}"),
            "pse__Role__c": ROLES[role],
            "pse__Is_Billable__c": billable,
            "pse__Bill_Rate__c": rate,
            "pse__Cost_Rate_Amount__c": cost,
            "pse__Cost_Rate_Currency_Code__c": cost_currency,
            "CurrencyIsoCode": currency,
        }
        org.show("pse__Assignment__c", assigned[name], first, first, fields)
    return assigned[name]


def split_up(
    org: Org, sheet: Timecard, terms: tuple[Any, ...], visible: datetime, stamped: datetime, worked: Mapping[int, float]
) -> None:
    """The splits of an approved header: a week that crosses a month's end has two."""
    by_month: dict[date, float] = defaultdict(float)
    for place, hour in sheet.hours.items():
        by_month[month_of(hour.day)] += worked.get(place, 0)
    for month, time in by_month.items():
        if month not in sheet.splits:
            sheet.splits[month] = org.id("pse__Timecard__c")
        fields = {
            "pse__Timecard_Header__c": sheet.key,
            "pse__Project__c": org.known(f"kantata:{terms[0]}"),
            "pse__Start_Date__c": max(sheet.monday, month).isoformat(),
            "pse__End_Date__c": min(sheet.monday + timedelta(days=6), month_end(month)).isoformat(),
            "pse__Total_Hours__c": round(time, 6),
            "pse__Approved_for_Billing__c": terms[3],
            "CurrencyIsoCode": terms[7],
        }
        org.show("pse__Timecard__c", sheet.splits[month], visible, stamped, fields, is_deleted=not time)
