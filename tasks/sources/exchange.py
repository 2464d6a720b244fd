"""One request and its answer: how it is sent, and what of it no message shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from tasks.sources.judgement import Answer

BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
PIECE: Final = 1 << 16  # bytes of a body


def settle(session: requests.Session, url: str) -> None:
    """Look up the machine's proxies and certificates once; its .netrc could replace our header, and is not read."""
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.trust_env, session.proxies, session.verify = False, found["proxies"], found["verify"]


def address(url: str, path: str) -> str:
    """Where a path is: below the vendor's URL, or with a leading slash on its host."""
    root = url.rstrip("/")
    if path.startswith("/"):
        parts = urlsplit(root)
        return f"{parts.scheme}://{parts.netloc}{path}"
    return f"{root}/{path}"


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    path: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    still: Callable[[], None],
    **content: Any,
) -> Answer:
    """Send a request to a path of a vendor's URL and read the whole answer.

    `still` raises where its body has been coming for too long. The headers go as `auth`, which shows them in no
    message; a redirect, which could carry them away, is not followed.
    """
    response = session.request(
        method,
        address(url, path),
        auth=_Headers(headers),
        stream=True,
        timeout=timeout,
        allow_redirects=False,
        **content,
    )
    with response:
        body = bytearray()
        for chunk in response.iter_content(PIECE):
            body += chunk
            still()
        return Answer(response.status_code, response.headers, bytes(body), urlsplit(path).path)


@dataclass(frozen=True)
class _Headers(requests.auth.AuthBase):
    """Our own headers as a `requests` authentication: they hold the token, and are not shown."""

    headers: Mapping[str, str] = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self.headers)
        return request
