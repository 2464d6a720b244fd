"""The company's own tables: exchange rates, working days; and which business day a run measures."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from config.policy import ROOT, Policy
from tasks.engines.bench import Workbench
from tasks.errors import ConfigError

WEEKEND = (5, 6)


def _csv(path: Path, key: str, columns: dict[str, str]) -> pa.Table:
    """A small CSV file with exactly `columns` (name -> SQL type).

    Raises:
        ConfigError: the file is missing, or a column or a value does not fit; the message names file and policy key.
    """
    full = ROOT / path
    if not full.exists():
        raise ConfigError(
            f"policy.yaml reporting.{key}: {path} does not exist; give a CSV with the columns {', '.join(columns)}."
        )
    try:
        with duckdb.connect() as connection:
            return connection.read_csv(str(full), header=True, columns=columns).to_arrow_table()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"{path} (policy.yaml reporting.{key}) cannot be read: {reason} It needs {', '.join(columns)}."
        ) from None


def holidays(policy: Policy) -> frozenset[date]:
    """The days not worked beside weekends, from the policy's CSV."""
    return frozenset(_holidays(policy)["day"].to_pylist())


def _holidays(policy: Policy) -> pa.Table:
    return _csv(policy.reporting.holidays, "holidays", {"day": "DATE", "name": "VARCHAR"})


def last_business_day(now: datetime, policy: Policy) -> date:
    """The last complete working day in the reporting zone at `now`."""
    closed = holidays(policy)
    day = now.astimezone(policy.reporting.zone).date() - timedelta(days=1)
    while day.weekday() in WEEKEND or day in closed:
        day -= timedelta(days=1)
    return day


def exchange_rates(policy: Policy) -> pa.Table:
    """The policy's CSV of monthly rates: month, currency, reporting units for one unit of the currency."""
    return _csv(
        policy.reporting.fx_rates, "fx_rates", {"month": "DATE", "currency": "VARCHAR", "rate": "DECIMAL(18, 8)"}
    )


def fill_fx_rates(connection: Workbench, policy: Policy) -> None:
    """Add the policy's CSV to `versions.fx_rate`: reporting minor units for 10^8 of a currency's.

    A month's rate that a table source gave stands in place of the CSV's.
    """
    connection.register("fx_csv", exchange_rates(policy))
    connection.execute(
        """
        INSERT INTO versions.fx_rate BY NAME
        SELECT month || ':' || currency AS fx_rate_id, date_trunc('month', month)::DATE AS month, currency,
               half_even(
                   (rate::DECIMAL(29, 8) * 100000000)::HUGEINT * minor_per_unit($reporting), minor_per_unit(currency)
               ) AS minor_rate_e8,
               1 AS _version, false AS _deleted
        FROM (FROM fx_csv UNION SELECT DISTINCT month, $reporting, 1 FROM fx_csv
              UNION SELECT DISTINCT month, $reporting, 1 FROM versions.fx_rate WHERE month IS NOT NULL)
        WHERE month || ':' || currency NOT IN (
            SELECT month || ':' || currency FROM versions.fx_rate WHERE month IS NOT NULL AND currency IS NOT NULL)
        """,
        {"reporting": policy.reporting.currency},
    )
    connection.unregister("fx_csv")


def fill_work_calendar(connection: Workbench, policy: Policy, as_of: date) -> None:
    """Fill `versions.work_calendar`: whole years, from the first day core speaks of to six years past `as_of`.

    What a table source says of a day stands in place of weekends and the policy's holidays.
    """
    connection.register("holiday_csv", _holidays(policy))
    connection.execute(
        """
        INSERT INTO versions.work_calendar BY NAME
        WITH first AS (
            SELECT min(day) AS day FROM (
                SELECT min(start_date) AS day FROM versions.subscription UNION ALL
                SELECT min(start_date) FROM versions.plan_task UNION ALL
                SELECT min(work_date) FROM versions.time_entry UNION ALL
                SELECT $as_of::DATE)
        ),
        days AS (
            SELECT unnest(generate_series(date_trunc('year', greatest(day, DATE '1990-01-01')),
                                          make_date(year($as_of::DATE) + 6, 12, 31), INTERVAL 1 DAY)) AS midnight
            FROM first
        ),
        fed AS (
            SELECT day, max(_version) AS newest,
                   arg_max(is_working, _version) FILTER (NOT _deleted AND is_working IS NOT NULL) AS is_working
            FROM versions.work_calendar GROUP BY day
        ),
        marked AS (
            SELECT midnight::DATE AS day, coalesce(fed.newest, 0) AS before,
                   coalesce(fed.is_working, isodow(midnight) < 6
                       AND midnight::DATE NOT IN (SELECT day FROM holiday_csv)) AS is_working
            FROM days LEFT JOIN fed ON fed.day = midnight::DATE)
        SELECT day, is_working,
               (sum(is_working::INTEGER) OVER (ORDER BY day) - is_working::INTEGER)::BIGINT AS workdays_before,
               before + 1 AS _version, false AS _deleted
        FROM marked
        """,
        {"as_of": as_of},
    )
    connection.unregister("holiday_csv")
