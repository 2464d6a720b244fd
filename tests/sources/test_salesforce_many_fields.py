"""An object with more mapped fields than an address holds: several queries, joined by id and stamp."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from config.settings import ROOT
from tasks.errors import ContractError
from tasks.sources.fieldmap import field_map
from tasks.sources.salesforce_query import selects
from tasks.sources.vendor import Window

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ROWS = 210  # two pages
FIELDS = [f"A_Rather_Long_Custom_Field_Name_{number:03d}__c" for number in range(600)]  # 19 kB of an address


def key(number):
    return f"001RO{number:010d}AAA"


@pytest.fixture
def wide(company, serve, tmp_path):
    """`wide()` serves accounts with 600 custom fields, all of them mapped."""
    for number in range(ROWS):
        company.crm("Account", key(number), NOW - 9 * DAY, Name=f"Account {number}", Segment__c="Mid",
                    CurrencyIsoCode="USD", **dict.fromkeys(FIELDS, f"{number}"))  # fmt: skip
    content = yaml.safe_load((ROOT / "config" / "fields" / "salesforce.yaml").read_text())
    fields = content["entities"]["account"]["fields"]
    fields |= {f"custom_{number}": {"field": name, "kind": "text"} for number, name in enumerate(FIELDS)}
    file = tmp_path / "wide.yaml"
    file.write_text(yaml.safe_dump(content))

    def start():
        bench = serve()
        return bench.with_source("salesforce", fields=file, page_size=200)

    start.file = file
    return start


def test_the_fields_are_asked_for_in_queries_that_an_address_holds(wide):
    queries = selects(field_map(wide.file)["account"])
    assert len(queries) == 4
    assert all(query.startswith("SELECT Id, SystemModstamp, IsDeleted, ") for query in queries)
    asked = [name for query in queries for name in query.removeprefix("SELECT ").split(" FROM ")[0].split(", ")[3:]]
    assert sorted(asked) == sorted({one.path for one in field_map(wide.file)["account"].fields.values()})


def test_rows_come_whole_and_again_unchanged(wide):
    bench = wide()
    pulled = bench.pull("salesforce", "account")
    assert (pulled.appended, pulled.vendor_count) == (ROWS, ROWS)
    row = bench.held("salesforce", "account")[key(7)]
    assert (row["name"], row["custom_0"], row["custom_599"]) == ("Account 7", "7", "7")
    again = bench.at(NOW + DAY).pull("salesforce", "account", window=Window(NOW - 20 * DAY, NOW - DAY))
    assert (again.unchanged, again.appended) == (ROWS, 0)


def test_a_job_needs_one_query_and_gives_the_same(wide):
    bench = wide()
    bench.pull("salesforce", "account")
    by_job = bench.at(NOW + DAY).with_source("salesforce", bulk_over=ROWS - 1)
    again = by_job.pull("salesforce", "account", window=Window(NOW - 20 * DAY, NOW - DAY))
    assert (again.unchanged, again.appended, again.pages) == (ROWS, 0, 1)


def test_a_row_that_changes_between_two_queries_is_never_half_of_each(wide, company, monkeypatch):
    bench = wide()
    from tasks.sources.client import Client

    honest, asked = Client.get, []

    def changing(self, path, params=None, headers=None, **how):
        page = honest(self, path, params, headers, **how)
        if "queryAll" in path and not asked:
            asked.append(path)
            company.crm("Account", key(7), NOW - 2 * DAY, NOW, Name="New", **dict.fromkeys(FIELDS, "new"))
            bench.servers.set_clock(NOW)
        return page

    monkeypatch.setattr(Client, "get", changing)
    assert bench.pull("salesforce", "account").appended == ROWS
    row = bench.held("salesforce", "account")[key(7)]
    assert (row["name"], row["custom_0"], row["custom_599"]) == ("New", "new", "new")


def test_rows_that_change_all_the_time_are_not_kept(wide, monkeypatch):
    bench = wide()
    from tasks.sources.client import Client

    honest, asked = Client.get, []

    def restless(self, path, params=None, headers=None, **how):
        page = honest(self, path, params, headers, **how)
        if "queryAll" in path:
            asked.append(path)
            stamp = f"2026-08-20T00:00:{len(asked):02d}.000+0000"
            page["records"] = [record | {"SystemModstamp": stamp} for record in page["records"]]
        return page

    monkeypatch.setattr(Client, "get", restless)
    with pytest.raises(ContractError, match="more fields than one query holds"):
        bench.pull("salesforce", "account")
    assert bench.slept == []
