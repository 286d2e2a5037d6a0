"""What a container holds that was made just now is looked at, too, when that is printed, compared or gone over."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

LOOKS = (
    "str([d for d in ds])",
    "str(list(ds))",
    "repr(tuple(ds))",
    "f'{[d for d in ds]}'",
    "str(ds + [[5]])",
    "str([*map(len, [d for d in ds])])",
    "max(map(len, [d for d in ds]))",
    "list(map(sum, [d for d in ds]))",
    "str((0, list(ds)))",
    "[d for d in ds] == [[0], [0]]",
)


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_in_it_may_be_seen_before_and_after(look: str) -> None:
    body = f"ds, got = [[0], [0]], []\nboth(lambda: ds[0].append(1), lambda: got.append(str({look})))\nreturn got"
    seen, coverage = explored("", body)
    assert len(seen) == 2
    assert coverage.exhausted


@pytest.mark.parametrize(
    "look", ["str([n for n in xs])", "max([n for n in xs])", "sorted(list(xs))", "str([1, 2] + [3])"]
)
def test_of_numbers_nothing_more_is_told(look: str) -> None:
    seen, coverage = explored("", f"xs, got = [2, 3], []\nboth(lambda: {look}, lambda: {look})\nreturn 1")
    assert (seen, coverage.schedules, coverage.exhausted) == ([1], 1, True)
