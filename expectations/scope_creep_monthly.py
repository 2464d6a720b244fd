"""Scope creep by month: the identities of the projects."""

from expectations.scope_creep_project import IDENTITIES
from expectations.suite import MartSuite

SUITE = MartSuite("scope_creep_monthly", IDENTITIES)
