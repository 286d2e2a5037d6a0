"""Which tier works here: found out by starting a box in it, and remembered for as long as that can be true."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from msgspec import Struct

from grader.box.protocol import Limits
from grader.box.sandbox import Walls
from grader.box.sandbox.bubblewrap import Bubblewrap, program
from grader.box.sandbox.bytecode import freshen
from grader.box.sandbox.interpreter import Interpreter, kit
from grader.box.sandbox.limits import Limited
from grader.errors import CourseError
from grader.results import Tier

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
    freshen(kit().values())
    wanted = tier or choose_tier(interpreter)
    if wanted == "full":
        bwrap = program()
        if bwrap is None:
            raise CourseError("the tier full needs bubblewrap", remedy="apt install bubblewrap", slug="no-bubblewrap")
        return Bubblewrap(bwrap, interpreter, limits)
    if wanted == "limits":
        return Limited(interpreter, limits, as_root=as_root)
    raise CourseError(f"the tier {wanted} is not built yet", remedy="use full or limits", slug="no-such-tier")


def choose_tier(interpreter: Interpreter) -> Tier:
    """The strongest tier that works here. That `full` works is remembered on disk: for this boot, this bubblewrap,
    this interpreter. That it does not is asked anew each time, since it fails at once, and may have been mended."""
    key = _key(interpreter)
    if _recall(key):
        return "full"
    if why_not_full(interpreter):
        return "limits"
    _remember(key)
    return "full"


def why_not_full(interpreter: Interpreter) -> str:
    """Empty when a box of the tier full starts and answers here; otherwise what stood in the way."""
    bwrap = program()
    if bwrap is None:
        return "bubblewrap is not installed"
    walls = Bubblewrap(bwrap, interpreter, Limits())
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
    saying = f"limits only: {reason}"
    return (Fact("sandbox", False, saying, _remedy(reason)),)


def _remedy(reason: str) -> str:
    if "not installed" in reason:
        return "apt install bubblewrap (or your system's package of that name)"
    if "permission" in reason.lower() or "not permitted" in reason.lower():
        return (
            "this system forbids user namespaces. On Ubuntu 24.04: load the AppArmor profile bwrap-userns-restrict, or"
            " sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0. In a container: grade outside of it"
        )
    return "run bwrap by hand to see more, and report it with the text above"


def _key(interpreter: Interpreter) -> str:
    bwrap = program() or ""
    changed = os.stat(bwrap).st_mtime_ns if bwrap else 0
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return json.dumps([boot, bwrap, changed, os.geteuid(), interpreter.executable, __file__])


def _memory() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "threadmark" / "full-works"


def _recall(key: str) -> bool:
    try:
        return _memory().read_text() == key
    except (OSError, ValueError):
        return False


def _remember(key: str) -> None:
    # Where it cannot be written, the next process asks again: slower, never wrong.
    with contextlib.suppress(OSError):
        _memory().parent.mkdir(parents=True, exist_ok=True)
        fresh = _memory().with_suffix(f".{os.getpid()}")
        fresh.write_text(key)
        fresh.replace(_memory())
