"""A store or a folder that refuses or is silent becomes one message with the remedy."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from deltalake.exceptions import DeltaError, TableNotFoundError

from tasks.errors import LakeAccessError, LakeError

STORES: Final = ("s3", "gs", "az", "abfss")
REMEDIES: Final = (  # what the store's client says, and what to do
    ("NoSuchBucket|bucket does not exist|ContainerNotFound", "does not exist: create it, or correct BATON_LAKE_URL."),
    ("latest/api/token", "was asked without credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    (
        "40[013] (Bad Request|Unauthorized|Forbidden)",
        "refuses these credentials: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION (or GOOGLE_…, "
        "AZURE_…), and that they may list, read, write and delete there.",
    ),
    ("configured region", "is in another region: correct AWS_REGION."),
    ("scheme is not allowed", "would be asked without encryption: use https, or set AWS_ALLOW_HTTP=true."),
    (
        "error sending request|timed out",
        "does not answer: check BATON_LAKE_URL, AWS_ENDPOINT_URL (when it is not Amazon's) and the network.",
    ),
)


@contextmanager
def reaching(lake: str) -> Iterator[None]:
    """Say what to do where the lake cannot be used; the store's own words are left out, they may hold credentials.

    Raises:
        LakeAccessError: the lake cannot be reached.
        LakeError: one of its tables cannot be read or written.
    """
    try:
        yield
    except (OSError, DeltaError) as error:
        raise _explained(lake, error) from None


def _explained(lake: str, error: Exception) -> LakeError:
    if is_store(lake):
        for sign, remedy in REMEDIES:
            if re.search(sign, str(error)):
                return LakeAccessError(f"The lake's bucket {urlsplit(lake).hostname} {remedy}")
    elif isinstance(error, OSError | TableNotFoundError):
        return LakeAccessError(
            f"The lake's folder cannot be used ({type(error).__name__}): give this user write access to "
            "BATON_HOME/lake or to the folder that BATON_LAKE_URL names, on a disk with free space."
        )
    return LakeError(
        f"A table of the lake cannot be used ({type(error).__name__}): if `baton doctor` finds the lake right, look "
        "whether files of its _delta_log are damaged or missing, and restore them."
    )


def is_store(lake: str) -> bool:
    """Whether the lake is in an object store, not on a disk."""
    return urlsplit(lake).scheme in STORES
