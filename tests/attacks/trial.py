"""Grades one hostile submission in a process of a pool, and tells what came of it. Trusted; imports no answer."""

from __future__ import annotations

import random
import select
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import census
from attack import Attack
from boxes import SCENARIO, exploring, running, seen
from handed_in import MARKER
from msgspec.structs import replace
from submissions import ATTACKS
from victim import Victim

from grader.box.parent import Box
from grader.box.protocol import ExploreJob, Limits, Preflight, RunJob
from grader.errors import BoxError, SubmissionError
from grader.results import Tier
from grader.submissions import read

MODULE = "solution.py"
QUICK = Limits(
    seconds=1.0, patience=1, processes=32, tasks=64, scratch=8 << 20, memory=256 << 20, memory_in_all=512 << 20
)
PATIENT = Limits(seconds=60)
START = 60.0
CALLS = 20
"""How often an answer is called that may be right now and then."""
MANY = f"def ask(answer):\n    return [answer.f() for _ in range({CALLS})]\n"
DRAWN = "def ask(answer, numbers):\n    return [answer.f(n) for n in numbers]\n"


class Asked(NamedTuple):
    way: str
    passed: bool
    seconds: float
    limit: float
    """What the answer had, by the clock of whoever asked."""


class Came(NamedTuple):
    """What came of it."""

    asked: tuple[Asked, ...] = ()
    refused: str = ""
    did: tuple[str, ...] = ()
    """What it achieved, and whom it hurt."""
    left: tuple[str, ...] = ()
    """What was there afterwards and not before."""


def trial(name: str, tier: Tier) -> Came:
    """All ways of asking the submission of that name, and a count before and after."""
    attack = ATTACKS[name]
    if tier != "full":
        # The ways differ in what of the engine they meet, which is the same behind any walls.
        attack = attack._replace(ways=attack.ways[-1:])
    with census.own_users() as users, census.own_folder() as folder:
        before = census.take(users)
        came = _machine(attack, tier) if attack.ways == ("machine",) else _submitted(attack, tier, folder)
        came = came._replace(did=(*came.did, *((MARKER,) if Path(MARKER).exists() else ())))
        left = census.take(users).left_since(before)
        _sweep(users)
        return came._replace(left=tuple(left))


def _submitted(attack: Attack, tier: Tier, folder: Path) -> Came:
    try:
        files = _read(attack, folder)
    except SubmissionError as error:
        return Came(refused=error.slug)
    limits = PATIENT if attack.passes else QUICK
    if attack.ways[0] in SEVERAL:
        return Came(asked=SEVERAL[attack.ways[0]](files, tier))
    with Box(files, "solution", limits, tier=tier) as box:
        return Came(asked=tuple(_asked(box, way, limits) for way in attack.ways))


def _read(attack: Attack, folder: Path) -> dict[str, str]:
    """The files of the answer. What was handed in is gone again, and whatever else was made lies there still."""
    if not callable(attack.submission):
        return dict(attack.submission)
    handed_in = folder / "handed-in"
    handed_in.mkdir()
    path = attack.submission(handed_in)
    laid = sorted(handed_in.rglob("*"), reverse=True)
    try:
        return dict(read(path, MODULE).files)
    finally:
        for each in laid:
            each.rmdir() if each.is_dir() and not each.is_symlink() else each.unlink()
        with suppress(OSError):
            handed_in.rmdir()


def _asked(box: Box, way: str, limits: Limits) -> Asked:
    seconds = limits.seconds
    _until_ready(box)
    began = time.monotonic()
    try:
        passed = WAYS[way](box, seconds)
    except BoxError:
        passed = False
    return Asked(way, passed, time.monotonic() - began, seconds)


def _until_ready(box: Box) -> None:
    """An attack shall have its time, and not spend it on the start of a box on a busy machine."""
    walls: Any = box._open().walls
    select.select([walls.control], [], [], START)


def is_right(value: object) -> bool:
    return type(value) is int and value == 42


def _explore(box: Box, seconds: float) -> bool:
    """The verdict of a check that explores: every outcome is right, and there is one."""
    outcomes = seen(box, exploring())
    return bool(outcomes) and all(outcome.ending == "done" and is_right(outcome.value) for outcome in outcomes)


def _run(box: Box, seconds: float) -> bool:
    """The verdict of a check that runs real processes."""
    return _returns(box, running(seconds=seconds), is_right)


def _run_often(box: Box, seconds: float) -> bool:
    return _returns(box, running(MANY, seconds=seconds), lambda value: value == [42] * CALLS)


def _run_drawn(box: Box, seconds: float) -> bool:
    numbers = [random.Random(7).randrange(10**9) for _ in range(CALLS)]
    doubled = [2 * number for number in numbers]
    return _returns(box, running(DRAWN, seconds=seconds, numbers=numbers), lambda value: value == doubled)


def _returns(box: Box, job: RunJob, right: Callable[[object], bool]) -> bool:
    ran = box.run(job)
    return ran.ending == "returned" and right(ran.value)


def _sleep(box: Box, seconds: float) -> bool:
    """Three virtual seconds pass, and nobody spins meanwhile."""
    spans: list[object] = []
    job: ExploreJob = replace(exploring(), clock="exact")
    coverage = box.explore(job, lambda outcome: not spans.append((outcome.ending, outcome.makespan)))
    return spans == [("done", 3.0)] and not coverage.spins


def _preflight(box: Box, seconds: float) -> bool:
    """Not a verdict: an answer that gets this far has yet to be asked."""
    return box.preflight(Preflight(required=("g",), seconds=0.5)).problem is None


WAYS: dict[str, Callable[[Box, float], bool]] = {
    "explore": _explore,
    "run": _run,
    "run often": _run_often,
    "run with numbers drawn": _run_drawn,
    "sleep": _sleep,
    "preflight": _preflight,
}


def _one_after_the_other(files: dict[str, str], tier: Tier) -> tuple[Asked, ...]:
    told = []
    for _ in range(2):
        with Box(files, "solution", QUICK, tier=tier) as box:
            told.append(_asked(box, "run", QUICK))
    return tuple(told)


def _side_by_side(files: dict[str, str], tier: Tier) -> tuple[Asked, ...]:
    with Box(files, "solution", QUICK, tier=tier) as one, Box(files, "solution", QUICK, tier=tier) as other:
        return tuple(_asked(box, "run", QUICK) for box in (one, other))


SEVERAL: dict[str, Callable[[dict[str, str], Tier], tuple[Asked, ...]]] = {
    "one after the other": _one_after_the_other,
    "side by side": _side_by_side,
}
"""Ways that take more than one box."""


def _machine(attack: Attack, tier: Tier) -> Came:
    """Told where everything lies; what it returns is what it achieved."""
    files: Any = attack.submission
    with census.own_folder() as folder, Victim(folder / "victim") as victim:
        with Box(files, "solution", QUICK, tier=tier) as box:
            _until_ready(box)
            began = time.monotonic()
            did = _achieved(box, victim.given())
        seconds = time.monotonic() - began
        return Came((Asked("machine", False, seconds, QUICK.seconds),), did=(*did, *victim.hurt()))


def _achieved(box: Box, given: dict[str, Any]) -> list[str]:
    try:
        ran = box.run(running(SCENARIO, seconds=QUICK.seconds, **given))
    except BoxError:
        return []
    return list(map(str, ran.value)) if ran.ending == "returned" and isinstance(ran.value, list) else []


def _sweep(users: set[int]) -> None:
    """What has been told as left shall not be told of the next one too."""
    for name in census.take(users).shared:
        with suppress(OSError):
            Path("/dev/shm", name).unlink()
