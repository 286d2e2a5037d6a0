"""A few tries of each target of `fuzz`, from a seed that is fixed: what escapes is a fault of ours."""

from __future__ import annotations

import random

import pytest
from fuzz import TARGETS, tried

SEED = 20261121
COUNTS = {"frames": 3000, "archives": 400, "notebooks": 200}


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_at_random_are_accepted_or_refused(name: str) -> None:
    tried(TARGETS[name], COUNTS[name], SEED)


def test_a_fault_is_told_with_its_seed() -> None:
    def fails(chance: random.Random) -> None:
        if chance.random() < 0.1:
            raise KeyError("x")

    with pytest.raises(AssertionError, match=r"seed 7/\d+: KeyError: 'x'"):
        tried(fails, 100, 7)
