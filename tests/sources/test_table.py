"""Tables as sources: real files, a real SQLite, a real PostgreSQL and a Delta table, into a lake and to core."""

import re
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from deltalake import write_deltalake
from pydantic import SecretStr

from config.policy import ROOT, policy
from config.settings import Settings
from config.table import TableSource
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.engines.bench import workbench
from tasks.errors import BatonError, ConfigError, ContractError, UnreachableError
from tasks.lake.read import versions
from tasks.lake.typed import utc_connection
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.sources.check import check
from tasks.sources.pull import pull

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ACCOUNT = {"columns": {"account_id": "Id", "name": "Company Name", "currency": {"value": "USD"}}}
RATE = {
    "columns": {
        "rate_id": "id", "role_id": "role", "effective_date": "day",
        "bill_rate_minor": {"column": "price", "unit": "amount"}, "currency": "cur",
    }
}  # fmt: skip


class Office:
    """One table source over the files of a folder, and pulls from it."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder, self.given = home, home / "files", {}
        self.folder.mkdir()
        self.url = ""

    def table(self, name: str, like: dict, **more) -> None:
        self.given[name] = {**like, **more}

    def csv(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n")

    @property
    def settings(self) -> Settings:
        source = TableSource(vendor="table", folder=self.folder, url=SecretStr(self.url), tables=self.given)
        return Settings(home=self.home, sources={"files": source})

    def pull(self, name: str, at: datetime = NOW):
        return pull("files", name, settings=self.settings, now=at, run_id="test")

    def held(self, name: str) -> list[dict]:
        with utc_connection() as connection:
            known = versions(connection, self.settings.lake, "files", name, NOW + 99 * DAY)
            rows = known.to_arrow_table().to_pylist()
        return sorted(rows, key=lambda row: (row["id"], row["_extracted_at"]))

    def core(self, table: str, *columns: str, at: datetime = NOW + 9 * DAY) -> list[tuple]:
        with workbench(self.settings) as bench:
            conform(bench, self.settings, policy(), as_of=at.date(), known_at=at)
            return bench.execute(f"SELECT {', '.join(columns)} FROM versions.{table} ORDER BY ALL").fetchall()

    def doctor(self) -> dict[str, tuple[bool, str]]:
        return {one.subject: (one.is_ok, one.message) for one in check("files", self.settings)}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_csv_feeds_accounts_and_a_second_pull_appends_nothing(office):
    office.csv("a.csv", "Id,Company Name,Unmapped", '1,"Nord, Ltd",x', "2,Süd,y")
    office.table("account", ACCOUNT, csv="a.csv")
    first, second = office.pull("account"), office.pull("account", NOW + DAY)
    assert (first.rows_read, first.appended, second.appended, second.unchanged) == (2, 2, 0, 2)
    found = office.core("account", "account_id", "name", "ultimate_id", "currency")
    assert found == [("files:1", "Nord, Ltd", "files:1", "USD"), ("files:2", "Süd", "files:2", "USD")]


def test_a_changed_row_is_one_version_and_one_that_is_gone_is_deleted(office):
    office.csv("a.csv", "Id,Company Name", "1,Nord", "2,Süd", "3,West")
    office.table("account", ACCOUNT, csv="a.csv")
    office.pull("account")
    office.csv("a.csv", "Id,Company Name", "1,Nord", "2,South")
    again = office.pull("account", NOW + DAY)
    assert (again.appended, again.deleted) == (2, 1)
    assert [(row["id"], row["name"], row["_deleted"]) for row in office.held("account")] == [
        ("1", "Nord", False), ("2", "Süd", False), ("2", "South", False), ("3", "West", False), ("3", "West", True)
    ]  # fmt: skip


def test_most_of_a_table_gone_at_once_is_refused(office):
    office.csv("a.csv", "Id,Company Name", *(f"{number},N" for number in range(10)))
    office.table("account", ACCOUNT, csv="a.csv")
    office.pull("account")
    office.csv("a.csv", "Id,Company Name", "1,N")
    with pytest.raises(ContractError, match=r"9 of 10 records of files\.account vanished at once"):
        office.pull("account", NOW + DAY)
    assert not any(row["_deleted"] for row in office.held("account"))


def test_a_removed_column_stops_its_table_with_a_name_and_a_remedy(office):
    office.csv("a.csv", "Id,Company", "1,Nord")
    office.table("account", ACCOUNT, csv="a.csv")
    office.csv("r.csv", "id,role,day,price,cur", "1,r,2026-01-01,150.00,USD")
    office.table("rate", RATE, csv="r.csv")
    with pytest.raises(ConfigError, match=r"files shows no a\.csv: Company Name, which `tables` in baton\.yaml maps"):
        office.pull("account")
    assert office.pull("rate").appended == 1
    assert office.doctor()["files: account"][0] is False
    assert office.doctor()["files: rate values"][0] is True


def test_a_value_that_cannot_be_read_is_held_back_and_counted_and_never_told(office):
    office.csv("r.csv", "id,role,day,price,cur", "1,r,2026-01-01,150.005,USD", "2,r,2026-01-01,Ada Secret,USD")
    office.table("rate", RATE, csv="r.csv")
    office.pull("rate")
    assert office.core("rate", "rate_id", "role_id", "effective_date", "bill_rate_minor", "_unreadable") == [
        ("files:1", "files:r", date(2026, 1, 1), 15000, None),  # half a cent goes to the even one
        ("files:2", "files:r", date(2026, 1, 1), None, "bill_rate_minor"),
    ]
    with workbench(office.settings) as bench:
        conform(bench, office.settings, policy(), as_of=NOW.date(), known_at=NOW)
        verdict = judge(bench, policy(), {})
        assert bench.execute("SELECT rate_id FROM core.rate").fetchall() == [("files:1",)]
    (told,) = [one for one in verdict.conservation if one.table == "rate"]
    assert (told.read, told.quarantined) == (2, 1)
    is_ok, message = office.doctor()["files: rate values"]
    assert not is_ok
    assert "bill_rate_minor is no number in 1 of 2 rows" in message
    assert "Ada" not in message


@pytest.mark.parametrize(("lines", "found"), [(("1,A", "1,B"), "1 have one of another"), ((",A",), "1 rows have no")])
def test_rows_that_cannot_be_told_apart_are_refused(office, lines, found):
    office.csv("a.csv", "Id,Company Name", *lines)
    office.table("account", ACCOUNT, csv="a.csv")
    with pytest.raises(ContractError, match=found):
        office.pull("account")
    assert office.doctor()["files: account values"][0] is False


def test_a_file_that_is_not_there_or_is_no_csv(office):
    office.table("account", ACCOUNT, csv="none.csv")
    with pytest.raises(ConfigError, match=r"files\.account: none\.csv is not there or is no csv"):
        office.pull("account")
    office.table("account", ACCOUNT, parquet="a.parquet")
    office.csv("a.parquet", "no parquet")
    with pytest.raises(ConfigError, match="is no parquet"):
        office.pull("account")


def test_parquet_and_delta_keep_their_types(office):
    rows = pa.table({
        "id": [1, 2], "role": ["a", "b"], "day": pa.array(["2026-01-01", "2026-02-01"]).cast(pa.timestamp("us")),
        "price": [Decimal("150.25"), Decimal("99.99")], "cur": ["USD", "EUR"],
    })  # fmt: skip
    pq.write_table(rows, office.folder / "r.parquet")
    write_deltalake(str(office.folder / "rates"), rows)
    office.table("rate", RATE, parquet="r.parquet")
    office.table("more", RATE, delta="rates", feeds="rate")
    assert (office.pull("rate").appended, office.pull("more").appended) == (2, 2)
    expected = [("files:1", date(2026, 1, 1), 15025, "USD"), ("files:2", date(2026, 2, 1), 9999, "EUR")]
    found = office.core("rate", "rate_id", "effective_date", "bill_rate_minor", "currency")
    assert found == sorted(expected * 2)


FIVETRAN = {
    "query": "SELECT * FROM contact_account",
    "columns": {"account_id": "id", "name": "name", "created_at": "created"},
    "cursor": "_fivetran_synced",
}


@pytest.mark.parametrize("mark", ["_fivetran_deleted", "_ab_cdc_deleted_at"])
def test_a_replicated_table_in_postgresql_is_read_by_its_cursor_with_its_deletions(office, database_url, mark):
    office.url = database_url
    kind, gone = ("boolean", "true") if mark == "_fivetran_deleted" else ("text", "'2026-09-01T01:00:00Z'")
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(
            "CREATE TABLE contact_account (id int, name text, created timestamp, _fivetran_synced timestamptz, "
            f"{mark} {kind})"
        )
        server.execute(
            "INSERT INTO contact_account VALUES (1, 'Nord', '2026-01-01 10:00', '2026-08-01Z', NULL), "
            "(2, 'Süd', '2026-01-02 10:00', '2026-08-02Z', NULL)"
        )
        office.table("account", FIVETRAN)
        assert office.pull("account").appended == 2
        # A sync that moves only the cursor is no new version; a late row comes within lag_days; a mark deletes.
        server.execute("UPDATE contact_account SET _fivetran_synced = '2026-09-01T02:00Z' WHERE id = 1")
        server.execute(
            f"UPDATE contact_account SET _fivetran_synced = '2026-09-01T03:00Z', {mark} = {gone} WHERE id = 2"
        )
        server.execute("INSERT INTO contact_account VALUES (3, 'Late', NULL, '2026-08-30Z', NULL)")
        again = office.pull("account", NOW + timedelta(hours=1))
    assert (again.rows_read, again.appended, again.deleted) == (3, 2, 1)
    held = [(row["id"], row["name"], row["_deleted"]) for row in office.held("account")]
    assert held == [("1", "Nord", False), ("2", "Süd", False), ("2", "Süd", True), ("3", "Late", False)]
    assert office.held("account")[0]["created_at"] == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_a_sqlite_row_that_vanishes_behind_the_cursor_is_found_by_the_count(office):
    path = office.home / "crm.db"
    office.url = f"sqlite:///{path}"
    with sqlite3.connect(path) as server:
        server.execute("CREATE TABLE contact_account (id, name, created, _fivetran_synced)")
        rows = [(str(number), "N", None, "2026-07-01 00:00:00") for number in range(3)]
        server.executemany("INSERT INTO contact_account VALUES (?, ?, ?, ?)", rows)
        server.commit()
        office.table("account", FIVETRAN)
        assert office.pull("account").appended == 3
        server.execute("DELETE FROM contact_account WHERE id = '1'")
        server.commit()
        again = office.pull("account", NOW + DAY)
    server.close()
    assert (again.rows_read, again.appended, again.deleted) == (0, 1, 1)


def test_no_message_tells_the_database_address(office):
    office.table("account", FIVETRAN)
    for url, kind in (("", ConfigError), ("oddly://me:hush@host/x", ConfigError),
                      ("postgresql+psycopg://me:hush@127.0.0.1:9/x", UnreachableError)):  # fmt: skip
        office.url = url
        with pytest.raises(kind, match="BATON_SOURCES__FILES__URL") as caught:
            office.pull("account")
        assert "hush" not in str(caught.value)
        assert "hush" not in repr(office.settings)
        assert [one[0] for one in office.doctor().values()] == [False]


@pytest.mark.parametrize(
    ("name", "table", "message"),
    [
        ("bills", {**RATE, "csv": "x"}, "bills feeds bills, which is no core table"),
        ("rate", {"csv": "x", "columns": {"rate_id": "i", "colour": "c"}}, r"columns\.colour is no column of rate"),
        ("rate", {"csv": "x", "columns": {"rate_id": "i"}}, "maps nothing to effective_date, currency"),
        ("rate", {"csv": "x", "columns": {"role_id": "i"}}, "names no key"),
        (
            "rate",
            {"csv": "x", "columns": {"rate_id": {"column": "i", "unit": "hours"}}},
            "cannot be counted in `hours`",
        ),
    ],
)
def test_settings_that_do_not_fit_the_core_table_name_key_and_remedy(office, name, table, message):
    office.given[name] = table
    with pytest.raises(BatonError, match=message):
        office.pull(name)


def test_rates_and_working_days_of_a_table_stand_in_place_of_the_policys(office):
    office.csv("fx.csv", "month,currency,rate", "2026-01-01,EUR,1.25", "2026-01-01,JPY,0.00678901")
    office.table("fx_rate", {
        "csv": "fx.csv", "key": ["month", "currency"],
        "columns": {"month": "month", "currency": "currency", "minor_rate_e8": {"column": "rate", "unit": "rate"}},
    })  # fmt: skip
    office.csv("days.csv", "day,open", "2026-01-05,no", "2026-01-10,yes")
    office.table("work_calendar", {"csv": "days.csv", "columns": {"day": "day", "is_working": "open"}})
    office.pull("fx_rate")
    office.pull("work_calendar")
    with workbench(office.settings) as bench:
        conform(bench, office.settings, policy(), as_of=NOW.date(), known_at=NOW)
        judge(bench, policy(), {})
        rates = bench.execute(
            "SELECT currency, minor_rate_e8 FROM core.fx_rate WHERE month = DATE '2026-01-01' "
            "AND currency IN ('EUR', 'JPY', 'USD') ORDER BY ALL"
        ).fetchall()
        days = bench.execute(
            "SELECT day, is_working, workdays_before FROM core.work_calendar "
            "WHERE day BETWEEN DATE '2026-01-02' AND DATE '2026-01-11' ORDER BY day"
        ).fetchall()
    # a yen is a whole minor unit: 100 times as many cents
    assert rates == [("EUR", 125_000_000), ("JPY", 67_890_100), ("USD", 100_000_000)]
    working = {day.day: is_working for day, is_working, _ in days}
    assert (working[5], working[6], working[10], working[11]) == (False, True, True, False)
    before = {day.day: number for day, _, number in days}
    assert before[6] - before[5] == 0
    assert before[11] - before[10] == 1


def test_the_readmes_example_feeds_accounts_and_subscriptions(office):
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    office.given = yaml.safe_load(example)["sources"]["books"]["tables"]
    office.csv("accounts.csv", "Id,Company", "1,Nord")
    office.csv(
        "subscriptions.csv",
        "id,customer,value,currency,first_day,day_after,changed_at",
        "s,1,1200.50,EUR,2026-01-01,2027-01-01,2026-08-01",
    )
    assert [office.pull(name).appended for name in office.given] == [1, 1]
    found = office.core(
        "subscription", "subscription_id", "account_id", "original_account_id", "amount_minor", "end_date",
        "is_renewal_lost",
    )  # fmt: skip
    assert found == [("files:s", "files:1", "files:1", 120050, date(2027, 1, 1), False)]


def test_a_folder_of_csv_files_alone_gives_the_retention_computed_by_hand(office):
    office.csv("accounts.csv", "id,name", "a,Nord", "b,Süd", "c,West")
    office.csv(
        "lines.csv",
        "id,account,value,first,after,before",
        "a1,a,1200.00,2025-01-01,2026-01-01,",
        "a2,a,1320.00,2026-01-01,2027-01-01,a1",
        "b1,b,2400.00,2025-01-01,2026-01-01,",
        "c1,c,600.00,2026-06-01,2027-06-01,",
    )
    usd = {"value": "USD"}
    office.table("account", {"csv": "accounts.csv", "columns": {"account_id": "id", "name": "name", "currency": usd}})
    office.table("subscription", {"csv": "lines.csv", "columns": {
        "subscription_id": "id", "account_id": "account", "amount_minor": {"column": "value", "unit": "amount"},
        "currency": usd, "start_date": "first", "term_end_date": "after", "predecessor_id": "before",
        "is_renewal_lost": {"value": "false"},
    }})  # fmt: skip
    assert [office.pull(name).appended for name in ("account", "subscription")] == [3, 4]
    assert [office.pull(name, NOW + DAY).appended for name in ("account", "subscription")] == [0, 0]
    with workbench(office.settings) as bench:
        conform(bench, office.settings, policy(), as_of=date(2026, 8, 31), known_at=NOW)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=date(2026, 8, 31))
        found = bench.execute(
            "SELECT DISTINCT nrr_pct, grr_pct FROM mart.nrr_monthly WHERE segment = 'all' AND month = DATE '2026-08-01'"
        ).fetchall()
    # A year ago 100 and 200 a month; of these 110 and nothing are left. The third is new and does not count.
    assert [(round(float(nrr), 2), round(float(grr), 2)) for nrr, grr in found] == [(36.67, 33.33)]


def test_tickets_and_routes_of_tables_say_who_answers_what(office):
    office.csv("accounts.csv", "id,name", "a,Nord")
    office.csv("lines.csv", "id,account,value,first,after", "a1,a,1200.00,2026-01-01,2027-01-01")
    office.csv(
        "tickets.csv",
        "id,customer,what,who,made,raised,answered,hours",
        "1,a,Incident,Support,2026-08-03,,2026-08-03,1.5",
        "2,a,Training,Support,2026-08-04,2026-08-04,2026-08-06,50",
        "3,z,Incident,Support,2026-08-05,,,",
    )
    office.csv("routes.csv", "id,customer,queue", "1,a,Hotline")
    usd = {"value": "USD"}
    office.table("account", {"csv": "accounts.csv", "columns": {"account_id": "id", "name": "name", "currency": usd}})
    office.table("subscription", {"csv": "lines.csv", "columns": {
        "subscription_id": "id", "account_id": "account", "amount_minor": {"column": "value", "unit": "amount"},
        "currency": usd, "start_date": "first", "term_end_date": "after", "is_renewal_lost": {"value": "false"},
    }})  # fmt: skip
    office.table("ticket", {"csv": "tickets.csv", "columns": {
        "ticket_id": "id", "account_id": "customer", "customer_ref": "customer", "request_type": "what", "team": "who",
        "opened_date": "made", "escalated_date": "raised", "replied_date": "answered",
        "reply_seconds": {"column": "hours", "unit": "hours"},
    }})  # fmt: skip
    office.table("escalation_route", {"csv": "routes.csv", "columns": {
        "route_id": "id", "account_id": "customer", "reaches": "queue",
    }})  # fmt: skip
    for name in ("account", "subscription", "ticket", "escalation_route"):
        office.pull(name)
    with workbench(office.settings) as bench:
        conform(bench, office.settings, policy(), as_of=date(2026, 8, 31), known_at=NOW)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=date(2026, 8, 31))
        routed = bench.execute(
            "SELECT tier, request_count, routed_count, misrouted_count FROM mart.request_monthly ORDER BY tier"
        ).fetchall()
        customers = bench.execute(
            "SELECT account_id, has_route, new_count, late_count, slowest_reply_seconds, state "
            "FROM mart.escalation_account"
        ).fetchall()
        unmatched = bench.execute("SELECT customer_ref FROM mart.request_ticket WHERE account_id IS NULL").fetchall()
    assert routed == [("digital", 2, 2, 1), ("unmatched", 1, 1, 0)]
    assert customers == [("files:a", True, 1, 1, 180_000, "late")]
    assert unmatched == [("z",)]


def test_the_papers_of_a_delivery_come_from_tables(office):
    usd = {"value": "USD"}
    tables = {
        "account": ("id,name", ["a,Nord"], {"account_id": "id", "name": "name", "currency": usd}),
        "opportunity": ("id,account", ["d,a"], {
            "opportunity_id": "id", "account_id": "account", "opportunity_type": {"value": "New Business"},
            "stage": {"value": "Won"}, "is_closed": {"value": "true"}, "is_won": {"value": "true"},
            "close_date": {"value": "2026-02-02"}, "amount_minor": {"value": "3000000"}, "currency": usd,
        }),
        "project": ("id,deal", ["p,d"], {
            "project_id": "id", "account_id": {"value": "a"}, "opportunity_id": "deal",
            "contract_type": {"value": "fixed_fee"}, "currency": usd, "is_archived": {"value": "false"},
            "start_date": {"value": "2026-03-02"}, "closed_date": {"value": "2026-07-01"},
        }),
        "task": ("id,project", ["t,p"], {
            "task_id": "id", "project_id": "project", "task_type": {"value": "task"},
            "is_archived": {"value": "false"}, "is_contractual_non_billable": {"value": "false"},
        }),
        "debrief": ("id,deal,says", ["1,d,Glad"], {
            "debrief_id": "id", "opportunity_id": "deal", "held_date": {"value": "2026-06-29"},
            "sentiment": "says", "workarounds": "says", "executive_goals": "says",
        }),
        "closeout": ("id,deal,signed", ["1,d,2026-06-30"], {
            "closeout_id": "id", "opportunity_id": "deal", "meeting_date": "signed", "signed_date": "signed",
            "has_customer": {"value": "true"}, "has_implementation": {"value": "true"},
            "has_customer_success": {"value": "true"}, "next_steps": {"value": "Service desk"}, "document": "id",
        }),
        "deliverable": ("id,closeout,day", ["1,1,2026-06-30"], {
            "deliverable_id": "id", "closeout_id": "closeout", "validated_date": "day",
        }),
        "checklist_item": ("id,deal,day", ["1,d,2026-03-02"], {
            "checklist_item_id": "id", "opportunity_id": "deal", "is_required": {"value": "true"},
            "handoff_point": {"value": "sales_to_implementation"}, "signed_date": "day",
        }),
        "promise": ("id,deal,task", ["1,d,t", "2,d,gone"], {
            "promise_id": "id", "opportunity_id": "deal", "kind": {"value": "promise"}, "task_id": "task",
            "mapped_date": {"value": "2026-02-20"},
        }),
        "success_plan": ("id,deal,day", ["1,d,2026-06-30"], {
            "success_plan_id": "id", "opportunity_id": "deal", "created_date": "day",
        }),
    }  # fmt: skip
    for name, (header, lines, columns) in tables.items():
        office.csv(f"{name}.csv", header, *lines)
        office.table(name, {"csv": f"{name}.csv", "columns": columns})
    for name in tables:
        office.pull(name)
    with workbench(office.settings) as bench:
        conform(bench, office.settings, policy(), as_of=date(2026, 8, 31), known_at=NOW)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=date(2026, 8, 31))
        states = {
            mart: bench.execute(f"SELECT state FROM mart.{mart} ORDER BY 1").fetchall()
            for mart in ("debrief_deal", "closeout_deal", "checklist_deal", "promise_item", "success_plan_deal")
        }
    assert {mart: [state for (state,) in found] for mart, found in states.items()} == {
        "debrief_deal": ["complete"],
        "closeout_deal": ["complete"],
        "checklist_deal": ["advanced_unsigned", "signed"],  # none from implementation to customer success
        "promise_item": ["mapped", "unmapped"],
        "success_plan_deal": ["in_time"],  # the day before the close, which is the go-live without a milestone
    }
