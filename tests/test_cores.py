"""Processors for us: affinity, and the control groups of both versions, from made-up folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.cores import cores, quota


def test_the_processors_are_those_we_may_run_on() -> None:
    assert cores() == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores() >= 1


def made(folder: Path, own: str, bounds: dict[str, str]) -> float | None:
    (folder / "own").write_text(own)
    for name, text in bounds.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return quota(folder / "groups", folder / "own")


@pytest.mark.parametrize(
    ("own", "bounds", "wanted"),
    [
        ("0::/a/b\n", {"a/b/cpu.max": "50000 100000\n"}, 0.5),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "300000 200000\n"}, 1.5),
        ("0::/a/b\n", {"a/b/cpu.max": "200000 100000\n", "cpu.max": "100000 100000\n"}, 1.0),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n"}, None),
        ("4:cpu,cpuacct:/a\n0::/\n", {"cpu,cpuacct/a/cpu.cfs_quota_us": "25000\n"}, 0.25),
        (
            "1:cpu:/a\n",
            {"cpu/a/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_quota_us": "60000", "cpu/cpu.cfs_period_us": "50000"},
            1.2,
        ),
        ("1:cpu:/a\n0::/\n", {"cpu/a/cpu.cfs_quota_us": "-1\n"}, None),
        ("2:memory:/a\n", {"memory/a/cpu.cfs_quota_us": "10\n"}, None),
        ("", {}, None),
    ],
)
def test_the_smallest_bound_on_the_way_up_counts(
    tmp_path: Path, own: str, bounds: dict[str, str], wanted: float | None
) -> None:
    assert made(tmp_path, own, bounds) == wanted


def test_no_control_groups_are_no_bound(tmp_path: Path) -> None:
    assert quota(tmp_path / "none", tmp_path / "nothing") is None
