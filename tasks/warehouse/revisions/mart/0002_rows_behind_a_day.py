"""How many rows a published day rests on, and how many were held back: readers of the marts cannot see `ops`."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade(schema: str | None) -> None:
    """Days published before keep no counts."""
    for name, meaning in (("rows_read", "core rows known that day"), ("rows_held", "of them held back by a check")):
        column = sa.Column(name, sa.BigInteger, comment=f"{meaning}; null before it was noted")
        op.add_column("mart_build", column, schema=schema)
