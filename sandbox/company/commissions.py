"""What payroll plans to pay for each new customer's deal, who overrides a hold, and deals that are not won yet."""

from datetime import date
from typing import Any

from sandbox.company.accounts import add_account, add_deal, change
from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import BIRTH, TODAY, add_months, add_workdays, at, month_end
from sandbox.company.handoff_facts import Commission, Deal
from sandbox.company.handoffs import ELEMENTS
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

PAID, UNPLANNED, OVERRIDDEN, UNEXPLAINED, CANCELLED = range(5)
EDITED = at(date(2026, 10, 8), 10, 45)
REASON = "Strategic customer"


def pay(stage: Stage) -> None:
    """Plant the payout of every deal that was handed over, and the deals still open or lost."""
    for deal, fact in stage.facts.deals.items():
        if fact.closed >= BIRTH:
            _payout(stage, deal.removeprefix("salesforce:"), fact, stage.number("payout") % (CANCELLED + 1))
    _postpone(stage)
    _prospect(stage, date(2026, 9, 9), None)
    _prospect(stage, date(2026, 9, 16), date(2026, 11, 5))


def _payout(stage: Stage, deal: str, fact: Deal, story: int) -> None:
    if story == UNPLANNED:
        return
    since = stage.world.records["salesforce", "Opportunity"][deal][0].visible_at
    amount, payable = fact.amount // 20, month_end(add_months(fact.closed.replace(day=1), 1))
    key = salesforce_id(stage, "Commission__c")
    fields: dict[str, Any] = {
        "Opportunity__c": deal,
        "Amount__c": amount / BASE_UNIT[fact.currency],
        "CurrencyIsoCode": fact.currency,
        "Payable_Date__c": payable.isoformat(),
        "Cancelled__c": story == CANCELLED,
        "Override_Date__c": None,
        "Overridden_By__c": None,
        "Override_Reason__c": None,
    }
    salesforce(stage, "Commission__c", key, since, fields)
    planned = Commission(amount, fact.currency, payable, story == CANCELLED)
    history = stage.facts.commissions[core("salesforce", deal)] = [(since, planned)]
    let_pass = add_workdays(fact.closed, 4)
    if story in (OVERRIDDEN, UNEXPLAINED) and let_pass <= TODAY and at(let_pass, 11, 15) > since:
        reason = REASON if story == OVERRIDDEN else None
        who = salesforce_id(stage, "User")
        told = {"Override_Date__c": let_pass.isoformat(), "Overridden_By__c": who, "Override_Reason__c": reason}
        salesforce(stage, "Commission__c", key, at(let_pass, 11, 15), fields | told, created=since)
        overridden = let_pass if reason else None
        history.append((at(let_pass, 11, 15), Commission(amount, fact.currency, payable, False, overridden)))


def _postpone(stage: Stage) -> None:
    """Every ninth form that is whole and signed is edited on a day in October: the go-live moves, it stays whole."""
    for key, versions in stage.world.records["salesforce", "Handoff__c"].items():
        history = stage.facts.forms.get(core("salesforce", versions[0].record["Opportunity__c"]), [])
        form = history[-1][1] if history and history[-1][0] < EDITED else None
        if form is None or form.valid < ELEMENTS or not form.signed or stage.number("postponed") % 9:
            continue
        change(stage, "Handoff__c", key, EDITED, {"Go_Live_Target__c": "2027-01-29"})
        history.append((EDITED, form))


def _prospect(stage: Stage, opened: date, lost: date | None) -> None:
    """A deal with a form begun, open from a day on and, where told, lost."""
    account = add_account(stage, opened, currency="USD")
    since = at(opened, 14, 20)
    deal = add_deal(stage, account, "New Business", date(2026, 12, 15), 48_000_00, is_closed=False, when=since)
    goals = {"Opportunity__c": deal, "Goals__c": "Close the books in five days"}
    salesforce(stage, "Handoff__c", salesforce_id(stage, "Handoff__c"), at(opened, 14, 50), goals)
    history = stage.facts.prospects[core("salesforce", deal)] = [(at(opened, 14, 50), "pending")]
    if lost:
        gone = {"StageName": "Closed Lost", "IsClosed": True, "CloseDate": lost.isoformat()}
        change(stage, "Opportunity", deal, at(lost, 13, 5), gone)
        history.append((at(lost, 13, 5), "void"))
