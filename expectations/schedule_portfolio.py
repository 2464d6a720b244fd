"""Schedule of all projects: every project has one band."""

from expectations.rules import OUR_FAULT, holds
from expectations.schedule_project import BANDS, VARIANCES
from expectations.schedule_task import UNITS
from expectations.suite import MartSuite

COUNTS = " + ".join(f"{band}_count" for band in BANDS)

SUITE = MartSuite(
    "schedule_portfolio",
    rules=(*UNITS, *VARIANCES, holds("bands sum to the projects", f"{COUNTS} = project_count", OUR_FAULT)),
)
