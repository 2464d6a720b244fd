"""What the night makes of the states of its parts."""

import pytest
from prefect.states import Completed, Failed, State

from flows.nightly import has_pulled


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Completed(data=3), True),
        (Completed(data=0), False),
        (Completed(), True),  # the server was busy and gave the state back without the number
        (Failed(data=2), True),
        (Failed(data=0), False),
        (Failed(message="the flow itself broke"), False),
    ],
)
def test_whether_a_source_was_pulled(state: State, expected: bool):
    assert has_pulled(state) is expected
