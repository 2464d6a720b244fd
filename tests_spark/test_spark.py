"""The Spark workbench answers as a DuckDB connection does: words of the SQL, inserts, row numbers, the lake's files."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from tasks.core.mapping import define_functions
from tasks.engines.bench import register_versions
from tasks.lake.append import append
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts, rows

WORDS = (
    "half_even(5, 2)", "half_even(7, 2)", "half_even(-5, 2)", "half_even(-7, 3)",
    "to_minor(1250, 'JPY', 100)", "to_minor(12345, 'USD', 1000)", "to_minor(NULL, 'USD', 100)",
    "number_to_minor(12.345678::DECIMAL(18, 6), 3, 'USD')", "number_to_minor(0.005::DECIMAL(18, 6), 1, 'USD')",
    "number_to_minor(9999999.99::DECIMAL(18, 6), 123456::DECIMAL(18, 6), 'USD')",
    "local_date('2026-03-08 04:59:59+00'::TIMESTAMPTZ)", "local_date('2026-07-01 03:59:59+00'::TIMESTAMPTZ)",
    
    "round('1.2345'::DECIMAL(18, 6) * 3600)::BIGINT", "round('-0.5'::DECIMAL(18, 6))::BIGINT",
    *(f"isodow(DATE '2026-11-{day}')" for day in range(22, 29)),
    "regexp_full_match('EUR', '[A-Z][A-Z][A-Z]')", "regexp_full_match('EURO', '[A-Z][A-Z][A-Z]')",
    "epoch_us('2026-11-22 10:00:00.000001+00'::TIMESTAMPTZ)",
    "array_length(list_filter(string_split('a,b,c', ','), x -> x NOT IN ('a')))",
    "concat_ws(',', 'a', NULL, 'b')", "nullif(concat_ws(',', NULL), '')",
    "7 // 2", "-7 // 2", "least(NULL, DATE '2026-01-01')", "(DATE '2026-01-31' + INTERVAL 1 DAY)::DATE",
    "'at ' || DATE '2026-01-31'", "$day", "TRY_CAST('12,5' AS BIGINT)", "TRY_CAST('12.5' AS DECIMAL(18, 6))",
)  # fmt: skip


def test_every_word_means_the_same(spark):
    with duckdb.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        answers = []
        for bench in (connection, spark):
            define_functions(bench, "America/New_York")
            answers.append(bench.execute(f"SELECT {', '.join(WORDS)}", {"day": date(2026, 11, 22)}).fetchall()[0])
    assert [one for one in zip(WORDS, *answers, strict=True) if one[1] != one[2]] == []


def test_inserts_go_by_name_or_position_and_number_their_rows(spark):
    spark.execute("CREATE OR REPLACE TABLE versions.thing (a VARCHAR, b BIGINT, at TIMESTAMPTZ)")
    assert spark.execute("INSERT INTO versions.thing BY NAME SELECT 7 AS b, 'x' AS a").fetchone() == (1,)
    assert spark.execute("INSERT INTO versions.thing VALUES (?, ?, ?)", ["y", 8, None]).fetchone() == (1,)
    assert spark.execute("INSERT INTO versions.thing SELECT a, b, at FROM versions.thing").fetchone() == (2,)
    assert spark.execute("INSERT INTO versions.thing SELECT a, b, at FROM versions.thing WHERE false").fetchone() == (
        0,
    )
    found = spark.execute("SELECT a, b, count(DISTINCT rowid) FROM versions.thing GROUP BY ALL ORDER BY a").fetchall()
    assert found == [("x", 7, 2), ("y", 8, 2)]


def test_a_view_follows_its_table_and_a_dropped_schema_takes_both_along(spark):
    spark.execute("CREATE OR REPLACE TABLE raw_crm.thing AS SELECT 1 AS a")
    spark.execute("CREATE OR REPLACE TEMP VIEW raw_crm.seen AS SELECT a + 1 AS b FROM raw_crm.thing")
    assert spark.execute("SELECT b FROM raw_crm.seen").fetchall() == [(2,)]
    spark.execute("DROP SCHEMA raw_crm CASCADE")
    assert not spark.spark.catalog.tableExists("raw_crm__thing")
    assert not spark.spark.catalog.tableExists("raw_crm__seen")


def test_a_statement_of_another_kind_is_refused(spark):
    with pytest.raises(NotImplementedError, match="delete"):
        spark.execute("DELETE FROM versions.thing")


def test_an_older_file_lacks_a_column_and_what_came_later_is_not_known_yet(spark, tmp_path):
    first, then = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    for at, *names in ((first, "a"), (then, "a", "b")):
        shape = Shape("thing", tuple(Column(name, name, "integer") for name in names))
        records = [{"id": f"{at.month}", **dict.fromkeys(names, at.month)}]
        append(str(tmp_path), "vendor", "thing", rows(shape, payload_texts(records), at=at, run_id="test"), hi=at)
    for known_at, expected in (
        (then - timedelta(seconds=1), [("9", 9, None)]),
        (then, [("10", 10, 10), ("9", 9, None)]),
    ):
        register_versions(spark, "known", str(tmp_path), "vendor", "thing", known_at)
        assert spark.execute("SELECT id, a, b FROM known ORDER BY id").fetchall() == expected
