"""The filter of system calls: asked of code in a real box, and interpreted for the processors that are not here."""

from __future__ import annotations

import errno
import platform
import struct

import pytest
from boxes import give, running

from grader.box import rights, seccomp
from grader.box.parent import Box

ALLOWED, REFUSED = 0x7FFF0000, 0x00050000
CALL = """
import ctypes

def f(number, first, second):
    libc = ctypes.CDLL(None, use_errno=True)
    value = libc.syscall(number, ctypes.c_ulong(first), ctypes.c_ulong(second), 0, 0, 0)
    return ctypes.get_errno() if value < 0 else "done"
"""


def verdict(program: bytes, machine: int, number: int, arguments: tuple[int, int] = (0, 0)) -> int:
    """What the kernel would answer: a small interpreter of the six instructions in use."""
    data = struct.pack("=IIQQQ", number, machine, 0, *arguments)
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = held = 0
    while True:
        operation, if_so, if_not, value = code[at]
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            held, step = struct.unpack_from("=I", data, value)[0], 0
        elif operation == 0x54:
            held, step = held & value, 0
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[operation]
            step = if_so if holds else if_not
        at += 1 + step


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return str(request.param)


def test_every_call_named_is_refused_and_all_others_are_not(machine: str) -> None:
    program, of = seccomp.program(), seccomp.DENIED[machine]
    special = seccomp.LOOKED_INTO[machine].values()
    for number in range(512):
        expected = REFUSED | errno.EPERM if number in of.calls.values() else ALLOWED
        if number not in special:
            assert verdict(program, of.number, number) == expected


@pytest.mark.parametrize(
    ("call", "arguments", "error"),
    [
        ("clone", (0x11, 0), 0),  # fork
        ("clone", (0x3D0F00, 0), 0),  # a thread
        ("clone", (0x10000011, 0), errno.EPERM),
        ("clone", (0x40020011, 0), errno.EPERM),
        ("clone3", (0, 0), errno.ENOSYS),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x541C), errno.EPERM),
        ("ioctl", (0, 0x541B), 0),
        ("socket", (1, 0), 0),
        ("socket", (10, 0), 0),
        ("socket", (16, 0), errno.EAFNOSUPPORT),
        ("socket", (40, 0), errno.EAFNOSUPPORT),
        ("prlimit64", (0, 7), 0),
        ("prlimit64", (1, 7), errno.EPERM),
        ("prlimit64", (2, 7), errno.EPERM),
        ("sched_setattr", (2, 0), errno.EPERM),
        ("sched_setaffinity", (1, 0), errno.EPERM),
        ("sched_setaffinity", (2, 0), 0),
        ("setpriority", (0, 0), 0),
        ("setpriority", (0, 1), errno.EPERM),
        ("setpriority", (2, 0), errno.EPERM),
    ],
)
def test_some_calls_are_looked_into(machine: str, call: str, arguments: tuple[int, int], error: int) -> None:
    of = seccomp.DENIED[machine]
    number = (seccomp.LOOKED_INTO[machine] | seccomp.ON_ITSELF[machine])[call]
    assert verdict(seccomp.program(), of.number, number, arguments) == (REFUSED | error if error else ALLOWED)


SPARED = 4711


@pytest.mark.parametrize(
    ("call", "arguments", "error"),
    [
        ("socket", (1, 1), 0),
        ("socket", (1, 0x80001), 0),  # a stream that is closed on exec
        ("socketpair", (1, 5), 0),
        ("socket", (1, 2), errno.EAFNOSUPPORT),
        ("socketpair", (1, 0x802), errno.EAFNOSUPPORT),
        ("socket", (2, 1), errno.EAFNOSUPPORT),
        ("fcntl", (3, 8), errno.EPERM),
        ("fcntl", (3, 15), errno.EPERM),
        ("fcntl", (3, 2), 0),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x8901), errno.EPERM),
        ("ioctl", (0, 0x541B), 0),
        ("setpriority", (0, 0), 0),
        ("setpriority", (2, 0), errno.EPERM),
        ("setpriority", (0, 99), errno.EPERM),
        ("prlimit64", (0, 7), 0),
        ("prlimit64", (99, 7), errno.EPERM),
        ("sched_setaffinity", (99, 0), errno.EPERM),
        ("connect", (3, 0), errno.EPERM),
        ("utimensat", (3, 0), errno.EPERM),
        ("shmget", (0, 0), errno.EPERM),
        ("kill", (99, 9), 0),
        ("kill", (0, 9), 0),
        ("kill", (SPARED, 9), errno.EPERM),
        ("kill", (2**64 - SPARED, 9), errno.EPERM),
        ("kill", (2**64 - 1, 9), errno.EPERM),
        ("tgkill", (SPARED, SPARED), errno.EPERM),
    ],
)
def test_a_box_that_shares_the_namespaces_is_refused_more(
    machine: str, call: str, arguments: tuple[int, int], error: int
) -> None:
    tables = (seccomp.LOOKED_INTO, seccomp.SHARED, seccomp.ON_ITSELF, seccomp.SIGNALLING)
    known = {name: number for table in tables for name, number in table[machine].items()} | seccomp.DENIED[
        machine
    ].calls
    number = known[call]
    program = seccomp.program(seccomp.Shared((1, SPARED)))
    expected = REFUSED | error if error else ALLOWED
    assert verdict(program, seccomp.DENIED[machine].number, number, arguments) == expected


def test_where_landlock_keeps_signals_in_the_filter_lets_them_pass(machine: str) -> None:
    program, number = seccomp.program(seccomp.Shared()), seccomp.SIGNALLING[machine]["kill"]
    assert verdict(program, seccomp.DENIED[machine].number, number, (SPARED, 9)) == ALLOWED


def test_the_longest_list_of_the_spared_fits(machine: str) -> None:
    most = tuple(range(2, 2 + seccomp.MOST_SPARED))
    program, number = seccomp.program(seccomp.Shared(most)), seccomp.SIGNALLING[machine]["kill"]
    assert verdict(program, seccomp.DENIED[machine].number, number, (most[-1], 9)) == REFUSED | errno.EPERM
    assert verdict(program, seccomp.DENIED[machine].number, number, (most[-1] + 1, 9)) == ALLOWED
    assert rights.MOST_ANCESTORS <= seccomp.MOST_SPARED


def test_calls_by_another_set_of_numbers_are_not_there(machine: str) -> None:
    of = seccomp.DENIED[machine]
    assert verdict(seccomp.program(), of.number, 0x40000000 + 39) == REFUSED | errno.ENOSYS
    assert verdict(seccomp.program(), 0x40000003, 39) == REFUSED | errno.ENOSYS


def test_on_another_processor_there_is_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert seccomp.program() == b""


@pytest.mark.parametrize(
    "call", ["unshare", "keyctl", "ptrace", "bpf", "io_uring_setup", "mount", "memfd_create", "shmget", "mq_open"]
)
@pytest.mark.skipif(platform.machine() not in seccomp.DENIED, reason="there is no filter for this processor")
def test_in_the_box_they_are_refused(box: Box, call: str) -> None:
    number = seccomp.DENIED[platform.machine()].calls[call]
    assert give(box, {"solution.py": CALL}).run(running(number=number, first=0, second=0)).value == errno.EPERM
