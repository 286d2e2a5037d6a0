"""How many processors this process may use, which is not what the machine has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
UNLIMITED = ("max", "-1")


def cores() -> int:
    """The processors that this process may run on: never what `os.cpu_count` says, which counts the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quota(groups: Path = CGROUPS, own: Path = Path("/proc/self/cgroup")) -> float | None:
    """How many processors' time the control groups allow this process, for example 0.5; None where they set no bound.

    The smallest bound on the way up counts (cpu.max of version 2, cpu.cfs_quota_us of version 1).
    """
    bounds = [bound for folder in _folders(groups, own) if (bound := _bound(folder)) is not None]
    return min(bounds, default=None)


def _folders(groups: Path, own: Path) -> Iterator[Path]:
    """The process's own group and all above it, in each hierarchy that may bound its time."""
    for line in filter(None, _words(own, "\n")):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            roots = [groups, groups / "unified"]
        elif "cpu" in controllers.split(","):
            roots = [groups / controllers, groups / "cpu"]
        else:
            continue
        inside = Path(path.lstrip("/"))
        yield from (root / part for root in roots for part in (inside, *inside.parents))


def _bound(folder: Path) -> float | None:
    most, *period = _words(folder / "cpu.max") or _words(folder / "cpu.cfs_quota_us") or ["max"]
    if most in UNLIMITED:
        return None
    period = period or _words(folder / "cpu.cfs_period_us") or ["100000"]
    return int(most) / int(period[0])


def _words(path: Path, separator: str | None = None) -> list[str]:
    try:
        return path.read_text(encoding="ascii").strip().split(separator)
    except OSError:
        return []
