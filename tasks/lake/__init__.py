"""The lake: one append-only Delta table per (instance, entity), every version of every record as the source gave it."""
