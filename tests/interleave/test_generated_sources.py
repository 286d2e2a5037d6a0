"""Generated Python programs: DPOR over the real engine sees what a walk through every choice sees."""

from __future__ import annotations

from generated_sources import differs


def test_dpor_sees_every_outcome_of_generated_programs():
    said = {seed: differs(seed) for seed in range(30)}
    assert {seed: why for seed, why in said.items() if why} == {}
    assert any(why == "" for why in said.values())
