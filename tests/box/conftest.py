"""One box for many tests. It is the tier that works here; where bubblewrap does not, tests of its walls are skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from boxes import need_full

from grader.box.parent import Box
from grader.box.protocol import Limits


@pytest.fixture(scope="session")
def walls_stand() -> None:
    """For tests of the tier full."""
    need_full()


@pytest.fixture(scope="module")
def box(walls_stand: None) -> Iterator[Box]:
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="full") as opened:
        yield opened
