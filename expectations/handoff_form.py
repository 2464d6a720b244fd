"""Handoff forms: what is complete is measured, not rejected; contacts should have roles."""

from expectations.rules import given_when, positive
from expectations.suite import CoreSuite
from tasks.core.tables.handoff import HANDOFF_FORM

SUITE = CoreSuite(
    HANDOFF_FORM,
    (
        positive("version_number"),
        given_when("sponsor_role", "sponsor_id IS NOT NULL", "when there is a sponsor"),
        given_when("administrator_role", "administrator_id IS NOT NULL", "when there is an administrator"),
    ),
)
