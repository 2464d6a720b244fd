"""How long each pull took; and the quarantine of a day is found without reading that of every night."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade(schema: str | None) -> None:
    """Pulls made before keep no duration."""
    seconds = sa.Column("seconds", sa.Double, comment="how long it took, waiting included; null before it was noted")
    op.add_column("pull", seconds, schema=schema)
    op.create_index("ix_ops_quarantine_as_of", "quarantine", ["as_of"], schema=schema)
