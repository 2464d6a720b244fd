"""The functions that the vendors' mappings call."""

from datetime import date

import duckdb
import pytest

from tasks.core.mapping import define_functions


@pytest.fixture
def sql():
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    define_functions(connection, "Europe/London")
    yield lambda expression: connection.execute(f"SELECT {expression}").fetchall()[0][0]
    connection.close()


@pytest.mark.parametrize(
    ("n", "d", "expected"),
    [(5, 10, 0), (15, 10, 2), (25, 10, 2), (26, 10, 3), (-5, 10, 0), (-15, 10, -2), (-26, 10, -3), (7, 7, 1)],
)
def test_ties_go_to_the_even_unit(sql, n, d, expected):
    assert sql(f"half_even({n}, {d})") == expected


def test_amounts_become_minor_units_of_their_currency(sql):
    assert sql("to_minor(12345, 'USD', 100)") == 12345
    assert sql("to_minor(12345, 'JPY', 1)") == 12345  # Kantata counts yen in yen
    assert sql("to_minor(NULL, 'USD', 100)") is None


def test_a_price_times_a_quantity_is_rounded_once(sql):
    assert sql("number_to_minor(10.125::DECIMAL(18, 6), 1, 'USD')") == 1012  # 1012.5 to the even cent
    assert sql("number_to_minor(10.125::DECIMAL(18, 6), 3::DECIMAL(18, 6), 'USD')") == 3038  # 3037.5
    assert sql("number_to_minor(0.333333::DECIMAL(18, 6), 3::DECIMAL(18, 6), 'USD')") == 100


def test_large_yen_prices_do_not_overflow(sql):
    assert sql("number_to_minor(3225144.000000::DECIMAL(18, 6), 40::DECIMAL(18, 6), 'JPY')") == 129005760


def test_an_instant_falls_on_its_day_in_the_reporting_zone(sql):
    assert sql("local_date('2026-06-30 23:30:00+00'::TIMESTAMPTZ)") == date(2026, 7, 1)  # summer time
    assert sql("local_date('2026-12-31 23:30:00+00'::TIMESTAMPTZ)") == date(2026, 12, 31)
