"""Which tier works here: found out by starting a box in it, and remembered for as long as that can be true.

The tier landlock, which few need, is imported where it is needed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from grader import user_cache
from grader.box.protocol import Limits
from grader.box.sandbox import Walls
from grader.box.sandbox.bubblewrap import Bubblewrap, program
from grader.box.sandbox.bytecode import freshen
from grader.box.sandbox.interpreter import Interpreter, kit, this_interpreter
from grader.box.sandbox.limits import Limited
from grader.errors import CourseError
from grader.results import Tier

Canary: TypeAlias = Callable[[Interpreter], str]
PATIENCE = 20.0
"""Seconds that a box may take to start on a busy machine."""


class Fact(Struct, frozen=True):
    """One line of `grade doctor`: what is so, and what to do where that is not good."""

    title: str
    good: bool
    saying: str
    remedy: str = ""


def open_box(interpreter: Interpreter, limits: Limits, tier: Tier | None = None, *, as_root: bool = False) -> Walls:
    """Starts a box in `tier`, or in the strongest that works here. Raises CourseError when there is none."""
    freshen(tuple(kit().values()))
    wanted = tier or choose_tier(interpreter)
    if wanted == "full":
        bwrap = program()
        if bwrap is None:
            raise CourseError("the tier full needs bubblewrap", remedy="apt install bubblewrap", slug="no-bubblewrap")
        return Bubblewrap(bwrap, interpreter, limits)
    if wanted == "landlock":
        from grader.box.sandbox import landlock

        if reason := landlock.why_not():
            remedy = "use the tier full or limits; `grade doctor` says which of them works"
            raise CourseError(f"the tier landlock does not work here: {reason}", remedy=remedy, slug="no-such-tier")
        return landlock.Landlocked(interpreter, limits)
    return Limited(interpreter, limits, as_root=as_root)


def choose_tier(interpreter: Interpreter) -> Tier:
    """The strongest tier that works here. That one works is remembered on disk: for this boot, this bubblewrap, this
    interpreter. That one does not is asked anew each time, since it fails at once, and may have been mended."""
    canaries: list[tuple[Tier, Canary]] = [("full", why_not_full), ("landlock", why_not_landlock)]
    for tier, why_not in canaries:
        key = _key(tier, interpreter)
        if user_cache.recall(f"{tier}-works", key) is not None:
            return tier
        if not why_not(interpreter):
            user_cache.remember(f"{tier}-works", key)
            return tier
    return "limits"


def tier_for_marks(wanted: Tier | None, *, trusted: bool) -> Tier:
    """`wanted`, or the strongest tier that works here. Raises CourseError where it is too weak for marks on work of
    people one does not know, and they are not `trusted`."""
    tier = wanted or choose_tier(this_interpreter())
    if tier == "limits" and not trusted:
        raise CourseError(
            "the tier 'limits' lets an answer read your files, use your network and forge its marks",
            remedy="`grade doctor` says how to get a stronger one; or give --i-trust-these-submissions",
            slug="weak-tier",
        )
    return tier


def why_not_full(interpreter: Interpreter) -> str:
    """Empty when a box of the tier full starts and answers here; otherwise what stood in the way."""
    bwrap = program()
    if bwrap is None:
        return "bubblewrap is not installed"
    return _trial(Bubblewrap(bwrap, interpreter, Limits()))


def why_not_landlock(interpreter: Interpreter) -> str:
    """Empty when a box of the tier landlock starts, finds its own walls to hold, and answers."""
    from grader.box.sandbox import landlock

    return landlock.why_not() or _trial(landlock.Landlocked(interpreter, Limits()))


def _trial(walls: Walls) -> str:
    try:
        return "" if answers(walls) else walls.last_words() or "the box ended without a word"
    finally:
        walls.kill()


def answers(walls: Walls) -> bool:
    """Whether the box gets ready at all."""
    walls.control.settimeout(PATIENCE)
    with contextlib.suppress(OSError):
        return walls.control.recv(1) != b""
    return False


def doctor(interpreter: Interpreter) -> tuple[Fact, ...]:
    """What `grade doctor` says of the walls; runs the canary anew."""
    reason = why_not_full(interpreter)
    if not reason:
        return (Fact("sandbox", True, "full: bubblewrap works here"),)
    remedy = f"for the tier full: {_remedy(reason)}"
    weaker = why_not_landlock(interpreter)
    if weaker:
        saying = f"limits only, not good for marks: {reason}; {weaker}"
        return (Fact("sandbox", False, saying, remedy),)
    from grader.box.fence import abi
    from grader.box.sandbox import landlock

    lacks = [Fact("lacking", False, saying) for saying in landlock.lacking()]
    saying = f"landlock (ABI {abi()}), good for marks; the tier full does not work: {reason}"
    return (Fact("sandbox", False, saying, remedy), *lacks)


def _remedy(reason: str) -> str:
    if "not installed" in reason:
        return "apt install bubblewrap (or your system's package of that name)"
    if "permission" in reason.lower() or "not permitted" in reason.lower():
        return (
            "this system forbids user namespaces. On Ubuntu 24.04: load the AppArmor profile bwrap-userns-restrict, or"
            " sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0. In a container: grade outside of it"
        )
    return "run bwrap by hand to see more, and report it with the text above"


def _key(tier: Tier, interpreter: Interpreter) -> str:
    bwrap = program() or ""
    changed = os.stat(bwrap).st_mtime_ns if bwrap else 0
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return json.dumps([tier, boot, bwrap, changed, os.geteuid(), interpreter.executable, __file__])
