"""What is measured: each metric a pure function over lazy frames, in one module; `catalogue` lists them."""
