"""Trainings: what was required and done is measured, not rejected."""

from expectations.suite import CoreSuite
from tasks.core.tables.adoption import TRAINING

SUITE = CoreSuite(TRAINING)
