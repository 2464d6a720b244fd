"""Certinia PSA: objects of a Salesforce org, read as Salesforce's own are, with a field map of their own."""

from typing import Final

from tasks.sources.salesforce import (
    announced,
    connect,
    count,
    deleted_since,
    fetch,
    findings,
    ids,
    is_windowed,
    missing,
    order,
    read,
    shape,
    stamped_since,
)

__all__ = ["NAME", "announced", "connect", "count", "deleted_since", "fetch", "findings", "ids", "is_windowed"]
__all__ += ["missing", "order", "read", "shape", "stamped_since"]

NAME: Final = "certinia"
