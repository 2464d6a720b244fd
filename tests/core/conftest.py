"""What the tests of conformed rows share: the company pulled from every system, once."""

import pytest

from tests.core.pairs import Everywhere, Marts, measured, pulled_everywhere


@pytest.fixture(scope="session")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Everywhere:
    """The company in every system."""
    return pulled_everywhere(tmp_path_factory.mktemp("everywhere"))


@pytest.fixture(scope="session")
def pairs(everywhere: Everywhere) -> dict[str, Marts]:
    """What the marts of the last day say by each pair of systems."""
    return {psa: measured(everywhere, crm, psa) for crm, psa in PAIRS}


PAIRS = (("salesforce", "kantata"), ("hubspot", "rocketlane"), ("salesforce", "certinia"))
