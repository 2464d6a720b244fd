from benchmarks import pull
from benchmarks.vendors import vendors

CASES = (
    pull.Case("kantata", "time_entry", 0, 450, 1),
    pull.Case("salesforce", "subscription", 0, 450, 1),
)


def test_the_contestants_read_every_record_from_memory_as_from_the_sandbox():
    """Each of them raises when it did not get all of them."""
    with vendors(450) as servers:
        for case in CASES:
            for _ in range(2):
                assert pull.bare_pages(case, servers) > 0
                assert pull.pulled(case, servers) > 0


def test_a_latency_is_waited_for_on_every_page():
    with vendors(450) as servers:
        servers.far_away(0.1)
        assert pull.bare_pages(CASES[0], servers) > 0.3  # three pages
