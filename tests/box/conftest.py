"""One box for many tests. It is the tier that works here; where bubblewrap does not, tests of its walls are skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.box.parent import Box
from grader.box.protocol import Limits
from grader.box.sandbox.canary import why_not_full
from grader.box.sandbox.interpreter import this_interpreter


@pytest.fixture(scope="session")
def walls_stand() -> None:
    """Skips unless the tier full works on this machine."""
    reason = why_not_full(this_interpreter())
    if reason:
        pytest.skip(f"bubblewrap does not work here: {reason}")


@pytest.fixture(scope="module")
def box(walls_stand: None) -> Iterator[Box]:
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier="full") as opened:
        yield opened
