"""What a text says once spaces, case and punctuation are gone."""

from collections.abc import Sequence

import narwhals as nw

NOISE = r"[ \t\r\n.,;:!?/_()*#-]+"  # ASCII only, so that every language keeps its words


def plain(column: str) -> nw.Expr:
    """Small letters without spaces and punctuation; empty when there are none."""
    return nw.col(column).fill_null("").str.to_lowercase().str.replace_all(NOISE, "")


def says(plain_column: str, placeholders: Sequence[str]) -> nw.Expr:
    """Whether a plain text says something: it is neither empty nor one of the placeholders."""
    return (nw.col(plain_column) != "") & ~nw.col(plain_column).is_in(placeholders)
