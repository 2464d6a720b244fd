"""Schema `mart` and `ops.restatement` as Baton 0.1.0 made it.

Never run: a store without a version is at it already, and a new one is created from the declarations.
"""

revision = "0001"
down_revision = None
