"""Which records a SOQL query finds, compared and refused as Salesforce does."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any, TypeVar

from sandbox.soql import Condition, Query, SoqlError, Token

NUMBERS = ("int", "long", "double", "currency", "percent")
ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
Record = Mapping[str, Any]
Row = TypeVar("Row", bound=Record)
Types = Mapping[str, str]


def select(query: Query, records: Sequence[Row], types: Types) -> tuple[list[str], list[Row]]:
    """The names of the fields asked for and the records that match, in order; `types` is field name to type.

    Raises:
        SoqlError: INVALID_FIELD: a field is not there or a value is not of its type.
    """
    known = {name.lower(): name for name in types}
    names = [_name(query, token, known) for token in query.fields]
    if len(set(names)) < len(names):
        raise SoqlError("INVALID_FIELD", f"duplicate field selected: {next(n for n in names if names.count(n) > 1)}")
    tests = [_test(query, condition, known, types) for condition in query.conditions]
    found = [record for record in records if all(test(record) for test in tests)]
    for token, is_descending in reversed(query.order):
        name = _name(query, token, known)
        found.sort(key=_order_key(name, types[name]), reverse=is_descending)
    return names, found if query.limit is None else found[: query.limit]


def _name(query: Query, token: Token, known: Mapping[str, str]) -> str:
    if token.text.lower() not in known:
        query.refuse(
            "INVALID_FIELD",
            token,
            f"No such column '{token.text}' on entity '{query.object.text}'. If you are attempting to use a custom "
            "field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the "
            "describe call for the appropriate names.",
        )
    return known[token.text.lower()]


def _order_key(name: str, kind: str) -> Callable[[Record], Any]:
    def key(record: Record) -> Any:
        value = record.get(name)
        return (value is not None, comparable(kind, value) if value is not None else 0)

    return key


def comparable(kind: str, value: Any) -> Any:
    """A field's value as Salesforce compares it: text without case, ids by their first 15 characters."""
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind in ("id", "reference"):
        return value[:15]
    return value.casefold() if isinstance(value, str) and kind != "date" else value


def _literal(query: Query, field: Token, kind: str, token: Token) -> Any:
    if token.text.upper() == "NULL":
        return None
    if kind in ("datetime", "date", "boolean") or kind in NUMBERS:
        wanted = "number" if kind in NUMBERS else "word" if kind == "boolean" else kind
        named, quoted = ("dateTime" if kind == "datetime" else kind), "should not be enclosed in quotes"
    else:
        wanted, named, quoted = "text", "string", "should be enclosed in quotes"
    if token.kind != wanted:
        query.refuse(
            "INVALID_FIELD",
            token,
            f"value of filter criterion for field '{field.text}' must be of type {named} and {quoted}",
        )
    if kind == "boolean":
        return token.text.upper() == "TRUE"
    if kind in NUMBERS:
        return float(token.text)
    return comparable(kind, re.sub(r"\\(.)", r"\1", token.text[1:-1]) if wanted == "text" else token.text)


def _test(query: Query, condition: Condition, known: Mapping[str, str], types: Types) -> Callable[[Record], bool]:
    name = _name(query, condition.field, known)
    kind = types[name]
    values = [_literal(query, condition.field, kind, token) for token in condition.values]
    compare = ORDERED.get(condition.operator)
    is_wanted = condition.operator in ("=", "IN")

    def test(record: Record) -> bool:
        value = record.get(name)
        value = None if value is None else comparable(kind, value)
        if compare:
            return value is not None and values[0] is not None and compare(value, values[0])
        return (value in values) is is_wanted

    return test
