"""A publish replaces one day, whole, and says what it changed; the same on DuckDB and PostgreSQL."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from tasks.errors import WarehouseError
from tasks.metrics.metric import Keep, Metric
from tasks.warehouse import publish as publishing
from tasks.warehouse import serving
from tasks.warehouse.connect import Warehouse, mart_transaction
from tasks.warehouse.ops import CONSERVATION, HEARTBEAT, PULL, QUARANTINE, RUN, create_ops, record
from tasks.warehouse.publish import Build, publish
from tasks.warehouse.served import heal
from tasks.warehouse.serving import has_mart, read, rows

AUGUST, SEPTEMBER, FRIDAY = date(2026, 8, 31), date(2026, 9, 30), date(2026, 11, 20)
CREEP = "SELECT * FROM mart.creep ORDER BY as_of, project_id"


def compute(frames: object, policy: object, *, as_of: date) -> None:
    """Work that nobody pays for, per project.

    Second paragraph.
    """


def metric(table: str = "creep", keep: Keep = "every", **extra: str) -> Metric:
    columns = {"project_id": "the project", "gross_minor": "its value; 'gross'", "spent_seconds": "time", **extra}
    return Metric(table, ("project_id",), (), columns, compute, keep=keep)


def mart(*given: tuple[str, int | None, int], **extra: list) -> pa.Table:
    ids, minors, seconds = ([row[i] for row in given] for i in range(3))
    columns = {"project_id": pa.array(ids, pa.string()), "gross_minor": pa.array(minors, pa.int64())}
    return pa.table({**columns, "spent_seconds": pa.array(seconds, pa.int64()), **extra})


def build(as_of: date = FRIDAY, run_id: str = "run-1", currency: str = "USD") -> Build:
    at = datetime(2026, 11, 23, 5, tzinfo=UTC)
    return Build(as_of, at, run_id, at, currency, data_as_of={"crm": at})


def test_minor_units_become_exact_amounts_and_seconds_hours(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 123_456_789_012_345, 5400), ("p2", -5, 0), ("p3", None, 1)))], build())
    assert rows(
        where, "SELECT project_id, gross_amount, spent_hours FROM mart.creep WHERE as_of = :day ORDER BY 1", day=FRIDAY
    ) == [
        {"project_id": "p1", "gross_amount": Decimal("1234567890123.45"), "spent_hours": 1.5},
        {"project_id": "p2", "gross_amount": Decimal("-0.05"), "spent_hours": 0.0},
        {"project_id": "p3", "gross_amount": None, "spent_hours": 1 / 3600},
    ]


def test_text_survives_the_bulk_path(where: Warehouse) -> None:
    odd = ["", 'he said "no", twice', "line\nbreak", None, "zażółć"]
    ids = [f"p{i}" for i in range(5)]
    table = mart(
        *((i, 1, 1) for i in ids), note=pa.array(odd, pa.string()), is_new=pa.array([True, None, False, True, None])
    )
    publish(where, [(metric(note="said", is_new="new"), table)], build())
    found = rows(where, "SELECT note, is_new FROM mart.creep ORDER BY project_id")
    assert [row["note"] for row in found] == odd
    assert [row["is_new"] for row in found] == [True, None, False, True, None]


def test_publishing_twice_changes_nothing_but_the_run(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 100, 60)))], build())
    before = rows(where, CREEP)
    again = publish(where, [(metric(), mart(("p1", 100, 60)))], build(run_id="run-2"))
    assert rows(where, CREEP) == before
    assert again.restated == 0
    assert rows(where, "SELECT as_of, run_id, currency FROM mart.mart_build") == [
        {"as_of": FRIDAY, "run_id": "run-2", "currency": "USD"}
    ]


def test_a_changed_number_is_a_restatement_with_both_values(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 100, 60), ("p2", 200, 60), ("gone", 300, 60)))], build())
    result = publish(where, [(metric(), mart(("p1", 100, 60), ("p2", 250, 60), ("new", 7, 60)))], build(run_id="run-2"))
    amounts = rows(
        where, "SELECT grain, before, after, run_id, as_of FROM ops.restatement WHERE column_name = 'gross_amount'"
    )
    found = {row["grain"].replace(" ", ""): (row["before"], row["after"]) for row in amounts}
    assert found == {
        '{"project_id":"p2"}': ("2.00", "2.50"),
        '{"project_id":"gone"}': ("3.00", None),
        '{"project_id":"new"}': (None, "0.07"),
    }
    assert {(row["run_id"], row["as_of"]) for row in amounts} == {("run-2", FRIDAY)}
    assert result.restated == 5  # two amounts and two hours appear or vanish, one amount changes


def test_other_days_stay_and_details_are_no_restatements(where: Warehouse) -> None:
    publish(where, [(metric(keep="latest"), mart(("p1", 100, 60)))], build())
    assert publish(where, [(metric(keep="latest"), mart(("p1", 900, 60)))], build(run_id="run-2")).restated == 0


@pytest.mark.parametrize(
    ("keep", "days"),
    [
        ("every", [AUGUST, date(2026, 9, 15), SEPTEMBER, FRIDAY]),
        ("month_ends", [AUGUST, SEPTEMBER, FRIDAY]),
        ("latest", [FRIDAY]),
    ],
)
def test_a_mart_keeps_the_days_it_declares(where: Warehouse, keep: Keep, days: list[date]) -> None:
    for as_of in (AUGUST, date(2026, 9, 15), SEPTEMBER, FRIDAY):
        publish(where, [(metric(keep=keep), mart(("p1", 100, 60)))], build(as_of))
    assert [row["as_of"] for row in rows(where, CREEP)] == days


def test_an_older_day_never_removes_the_latest(where: Warehouse) -> None:
    publish(where, [(metric(keep="latest"), mart(("p1", 100, 60)))], build())
    publish(where, [(metric(keep="latest"), mart(("old", 100, 60)))], build(AUGUST))
    assert [row["project_id"] for row in rows(where, CREEP)] == ["p1"]


def test_a_day_without_rows_is_published_as_such(where: Warehouse) -> None:
    publish(where, [(metric(keep="latest"), mart(("p1", 100, 60)))], build(AUGUST))
    publish(where, [(metric(keep="latest"), mart())], build())
    assert rows(where, CREEP) == []
    assert has_mart(where, "creep")
    assert not has_mart(where, "other")


def test_the_catalog_and_the_comments_say_what_a_column_means(where: Warehouse) -> None:
    publish(where, [(metric(), mart())], build())
    catalog = rows(where, "SELECT column_name, meaning, unit, is_grain FROM mart.metric_catalog ORDER BY 1")
    assert catalog[0] == {
        "column_name": "gross_amount", "meaning": "its value; 'gross'", "unit": "reporting currency", "is_grain": False
    }  # fmt: skip
    comments = {
        "duckdb": "SELECT comment FROM duckdb_columns() WHERE table_name = 'creep' AND column_name = 'gross_amount'",
        "postgresql": "SELECT col_description('mart.creep'::regclass, 3)",
    }
    with mart_transaction(where) as connection:
        assert connection.exec_driver_sql(comments[where.dialect]).scalar() == "its value; 'gross'"


def test_a_new_column_is_added_and_is_no_restatement(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 100, 60)))], build(AUGUST))
    publish(where, [(metric(), mart(("p1", 100, 60)))], build())
    wider = mart(("p1", 100, 60), capture_pct=pa.array([12.5], pa.float64()))
    assert publish(where, [(metric(capture_pct="share"), wider)], build()).restated == 0
    assert [row["capture_pct"] for row in rows(where, CREEP)] == [None, 12.5]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (mart(("p1", 1, 1), ("p1", 2, 1)), "repeat or lack their key"),
        (mart((None, 1, 1)), "repeat or lack their key"),
        (mart(("p1", 10**18, 1)), "does not fit"),
        (mart(("p1", 1, 1)).drop_columns(["gross_minor"]), "gross_minor missing or not declared"),
    ],
)
def test_a_wrong_mart_is_refused_and_nothing_of_the_run_is_seen(
    where: Warehouse, given: pa.Table, message: str
) -> None:
    publish(where, [(metric("fine"), mart(("p1", 1, 1))), (metric(), mart())], build())
    with pytest.raises(WarehouseError, match=message):
        publish(where, [(metric("fine"), mart(("p1", 999, 1))), (metric(), given)], build(run_id="run-2"))
    assert rows(where, "SELECT gross_amount FROM mart.fine") == [{"gross_amount": Decimal("0.01")}]
    assert rows(where, "SELECT run_id FROM mart.mart_build") == [{"run_id": "run-1"}]
    assert rows(where, "SELECT * FROM ops.restatement") == []


def test_a_changed_type_is_refused_with_the_remedy(where: Warehouse) -> None:
    publish(where, [(metric(note="x"), mart(("p1", 1, 1), note=pa.array(["a"])))], build())
    with pytest.raises(WarehouseError, match=r"drop mart\.creep"):
        publish(where, [(metric(note="x"), mart(("p1", 1, 1), note=pa.array([1.5])))], build())


def test_an_empty_pandas_column_gets_the_type_of_its_name(where: Warehouse) -> None:
    nothing = pa.table({name: pa.array([], pa.null()) for name in ("project_id", "gross_minor", "spent_seconds")})
    publish(where, [(metric(), nothing)], build(AUGUST))
    publish(where, [(metric(), mart(("p1", 100, 3600)))], build())
    assert rows(where, "SELECT gross_amount, spent_hours FROM mart.creep") == [
        {"gross_amount": Decimal("1.00"), "spent_hours": 1.0}
    ]


def test_yen_have_no_minor_unit(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 1234, 60)))], build(currency="JPY"))
    assert rows(where, "SELECT gross_amount FROM mart.creep") == [{"gross_amount": Decimal("1234.00")}]


def test_a_runs_records_are_replaced_by_its_second_attempt(where: Warehouse) -> None:
    quarantine: list[Mapping[str, object]] = [
        {"core_table": "task", "row_id": "k:1", "as_of": FRIDAY, "is_newest": True}
    ]
    publish(where, [(metric(), mart())], build(), records=[(QUARANTINE, quarantine * 2)])
    publish(where, [(metric(), mart())], build(), records=[(QUARANTINE, quarantine)])
    assert rows(where, "SELECT run_id, core_table, as_of, is_newest FROM ops.quarantine") == [
        {"run_id": "run-1", "core_table": "task", "as_of": FRIDAY, "is_newest": True}
    ]
    arrow = pa.table(
        {"core_table": ["task", "rate"], "rows_read": [3, 1], "rows_clean": [2, 1], "rows_quarantined": [1, 0]}
    )
    record(where, CONSERVATION, "run-1", arrow)
    assert (
        rows(where, "SELECT sum(rows_read - rows_clean - rows_quarantined) AS gap FROM ops.conservation")[0]["gap"] == 0
    )
    beats = rows(where, f"SELECT name, as_of, seen_at FROM ops.{HEARTBEAT.name}")
    assert beats == [{"name": "publish", "as_of": FRIDAY, "seen_at": datetime(2026, 11, 23, 5, tzinfo=UTC)}]


def test_a_kill_between_the_commit_and_the_copy_heals(
    tmp_path, monkeypatch: pytest.MonkeyPatch, where: Warehouse
) -> None:
    if where.dialect != "duckdb":
        assert not heal(where)
        return
    publish(where, [(metric(), mart(("p1", 100, 60)))], build(AUGUST))

    def killed(_where: Warehouse) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(publishing, "copy_to_serve", killed)
        publish(where, [(metric(), mart(("p1", 200, 60)))], build())
    assert [row["as_of"] for row in rows(where, CREEP)] == [AUGUST]
    assert heal(where)
    assert [row["as_of"] for row in rows(where, CREEP)] == [AUGUST, FRIDAY]
    assert not heal(where)
    assert sorted(path.name for path in where.folder.iterdir() if "serve" in path.name) == ["serve.duckdb"]


def test_a_kill_inside_the_transaction_leaves_the_day_before(where: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(where, [(metric(), mart(("p1", 100, 60)))], build())

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(publishing, "describe", killed)
        publish(where, [(metric(), mart(("p1", 200, 60)))], build(run_id="run-2"))
    assert not heal(where)
    publish(where, [(metric(), mart(("p1", 200, 60)))], build(run_id="run-2"))
    found = rows(where, "SELECT before, after FROM ops.restatement WHERE column_name = 'gross_amount'")
    assert found == [{"before": "1.00", "after": "2.00"}]


def test_a_reader_is_never_blocked_and_sees_one_state(where: Warehouse) -> None:
    publish(where, [(metric(), mart(("p1", 100, 60)))], build())
    if where.dialect == "duckdb":
        with duckdb.connect(str(where.serve), read_only=True) as reader:
            publish(where, [(metric(), mart(("p1", 200, 60)))], build())
            assert reader.execute("SELECT gross_amount FROM mart.creep").fetchone() == (Decimal("1.00"),)
    assert read(where, "SELECT project_id FROM mart.creep")["project_id"].tolist() == ["p1"]


def test_reading_before_the_first_publish_says_so(where: Warehouse) -> None:
    with pytest.raises(WarehouseError):
        rows(where, CREEP)


def test_ops_can_be_read_before_any_publish(where: Warehouse) -> None:
    create_ops(where)
    record(where, RUN, "run-1", [{"flow": "nightly", "state": "withheld", "as_of": FRIDAY}])
    assert rows(where, "SELECT run_id, state FROM ops.run") == [{"run_id": "run-1", "state": "withheld"}]
    assert serving.table(where, "SELECT ended_at FROM ops.run").schema.field("ended_at").type == pa.timestamp(
        "us", tz="UTC"
    )


def test_a_mart_of_many_batches_is_published_whole(where: Warehouse) -> None:
    """Larger than what DuckDB writes at once (122,880 rows), after a batch of no rows, as every mart begins."""
    count = 300_000
    rows = mart(*((f"p{number}", number, 60) for number in range(count)))
    batches = pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches(max_chunksize=130_000))
    assert publish(where, [(metric(), batches)], build()).rows == {"creep": count}
    found = read(where, "SELECT count(*) AS n, sum(gross_amount) AS total FROM mart.creep")
    assert found["n"].item() == count
    assert found["total"].item() == Decimal(count * (count - 1) // 2) / 100


def test_what_a_pull_took_is_read_back_as_a_number(where: Warehouse) -> None:
    create_ops(where)
    record(where, PULL, "run-1", [{"source": "crm", "entity": "deal", "state": "read", "seconds": 1.5}])
    assert rows(where, "SELECT entity, seconds FROM ops.pull") == [{"entity": "deal", "seconds": 1.5}]
