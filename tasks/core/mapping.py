"""What a vendor's mapping is made of: queries over its raw tables, and the functions they may call."""

import re
from dataclasses import dataclass

from tasks.core.currencies import ZERO_DECIMAL
from tasks.engines.bench import Workbench
from tasks.sources.fieldmap import FieldMap

CASTS = {
    "integer": "BIGINT",
    "number": "DECIMAL(18, 6)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "text": "VARCHAR",
    "instant": "TIMESTAMPTZ",
}


# What a core row says of the version of the record `v` that it is; the second where it is read from `v` alone.
STAMPS = "v._version, v._deleted, v._updated_at, v._extracted_at, v._hash"
VERSION = f"{STAMPS}, v._unreadable"


@dataclass(frozen=True)
class Mapping:
    """One core table from one vendor: a query giving its columns and `_version … _unreadable`."""

    table: str
    sql: str
    is_optional: bool = False  # a source whose field map lacks what it reads runs on without

    @property
    def reads(self) -> frozenset[str]:
        """The raw tables that the query reads."""
        return frozenset(re.findall(r"\{raw\}\.(\w+)", self.sql))


def value_table(fields: FieldMap, entity: str) -> str:
    """Where the values of an entity's custom fields are: a part of its own, else one table of all values."""
    own = f"{entity}_field_value"
    return own if own in fields.entities else "custom_field_value"


def custom(column: str, kind: str) -> str:
    """A custom field of the row's subject (alias `f`), as `kind`; null where it cannot be read."""
    return f"TRY_CAST(f.{column} AS {CASTS[kind]})"


def define_functions(connection: Workbench, zone: str) -> None:
    """Give a connection the functions that the mappings use.

    `half_even(n, d)`: n/d in whole units, ties to even (integers, d > 0). `to_minor(cents, currency, base)`: an
    amount counted in 1/base of the currency, in minor units. `number_to_minor(price, quantity, currency)`: a decimal
    price times a quantity, in minor units. `local_date(instant)`: its day in the reporting zone.
    `seconds_between(first, then)`: whole seconds from one instant to another.
    """
    zero_decimal = ", ".join(f"'{code}'" for code in sorted(ZERO_DECIMAL))
    for definition in (
        """half_even(n, d) AS (sign(n) * (abs(n) // d + CASE
            WHEN 2 * (abs(n) % d) > d THEN 1
            WHEN 2 * (abs(n) % d) = d AND (abs(n) // d) % 2 = 1 THEN 1 ELSE 0 END))::BIGINT""",
        f"minor_per_unit(currency) AS CASE WHEN currency IN ({zero_decimal}) THEN 1 ELSE 100 END",
        """to_minor(cents, currency, base) AS CASE WHEN base = minor_per_unit(currency) THEN cents
            ELSE half_even(cents::HUGEINT * minor_per_unit(currency), base) END""",
        """number_to_minor(price, quantity, currency) AS half_even(
            (price::DECIMAL(30, 6) * 1000000)::HUGEINT * (quantity::DECIMAL(30, 6) * 1000000)::HUGEINT
            * minor_per_unit(currency), 1000000000000)""",
        "seconds_between(first_at, then_at) AS (epoch_us(then_at) - epoch_us(first_at)) // 1000000",
        f"local_date(instant) AS (instant AT TIME ZONE '{zone}')::DATE",
    ):
        connection.execute(f"CREATE OR REPLACE MACRO {definition}")
