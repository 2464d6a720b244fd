"""The `baton` command: one thin module per noun."""
