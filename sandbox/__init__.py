"""A pretend company with known answers and the APIs it lives in, for the demo and the tests."""
