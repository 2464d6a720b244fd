"""Settings of a table source: which of your tables, files or queries feed which core table, and how."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

Unit = Literal["amount", "hours", "minutes", "percent", "rate"]
FORMATS = ("csv", "parquet", "delta", "query")


class Section(BaseModel):
    """Settings that cannot change and know their keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paced(Section):
    """How far a source is read, and how much of it again."""

    lag_seconds: Annotated[int, Field(ge=0)] = 300  # rows newer than this may still be invisible
    overlap_seconds: Annotated[int, Field(ge=1)] = 600  # re-read this much before the cursor
    since: datetime = datetime(2006, 1, 1, tzinfo=UTC)  # the first window starts here


class TableColumn(Section):
    """Where a core column comes from: a column of yours, or one value for every row; a bare text is a column."""

    column: str = ""
    value: str | None = None
    unit: Unit | None = None  # what a number of yours counts, where it is not the core column's own unit
    of: str = ""  # the instance whose id this is; by default the source itself

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.column) == (self.value is not None):
            raise ValueError("set exactly one of column and value")
        return self


def _column(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


class FedTable(Section):
    """One table, file or query that feeds one core table."""

    feeds: str = ""  # the core table; by default the one of this table's own name
    csv: str = ""  # a file or a pattern (orders-*.csv), below the source's folder; so is
    parquet: str = ""
    delta: str = ""  # a folder, or an address (s3://…)
    query: str = ""  # SQL for the database at the source's url
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","  # of a CSV file
    key: tuple[str, ...] = ()  # your columns that tell rows apart; by default the one mapped to the core key
    columns: dict[str, Annotated[TableColumn, BeforeValidator(_column)]]
    cursor: str = ""  # your column that says when a row last changed; without one the table is read whole
    lag_days: Annotated[int, Field(ge=0)] = 3  # how late a row may appear with an old cursor: these days are read again
    deleted: str = ""  # your column that marks deleted rows; Fivetran's and Airbyte's are known

    @model_validator(mode="after")
    def _one_format(self) -> Self:
        if sum(bool(getattr(self, name)) for name in FORMATS) != 1:
            raise ValueError(f"set exactly one of {', '.join(FORMATS)}")
        return self


class TableSource(Paced):
    """Any tables of yours: files in a folder, Delta tables, or queries to one database."""

    vendor: Literal["table"]
    url: SecretStr = SecretStr("")  # a SQLAlchemy address; from the environment, since it holds a password
    folder: Path = Path()  # where relative files stand; itself relative to the project's root
    zone: str = "UTC"  # of times without an offset
    tables: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], FedTable]
