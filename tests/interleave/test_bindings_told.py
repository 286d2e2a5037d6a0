"""Variables, patterns and slices: what binding and reading them is, step by step, so that no order is missed."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

SLICES = {
    "added to": ("row[:] += f()", [[1, 0, 0], [1, 0]]),
    "a part added to": ("row[0:9] += f()", [[1, 0, 0], [1, 0]]),
}


@pytest.mark.parametrize(("work", "outcomes"), SLICES.values(), ids=SLICES)
def test_a_slice_is_read_then_written(work: str, outcomes: list[object]) -> None:
    seen, coverage = explored("def f(): return [0]", f"row = [1]\ndef w(): {work}\nboth(w, w)\nreturn row")
    assert [one for place, one in enumerate(seen) if one not in seen[:place]] == outcomes
    assert coverage.exhausted
