"""A vendor's pages with nothing around them: `requests` and `orjson`, one page after another."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import requests

PAGE = 200  # Kantata's largest; Salesforce gives 2,000 unasked
ENTRIES = {"order": "updated_at:asc", "from_archived_workspaces": "true"}  # as the field map asks


def pages(vendor: str, environment: Mapping[str, str], soql: str) -> Iterator[list[dict[str, Any]]]:
    """The records of each page: of Kantata's time entries, or of a Salesforce query."""
    with requests.Session() as session:
        if vendor == "kantata":
            yield from _kantata(session, environment)
        else:
            yield from _salesforce(session, environment, soql)


def _kantata(session: requests.Session, environment: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
    session.headers["Authorization"] = f"Bearer {environment['BATON_SOURCES__KANTATA__TOKEN']}"
    url = f"{environment['BATON_SOURCES__KANTATA__URL']}/time_entries"
    number, last = 1, 1
    while number <= last:
        params = {"per_page": str(PAGE), "page": str(number), **ENTRIES}
        page = orjson.loads(session.get(url, params=params, timeout=60).content)
        yield list(page["time_entries"].values())
        number, last = number + 1, page["meta"]["page_count"]


def _salesforce(session: requests.Session, environment: Mapping[str, str], soql: str) -> Iterator[list[dict[str, Any]]]:
    given = {name.lower(): environment[f"BATON_SOURCES__SALESFORCE__{name}"] for name in ("CLIENT_ID", "CLIENT_SECRET")}
    url = environment["BATON_SOURCES__SALESFORCE__URL"]
    form = {"grant_type": "client_credentials", **given}
    token = session.post(f"{url}/services/oauth2/token", data=form, timeout=60).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    answer = session.get(f"{url}/services/data/v65.0/queryAll", params={"q": soql}, timeout=60)
    while True:
        page = orjson.loads(answer.content)
        yield page["records"]
        if page["done"]:
            return
        answer = session.get(f"{url}{page['nextRecordsUrl']}", timeout=60)
