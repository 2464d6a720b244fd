"""The vocabulary of row rules: each word gives the SQL that finds the failing rows and what Great Expectations is told.

A rule speaks of one row. It fails only where its predicate is true: a null passes every rule but `required` and
`given_when`. Reasons name columns and remedies, never a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tasks.core.tables.shape import Table

Severity = Literal["warning", "blocking"]
REMEDY = "correct it in the source system"
OUR_FAULT = "the metric is wrong, not the data: tell its owner"


@dataclass(frozen=True)
class Expected:
    """A Great Expectations expectation: its type and its arguments."""

    type: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """What must hold for a row; `failing` is true exactly on the rows that break it.

    A blocking rule rejects the record's version, a warning notes it. `named` is SQL for the column names that a reason
    ends with, where only the row knows them. Without `expected`, Great Expectations is given `failing` itself.
    """

    name: str
    failing: str
    reason: str
    severity: Severity = "blocking"
    expected: Expected | None = None
    named: str = "''"


def required(column: str) -> Rule:
    """The column is given."""
    expected = Expected("expect_column_values_to_not_be_null", {"column": column})
    return Rule(f"{column} is given", f"{column} IS NULL", f"{column} is empty: {REMEDY}", expected=expected)


def one_of(column: str, values: tuple[str, ...]) -> Rule:
    """The column holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    expected = Expected("expect_column_values_to_be_in_set", {"column": column, "value_set": list(values)})
    reason = f"{column} is none of {', '.join(values)}: {REMEDY}, or map its value in the field map"
    return Rule(f"{column} is a known value", f"{column} NOT IN ({listed})", reason, expected=expected)


def between(column: str, low: Any, high: Any, severity: Severity = "blocking") -> Rule:
    """The column lies from `low` to `high`, both allowed; numbers, or dates as ISO text."""
    quote = "'" if isinstance(low, str) else ""
    failing = f"{column} NOT BETWEEN {quote}{low}{quote} AND {quote}{high}{quote}"
    arguments = {"column": column, "min_value": low, "max_value": high}
    reason = f"{column} is not between {low} and {high}: {REMEDY}"
    return Rule(
        f"{column} is between {low} and {high}",
        failing,
        reason,
        severity,
        Expected("expect_column_values_to_be_between", arguments),
    )


def not_negative(column: str, severity: Severity = "blocking") -> Rule:
    """The column is zero or more."""
    expected = Expected("expect_column_values_to_be_between", {"column": column, "min_value": 0})
    reason = f"{column} is negative: {REMEDY}"
    return Rule(f"{column} is not negative", f"{column} < 0", reason, severity, expected)


def positive(column: str, severity: Severity = "blocking") -> Rule:
    """The column is more than zero."""
    arguments = {"column": column, "min_value": 0, "strict_min": True}
    reason = f"{column} is zero or negative: {REMEDY}"
    return Rule(
        f"{column} is positive",
        f"{column} <= 0",
        reason,
        severity,
        Expected("expect_column_values_to_be_between", arguments),
    )


def not_zero(column: str, severity: Severity = "warning") -> Rule:
    """The column is not zero."""
    expected = Expected("expect_column_values_to_not_be_in_set", {"column": column, "value_set": [0]})
    return Rule(f"{column} is not zero", f"{column} = 0", f"{column} is zero: {REMEDY}", severity, expected)


def ordered(first: str, then: str, *, may_be_equal: bool = False, severity: Severity = "blocking") -> Rule:
    """`first` lies before `then`, or on it where that is allowed."""
    arguments = {
        "column_A": then,
        "column_B": first,
        "or_equal": may_be_equal,
        "ignore_row_if": "either_value_is_missing",
    }
    words = "not after" if may_be_equal else "before"
    return Rule(
        f"{first} is {words} {then}",
        f"{first} {'>' if may_be_equal else '>='} {then}",
        f"{first} is {'after' if may_be_equal else 'not before'} {then}: {REMEDY}",
        severity,
        Expected("expect_column_pair_values_a_to_be_greater_than_b", arguments),
    )


def given_when(column: str, when: str, words: str, severity: Severity = "warning") -> Rule:
    """The column is given wherever `when` (SQL) holds; `words` say when that is."""
    return Rule(
        f"{column} is given {words}", f"({when}) AND {column} IS NULL", f"{column} is empty {words}: {REMEDY}", severity
    )


def matches(column: str, pattern: str, kind: str, severity: Severity = "blocking") -> Rule:
    """The column matches a regular expression from start to end; `kind` says what such a value is."""
    failing = f"NOT regexp_full_match({column}, '{pattern}')"
    return Rule(f"{column} is {kind}", failing, f"{column} is not {kind}: {REMEDY}", severity)


def currency(column: str = "currency", severity: Severity = "blocking") -> Rule:
    """The column is a currency code of three capitals."""
    return matches(column, "[A-Z][A-Z][A-Z]", "a currency code", severity)


def first_of_month(column: str) -> Rule:
    """The column is the first day of a month."""
    return holds(f"{column} is the first day of a month", f"day({column}) = 1", REMEDY)


def holds(name: str, predicate: str, remedy: str, severity: Severity = "blocking") -> Rule:
    """`predicate` (SQL) holds; where it is null it is not judged."""
    return Rule(name, f"NOT ({predicate})", f"it does not hold that {name}: {remedy}", severity)


def readable(table: Table) -> Rule:
    """No value that feeds a number was unreadable in the source.

    An optional text or instant feeds none, so it may be lost; whatever else could not be read rejects the version,
    because its null would silently change a number. `_unreadable` may also name the vendor's fields.
    """
    harmless = [
        f"'{column.name}'" for column in table.columns if not column.required and column.kind in ("text", "instant")
    ]
    lost = f"list_filter(string_split(_unreadable, ','), x -> x NOT IN ({', '.join(harmless) or 'NULL::VARCHAR'}))"
    if not harmless:
        lost = "string_split(_unreadable, ',')"
    reason = "a value cannot be read as a number, date or yes/no: correct it in the source system; field: "
    return Rule(
        "values are readable",
        f"_unreadable IS NOT NULL AND array_length({lost}) > 0",
        reason,
        named=f"array_to_string({lost}, ', ')",
    )


def derived(table: Table) -> tuple[Rule, ...]:
    """The rules that the table's own definition states: required columns, known values, readable values."""
    needed = tuple(required(column.name) for column in table.columns if column.required)
    known = tuple(one_of(column.name, column.values) for column in table.columns if column.values)
    return (*needed, *known, readable(table))
