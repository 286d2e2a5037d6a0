"""What the box's own processes do to themselves in the tier landlock: three calls of the kernel, by ctypes.

The zygote encloses itself: from then on no file outside of the fence can be opened, by it or by any process that comes
of it, and no signal and no debugger reaches out of it. Each job then seals itself: a second fence within the first, so
that it cannot reach the zygote either, and the filter of system calls.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterator

from grader.box.protocol import Fence
from grader.box.seccomp import INSTALLING

LEAST_ABI = 3
"""Linux 6.2. Before it, files outside of the fence can be emptied (truncate)."""
TCP_ABI, DEVICE_ABI, SCOPE_ABI = 4, 5, 6

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_FOR_ABI, _BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8
_MAKE_DEVICE = 1 << 6 | 1 << 11
_REFER = 1 << 13
"""Moving between folders: every fence that does not allow it denies it."""
_TRUNCATE, _DEVICE = 1 << 14, 1 << 15
_FILES = (1 << 15) - 1
"""Every right on files that there is in the least ABI."""
_TCP = 0b11
_SCOPES = 0b11
"""Abstract sockets and signals."""
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

_READING = _EXECUTE | _READ_FILE | _READ_DIR
_SCRATCH = _FILES & ~_MAKE_DEVICE
_SHARED_MEMORY = _READ_FILE | _WRITE_FILE | _TRUNCATE | _MAKE_REG | _REMOVE_FILE | _READ_DIR
"""Plain files, and nothing that the zygote could be led astray with when it opens them."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_SET_KEEP_CAPABILITIES, _AMBIENT = 8, 47
_RAISE, _SEARCH = 2, 2
_FILTER = 1
_SHOWING = 1 << 3 | 1 << 5
"""The filter shows calls; who has been seen waiting can only be killed, not interrupted."""
_CAPABILITY_VERSION = 0x20080522


def abi() -> int:
    """The kernel's version of Landlock; 0 where there is none, or it is switched off."""
    try:
        return _call(_CREATE, None, 0, _ASK_FOR_ABI)
    except OSError:
        return 0


def rules(fence: Fence) -> int:
    """A descriptor of the fence's rules. While we are still who we were: the paths must be open to us."""
    handled = _FILES | (_DEVICE if fence.abi >= DEVICE_ABI else 0)
    ruleset = _create(handled, _TCP if fence.abi >= TCP_ABI else 0, _SCOPES if fence.abi >= SCOPE_ABI else 0)
    for path, rights in _rights(fence):
        _allow(ruleset, path, rights)
    return ruleset


def _rights(fence: Fence) -> Iterator[tuple[str, int]]:
    yield from ((path, _READING) for path in (*fence.read, "/proc"))
    yield from ((path, _READ_FILE | _WRITE_FILE | _TRUNCATE) for path in _DEVICES)
    yield fence.shared, _SHARED_MEMORY
    yield fence.scratch, _SCRATCH


def enclose(ruleset: int) -> None:
    """From here on the rules hold, for this process and all that come of it. Raises OSError when they do not."""
    _call(_RESTRICT, ruleset, 0)
    os.close(ruleset)
    try:
        os.listdir("/")
    except PermissionError:
        return
    raise OSError("Landlock took the rules, and they do not hold")


def seal(program: bytes, fence: Fence) -> int:
    """For a job: keeps off the zygote, and installs the filter `program`. Returns where that shows calls."""
    if fence.abi >= SCOPE_ABI:
        ruleset = _create(_REFER, 0, _SCOPES)
        _allow(ruleset, fence.scratch, _REFER)
        _call(_RESTRICT, ruleset, 0)
        os.close(ruleset)
    code = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return _call(INSTALLING[platform.machine()], _FILTER, _SHOWING, told)


def keep_search() -> None:
    """Before root becomes another user: that user may still pass through folders that are closed to it."""
    _prctl(_SET_KEEP_CAPABILITIES, 1)


def search_only() -> None:
    """After it: of all that root may do, this alone is left, and left to the interpreters that are started later."""
    one = 1 << _SEARCH
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    sets = struct.pack("6I", one, one, one, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_AMBIENT, _RAISE, _SEARCH)


def _create(files: int, tcp: int, scopes: int) -> int:
    """Older kernels know a shorter structure: what they do not know is zero, and not sent."""
    attributes = struct.pack("QQQ", files, tcp, scopes)
    size = 24 if scopes else 16 if tcp else 8
    return _call(_CREATE, attributes[:size], size, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _OF_A_FILE
        _call(_ADD, ruleset, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: int | bytes | None) -> int:
    made = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    answer: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *made)
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return answer


def _prctl(option: int, *arguments: int) -> None:
    made = [ctypes.c_ulong(each) for each in arguments]
    filled = [*made, *[ctypes.c_ulong(0)] * (4 - len(made))]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *filled) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")
