"""The revenue stories that change between two demo days; each is planted once, with its own dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sandbox.company.accounts import add_account, add_deal, change
from sandbox.company.customer_facts import Account, Line
from sandbox.company.days import TODAY, add_months, at
from sandbox.company.stage import Stage, core
from sandbox.company.subscriptions import LINE, add_line, chain, give_notice, newest, terminate

LATE_SALESFORCE = datetime(2026, 10, 1, 4, 52, tzinfo=UTC), datetime(2026, 10, 1, 5, 2, tzinfo=UTC)


def until(stage: Stage, end: date, price: int, *, years: int = 2, product: str = "Platform") -> tuple[str, str]:
    """A customer with yearly terms, the last of which ends on a day: (account, last line)."""
    start = add_months(end, -12 * years)
    account = add_account(stage, start - timedelta(days=40), currency="USD")
    keys = chain(stage, account, product, start, lambda n: price, until=end - timedelta(days=1))
    return account, keys[-1]


def renewals(stage: Stage) -> None:
    """Late, lost, undecided and won-back renewals around the demo days."""
    account, last = until(stage, date(2026, 9, 10), 800_00)  # late, inside grace
    chain(stage, account, "Platform", date(2026, 9, 25), lambda n: 820_00, predecessor=last, lead=1)
    account, last = until(stage, date(2026, 9, 18), 700_00)  # undecided on 30 September, then renewed
    chain(stage, account, "Platform", date(2026, 10, 12), lambda n: 700_00, predecessor=last, lead=1)
    until(stage, date(2026, 9, 9), 650_00)  # undecided on 30 September, gone in October
    until(stage, date(2026, 10, 20), 600_00)  # undecided on 31 October, gone on 20 November
    until(stage, date(2026, 10, 26), 550_00)  # in grace on 20 November
    account, last = until(stage, date(2026, 9, 15), 500_00)  # lost before its end
    lose(stage, account, last, date(2026, 9, 4))
    account, last = until(stage, date(2026, 9, 14), 450_00)  # undecided on 30 September, lost on 6 October
    lose(stage, account, last, date(2026, 10, 6))
    account, last = until(stage, date(2026, 3, 16), 400_00)  # left in spring, back in September
    give_notice(stage, last, date(2026, 1, 20))
    chain(stage, account, "Platform II", date(2026, 9, 15), lambda n: 430_00)
    _, last = until(stage, date(2027, 2, 10), 350_00)  # terminated within its term
    terminate(stage, last, date(2026, 10, 8), date(2026, 10, 7))
    _, last = until(stage, date(2026, 11, 4), 300_00)  # notice between two demo days
    give_notice(stage, last, date(2026, 10, 21))
    account = add_account(stage, date(2024, 5, 6), currency="USD", has_segment=False)
    chain(stage, account, "Platform", date(2024, 6, 3), lambda n: 250_00)


def lose(stage: Stage, account: str, line: str, day: date) -> None:
    """The renewal of a line's contract is closed lost on a day."""
    add_deal(
        stage,
        account,
        "Renewal",
        day,
        newest(stage, line).amount,
        is_won=False,
        renewed_contract=newest(stage, line).contract,
    )


def merge(stage: Stage, day: date = date(2026, 10, 14)) -> None:
    """Two customers become one: the loser is soft-deleted, its children move to the winner."""
    winner, _ = until(stage, date(2027, 3, 1), 900_00, years=3)
    loser, _ = until(stage, date(2027, 1, 18), 480_00, years=3)
    when = at(day, 11)
    kept, gone = core("salesforce", winner), core("salesforce", loser)
    change(stage, "Account", loser, when, {"MasterRecordId": winner}, is_deleted=True)
    segment = stage.facts.accounts[gone][-1][1].segment
    stage.facts.accounts[gone].append((when, Account(None, segment, kept, day)))
    for key, versions in list(stage.world.records["salesforce", LINE].items()):
        if versions[-1].record["SBQQ__Account__c"] == loser:
            change(stage, LINE, key, when, {"SBQQ__Account__c": winner})
            stage.facts.lines[core("salesforce", key)].append((when, replace(newest(stage, key), account=kept)))
    for key, versions in list(stage.world.records["salesforce", "Opportunity"].items()):
        if versions[-1].record["AccountId"] == loser:
            change(stage, "Opportunity", key, when, {"AccountId": winner})


def soft_deletes(stage: Stage) -> None:
    """One line entered by mistake and deleted; one deleted and brought back; a deal deleted; each between demo days."""
    account, _ = until(stage, date(2027, 4, 12), 420_00)
    wrong = add_line(stage, account, "Reporting", date(2026, 2, 2), date(2027, 2, 2), 1_200_00)
    back = add_line(stage, account, "Automation", date(2026, 3, 2), date(2027, 3, 2), 2_400_00)
    remove(stage, wrong, date(2026, 9, 16))
    line = newest(stage, back)
    remove(stage, back, date(2026, 9, 10))
    restore(stage, back, line, date(2026, 10, 8))
    deal = add_deal(stage, account, "Expansion", date(2026, 7, 6), 900_00, is_won=False)
    change(stage, "Opportunity", deal, at(date(2026, 9, 22)), {}, is_deleted=True)


def remove(stage: Stage, key: str, day: date) -> None:
    """Soft-delete a line."""
    change(stage, LINE, key, at(day, 12), {}, is_deleted=True)
    stage.facts.lines[core("salesforce", key)].append((at(day, 12), None))


def restore(stage: Stage, key: str, line: Line, day: date) -> None:
    """Bring a line back from the bin."""
    change(stage, LINE, key, at(day, 12), {})
    stage.facts.lines[core("salesforce", key)].append((at(day, 12), line))


def late_line(stage: Stage) -> None:
    """A line stamped 8 minutes before a pull that could be seen only 2 minutes after it."""
    account, _ = until(stage, date(2027, 5, 10), 380_00)
    updated, visible = LATE_SALESFORCE
    add_line(
        stage, account, "Automation", date(2026, 9, 21), date(2027, 9, 21), 1_440_00, when=visible, updated=updated
    )


def bad_line(stage: Stage) -> None:
    """A line that ends before it starts: quarantined, never revenue."""
    account, _ = until(stage, date(2027, 6, 7), 360_00)
    key = add_line(stage, account, "Reporting", date(2026, 5, 11), date(2026, 5, 4), 600_00)
    since = stage.facts.lines.pop(core("salesforce", key))[0][0]
    stage.facts.bad.append((since, "subscription", core("salesforce", key)))


def open_renewals(stage: Stage) -> None:
    """Negotiations that are still open today."""
    for account in list(stage.world.records["salesforce", "Account"])[:12:3]:
        add_deal(stage, account, "Renewal", date(2026, 12, 15), 5_000_00, is_closed=False, when=at(TODAY, 9))


def plant(stage: Stage) -> None:
    """Plant all of them."""
    for story in (renewals, merge, soft_deletes, late_line, bad_line, open_renewals):
        story(stage)
