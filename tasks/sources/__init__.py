"""The systems Baton reads, one module per vendor. Adding a source: its module, its settings, and one line here."""

from typing import Final

from tasks.sources import certinia, hubspot, kantata, rocketlane, salesforce, table, zendesk
from tasks.sources.vendor import Vendor

SOURCES: Final[tuple[Vendor, ...]] = (salesforce, hubspot, kantata, rocketlane, certinia, zendesk, table)
