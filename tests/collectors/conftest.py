"""What the tests of collectors share."""

from collections.abc import Iterator

import pytest

from tests.replay import Replay


@pytest.fixture
def replay() -> Iterator[Replay]:
    """A loopback server that answers; a test gives it its routes."""
    with Replay() as server:
        yield server
