"""From an instance's name to an open line: its settings, its vendor, its field map."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from config.settings import Settings, Source
from tasks.errors import ConfigError
from tasks.sources import SOURCES
from tasks.sources.table_map import fields_of
from tasks.sources.vendor import Link, Vendor


def configured(instance: str, settings: Settings) -> tuple[Vendor, Source]:
    """The vendor module and the settings of an instance.

    Raises:
        ConfigError: no such instance is configured.
    """
    if instance not in settings.sources:
        known = ", ".join(settings.sources) or "none"
        raise ConfigError(f"No source {instance} is configured: `sources` in baton.yaml has {known}.")
    source = settings.sources[instance]
    return next(vendor for vendor in SOURCES if source.vendor == vendor.NAME), source


@contextmanager
def linked(
    instance: str, settings: Settings, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[Vendor, Link]]:
    """The vendor module and a line to the instance; nothing is sent yet.

    Raises:
        ConfigError: no such instance is configured, or its field map is wrong.
    """
    vendor, source = configured(instance, settings)
    fields = fields_of(source)
    client = vendor.connect(instance, source, sleep)
    with closing(client.session):
        yield vendor, Link(instance, source, fields, client)
