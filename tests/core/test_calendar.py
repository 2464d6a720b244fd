"""Which day a run measures, and the company's own CSV files."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from config.policy import policy
from tasks.core.calendar import exchange_rates, fill_fx_rates, fill_work_calendar, last_business_day
from tasks.core.mapping import define_functions
from tasks.errors import ConfigError


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 5, tzinfo=UTC), date(2026, 11, 20)),  # Monday morning: Friday
        (datetime(2026, 11, 24, 5, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 29, 5, tzinfo=UTC), date(2026, 12, 24)),  # Boxing Day is made up for on Monday the 28th
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 6, 30)),  # already 1 July in London
    ],
)
def test_the_last_complete_business_day(now, day):
    assert last_business_day(now, policy()) == day


def changed(**reporting):
    return policy().model_copy(update={"reporting": policy().reporting.model_copy(update=reporting)})


def test_a_missing_rates_file_says_which_key_to_set():
    with pytest.raises(ConfigError, match=r"reporting.fx_rates: no/such.csv does not exist"):
        exchange_rates(changed(fx_rates=Path("no/such.csv")))


def test_an_unreadable_rate_says_which_file(tmp_path):
    wrong = tmp_path / "rates.csv"
    wrong.write_text("month,currency,rate\n2026-01-01,EUR,dear\n")
    with pytest.raises(ConfigError, match=r"rates.csv .*fx_rates.* cannot be read"):
        exchange_rates(changed(fx_rates=wrong))


@pytest.fixture
def connection():
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'; CREATE SCHEMA versions")
    define_functions(connection, "Europe/London")
    trail = "_version BIGINT, _deleted BOOLEAN"
    connection.execute(
        "CREATE TABLE versions.fx_rate "
        f"(fx_rate_id VARCHAR, month DATE, currency VARCHAR, minor_rate_e8 BIGINT, {trail});"
        f"CREATE TABLE versions.work_calendar (day DATE, is_working BOOLEAN, workdays_before BIGINT, {trail});"
        "CREATE TABLE versions.subscription (start_date DATE); CREATE TABLE versions.plan_task (start_date DATE);"
        "CREATE TABLE versions.time_entry (work_date DATE)"
    )
    yield connection
    connection.close()


def test_rates_are_in_minor_units_of_both_currencies(connection, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("month,currency,rate\n2026-01-01,EUR,1.0843\n2026-01-01,JPY,0.0067\n")
    fill_fx_rates(connection, changed(fx_rates=rates))
    found = dict(connection.execute("SELECT currency, minor_rate_e8 FROM versions.fx_rate").fetchall())
    assert found == {"EUR": 108_430_000, "JPY": 67_000_000, "USD": 100_000_000}  # one yen is 0.67 cents


def test_the_calendar_counts_working_days_from_the_first_day_of_the_data(connection):
    connection.execute("INSERT INTO versions.time_entry VALUES ('2025-03-05')")
    fill_work_calendar(connection, policy(), date(2026, 11, 20))
    found = {
        day: (is_working, before)
        for day, is_working, before in connection.execute(
            "SELECT day, is_working, workdays_before FROM versions.work_calendar WHERE day <= '2025-01-06' "
        ).fetchall()
    }
    assert min(found) == date(2025, 1, 1)
    assert found[date(2025, 1, 1)] == (False, 0)  # a holiday
    assert found[date(2025, 1, 2)] == (True, 0)
    assert found[date(2025, 1, 6)] == (True, 2)  # Thursday and Friday came before; the weekend does not count
