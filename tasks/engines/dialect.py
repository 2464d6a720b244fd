"""DuckDB's SQL in Spark's words: mappings and rules are written once, for DuckDB, and translated when Spark runs them.

sqlglot does most of it. Here is the rest: macros are written out, `schema.table` becomes one name (Spark's session
tables have no schema), values take the place of parameters, and a few functions get Spark's names. What differs in
meaning, and so must be avoided in a query: a cast of a fraction to BIGINT (DuckDB rounds, Spark cuts: say `round`),
`len` of a list (say `array_length`), a cast around `unnest`, and an alias that hides the column a QUALIFY means (say
whose column it is). A custom field's text in a spelling that only DuckDB reads (12.5 or 1e3 as a whole number,
2026/01/05 as a date) is unreadable on Spark: the row is held back, its number never changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

Parameters = Mapping[str, Any] | Sequence[Any]
Macros = Mapping[str, tuple[tuple[str, ...], exp.Expression]]


def parsed(query: str) -> exp.Expression:
    """One DuckDB statement as a tree."""
    return sqlglot.parse_one(query, read="duckdb")


def macro(statement: exp.Create) -> tuple[str, tuple[tuple[str, ...], exp.Expression]]:
    """The name, the parameters and the body of a `CREATE MACRO`."""
    signature = statement.this
    return signature.this.name.lower(), (tuple(one.name for one in signature.expressions), statement.expression)


def flat_name(table: exp.Table) -> str:
    """`schema.table` as one name."""
    return f"{table.db}__{table.name}" if table.db else table.name


def to_spark(tree: exp.Expression, macros: Macros, parameters: Parameters = ()) -> str:
    """A query as Spark SQL.

    Raises:
        sqlglot.errors.UnsupportedError: Spark has no word for something in it, where sqlglot knows that.
    """
    values = parameters if isinstance(parameters, Mapping) else iter(parameters)

    def rewritten(node: exp.Expression) -> exp.Expression:
        match node:
            case exp.Table() if node.db:
                return exp.table_(flat_name(node), alias=node.alias_or_name)
            case exp.DataType() if node.this == exp.DataType.Type.INT128:
                return exp.DataType.build("DECIMAL(38, 0)")
            case exp.DayOfWeekIso():  # sqlglot 30 counts from the wrong day
                return exp.paren(exp.func("weekday", node.this) + 1)
            case exp.Placeholder():
                return exp.convert(values[node.name] if isinstance(values, Mapping) else next(values))
            case exp.Anonymous() if node.name.lower() in macros:
                return _written_out(node, macros).transform(rewritten)
            case exp.Anonymous() if node.name.lower() == "epoch_us":
                return exp.func("unix_micros", *node.expressions)
            case exp.RegexpFullMatch():
                return exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^(?:{node.expression.name})$"))
        return node

    return str(tree.transform(rewritten).sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE))


def _written_out(call: exp.Anonymous, macros: Macros) -> exp.Expression:
    """A macro's body with the arguments in place of its parameters."""
    names, body = macros[call.name.lower()]
    given = dict(zip(names, call.expressions, strict=True))

    def put(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and not node.table and node.name in given:
            return exp.paren(given[node.name].copy())
        return node

    return exp.paren(body.transform(put))
