from benchmarks.nightly import covered


def test_what_runs_at_once_is_counted_once():
    """1 to 5 by two that overlap, one of them inside; 7 to 8 alone."""
    assert covered([(7.0, 8.0), (1.0, 4.0), (2.0, 3.0), (3.5, 5.0)]) == 5.0
