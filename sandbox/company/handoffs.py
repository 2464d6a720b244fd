"""What sales hands over with each new customer: forms and kickoffs, with every way in which they fall short."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.company.days import TODAY, add_workdays, at
from sandbox.company.handoff_facts import Deal, Form, Kickoff
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

ELEMENTS = frozenset({"goals", "stakeholders", "timeline", "success_metrics", "concerns"})
# The fields that each blemish changes, and the elements that it makes invalid.
BLEMISHES: tuple[tuple[Mapping[str, Any], frozenset[str]], ...] = (
    ({}, frozenset()),
    ({"Goals__c": "TBD."}, frozenset({"goals"})),
    ({"Expected_Outcomes__c": None}, frozenset({"goals"})),
    ({"Sponsor_Role__c": " - ", "Administrator_Role__c": None}, frozenset({"stakeholders"})),
    ({"Sponsor__c": None}, frozenset()),  # the administrator is enough
    ({"Go_Live_Target__c": None}, frozenset({"timeline"})),
    ({"Success_Target__c": "to be decided"}, frozenset({"success_metrics"})),
    ({"Concerns__c": "None"}, frozenset({"concerns"})),
    ({"Concerns__c": "none.", "Concerns_Author__c": "a user"}, frozenset()),
    (
        {
            "Goals__c": "n/a",
            "Sponsor__c": None,
            "Administrator__c": None,
            "Go_Live_Target__c": None,
            "Success_Measure__c": "?",
            "Concerns__c": None,
        },
        ELEMENTS,
    ),
)
NO_FORM, UNSIGNED, LATE, WITHDRAWN = range(len(BLEMISHES), len(BLEMISHES) + 4)
# What happens at the kickoff -> what it comes to.
KICKOFFS: tuple[tuple[bool, bool, str | None, str], ...] = (
    (True, True, "Confirmed", "confirmed"),
    (True, True, "Changed", "changed"),
    (True, True, None, "unconfirmed"),
    (True, False, None, "unconfirmed"),  # the customer had to explain it all again
    (False, True, "Confirmed", "no_template"),
)
NOT_HELD = len(KICKOFFS)


def hand_over(stage: Stage, deal: str, facts: Deal, when: datetime) -> None:
    """Plant the form of a won deal and its kickoff."""
    stage.facts.deals[core("salesforce", deal)] = facts
    n = stage.number("handoff")
    _form(stage, deal, facts, n % (WITHDRAWN + 1), when)
    _kickoff(stage, deal, facts, n % (NOT_HELD + 1))


def _form(stage: Stage, deal: str, facts: Deal, story: int, when: datetime) -> None:
    if story == NO_FORM:
        return
    changed, invalid = BLEMISHES[story if story < NO_FORM else 0]
    is_signed = story not in (UNSIGNED, LATE)
    whole = _filled(stage, deal, facts)
    fields = whole | changed | {"Signed_Date__c": facts.closed.isoformat() if is_signed else None}
    if fields["Concerns_Author__c"]:
        fields["Concerns_Author__c"] = salesforce_id(stage, "User")
    if story == LATE:
        fields |= {"Goals__c": None}
        invalid = frozenset({"goals"})
    key, since = salesforce_id(stage, "Handoff__c"), when + timedelta(minutes=3)
    salesforce(stage, "Handoff__c", key, since, fields)
    history = stage.facts.forms[core("salesforce", deal)] = [
        (since, Form(ELEMENTS - invalid, facts.closed if is_signed else None))
    ]
    later = add_workdays(facts.closed, 6)
    if later > TODAY:
        return
    if story == LATE:
        signed = {"Signed_Date__c": later.isoformat()}
        salesforce(stage, "Handoff__c", key, at(later, 15, 30), whole | signed, created=since)
        history.append((at(later, 15, 30), Form(ELEMENTS, later)))
    elif story == WITHDRAWN:
        salesforce(stage, "Handoff__c", key, at(later, 15, 30), fields, created=since, is_deleted=True)
        history.append((at(later, 15, 30), None))


def _filled(stage: Stage, deal: str, facts: Deal) -> dict[str, Any]:
    """A form with all that is asked."""
    return {
        "Opportunity__c": deal,
        "Goals__c": "Close the books in five days",
        "Expected_Outcomes__c": "Three systems retired",
        "Sponsor__c": salesforce_id(stage, "Contact"),
        "Sponsor_Role__c": "Executive sponsor",
        "Administrator__c": salesforce_id(stage, "Contact"),
        "Administrator_Role__c": "Day-to-day administrator",
        "Go_Live_Target__c": add_workdays(facts.closed, 60).isoformat(),
        "Success_Measure__c": "Days to close",
        "Success_Target__c": "5",
        "Concerns__c": "Data of the old system is incomplete",
        "Concerns_Author__c": None,
    }


def _kickoff(stage: Stage, deal: str, facts: Deal, story: int) -> None:
    held = add_workdays(facts.closed, 8)
    if story == NOT_HELD or held > TODAY:
        return
    is_by_template, is_shown, answer, state = KICKOFFS[story]
    salesforce(
        stage,
        "Kickoff__c",
        salesforce_id(stage, "Kickoff__c"),
        at(held, 15, 40),
        {
            "Opportunity__c": deal,
            "Held_Date__c": held.isoformat(),
            "Template_Used__c": is_by_template,
            "Goals_Shown__c": is_shown,
            "Goals_Answer__c": answer,
            "Answered_Date__c": held.isoformat() if answer else None,
        },
    )
    stage.facts.kickoffs[core("salesforce", deal)] = [(at(held, 15, 40), Kickoff(held, state))]
