"""The part of SOQL the sandbox speaks: SELECT … FROM … WHERE a AND b ORDER BY … LIMIT …, and SELECT COUNT()."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

TOKEN = re.compile(
    r"(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z]\w*)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),])"
)


class SoqlError(Exception):
    """A query Salesforce would refuse: its error code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Token:
    """A word of the query and where it stands (from 0)."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Condition:
    """`field operator values`; more than one value for IN only."""

    field: Token
    operator: str
    values: tuple[Token, ...]


@dataclass(frozen=True)
class Query:
    """A parsed query; no fields means COUNT()."""

    text: str
    fields: tuple[Token, ...]
    object: Token
    conditions: tuple[Condition, ...]
    order: tuple[tuple[Token, bool], ...]  # field, descending
    limit: int | None

    def refuse(self, code: str, token: Token, message: str) -> NoReturn:
        """Raise the error with the pointer into the query that Salesforce adds."""
        _refuse(self.text, code, token.at, message)


def _refuse(text: str, code: str, at: int, message: str) -> NoReturn:
    raise SoqlError(code, f"\n{text}\n{' ' * at}^\nERROR at Row:1:Column:{at + 1}\n{message}")


def tokens(text: str) -> list[Token]:
    """The words of a query, an end mark last.

    Raises:
        SoqlError: a character that no word starts with.
    """
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match:
            found.append(Token(str(match.lastgroup), match.group(), at))
        elif not text[at].isspace():
            _refuse(text, "MALFORMED_QUERY", at, f"line 1:{at} no viable alternative at character '{text[at]}'")
        at = match.end() if match else at + 1
    return [*found, Token("end", "<EOF>", len(text))]


class Reader:
    """Reads a query word by word."""

    def __init__(self, text: str) -> None:
        self.text, self.left = text, tokens(text)

    def take(self, *expected: str) -> Token:
        """The next word, which must be of one of the kinds or be one of the words expected."""
        token = self.left[0]
        if token.kind not in expected and token.text.upper() not in expected:
            _refuse(self.text, "MALFORMED_QUERY", token.at, f"unexpected token: '{token.text}'")
        if token.kind != "end":
            self.left.pop(0)
        return token

    def skip(self, *words: str) -> bool:
        """Whether these words come next; takes them if so."""
        is_next = [token.text.upper() for token in self.left[: len(words)]] == list(words)
        if is_next:
            del self.left[: len(words)]
        return is_next

    def list_of(self, read: Callable[[], Any]) -> tuple[Any, ...]:
        """One or more, separated by commas."""
        found = [read()]
        while self.skip(","):
            found.append(read())
        return tuple(found)

    def value(self) -> Token:
        """A literal."""
        return self.take("text", "datetime", "date", "number", "TRUE", "FALSE", "NULL")

    def condition(self) -> Condition:
        """`field operator value`, `field IN (…)` or `field NOT IN (…)`."""
        field = self.take("word")
        is_not = self.skip("NOT", "IN")
        if is_not or self.skip("IN"):
            self.take("(")
            values = self.list_of(self.value)
            self.take(")")
            return Condition(field, "NOT IN" if is_not else "IN", values)
        sign = self.take("=", "!=", "<>", "<", "<=", ">", ">=").text
        return Condition(field, "!=" if sign == "<>" else sign, (self.value(),))

    def ordering(self) -> tuple[Token, bool]:
        """`field [ASC|DESC]`."""
        field = self.take("word")
        is_descending = self.skip("DESC")
        if not is_descending:
            self.skip("ASC")
        return field, is_descending


def parse(text: str) -> Query:
    """A query of the subset.

    Raises:
        SoqlError: MALFORMED_QUERY with Salesforce's pointer.
    """
    reader = Reader(text)
    reader.take("SELECT")
    is_count = reader.skip("COUNT", "(", ")")
    fields = () if is_count else reader.list_of(lambda: reader.take("word"))
    reader.take("FROM")
    kind = reader.take("word")
    conditions: list[Condition] = []
    if reader.skip("WHERE"):
        conditions.append(reader.condition())
        while reader.skip("AND"):
            conditions.append(reader.condition())
    order = reader.list_of(reader.ordering) if reader.skip("ORDER", "BY") else ()
    limit = int(reader.take("number").text) if reader.skip("LIMIT") else None
    reader.take("end")
    return Query(text, fields, kind, tuple(conditions), order, limit)
