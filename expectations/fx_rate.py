"""Exchange rates: one positive rate a month and currency."""

from expectations.rules import currency, first_of_month, positive
from expectations.suite import CoreSuite
from tasks.core.tables.calendars import FX_RATE

SUITE = CoreSuite(FX_RATE, (first_of_month("month"), currency(), positive("minor_rate_e8")), may_be_empty=False)
