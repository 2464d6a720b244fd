"""Salesforce's log of deletions (getDeleted): which rows are gone is told without reading every id there is."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from tasks.errors import ConfigError
from tasks.sources.fieldmap import Entity
from tasks.sources.judgement import Forbidden, Refused
from tasks.sources.salesforce_query import data
from tasks.sources.vendor import Link

log = logging.getLogger(__name__)

MARGIN: Final = timedelta(hours=1)  # a question about exactly as long as the log reaches back may come too late
MINUTE: Final = timedelta(minutes=1)  # the log knows no seconds


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """The ids of rows deleted or purged in between and not restored, as far as the log reaches back; it may lack some.

    None where the org refuses: more ids than it lists at once (`EXCEEDED_ID_LIMIT`), a time that it no longer has
    (`INVALID_REPLICATION_DATE`), an object without a log, a user without the right. The comparison of all ids remains.
    """
    reach = timedelta(days=link.source.deletes_days)
    start = max(since, until - reach + MARGIN)
    if not reach or start >= until:
        return frozenset()
    params = {"start": _minute(start), "end": _minute(until + MINUTE)}
    try:
        told = link.client.get(data(link, f"sobjects/{entity.resource}/deleted/"), params)
    except (Refused, Forbidden, ConfigError) as error:
        log.info("%s.%s: the log of deletions does not serve, ids are compared: %s", link.instance, entity.name, error)
        return frozenset()
    return frozenset(str(one["id"]) for one in told["deletedRecords"])


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00+00:00")
