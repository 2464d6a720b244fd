"""The conformed tables, and how each vendor maps onto them."""
