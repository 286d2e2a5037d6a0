"""System calls that nobody in the box may make: a filter for the kernel, which bubblewrap installs.

Namespaces hide the machine; this takes away what could undo them or reach around them (namespaces and mounts of one's
own, keyrings, other processes' memory, io_uring, BPF), none of which an exercise needs. What is refused fails as
it does without the right to it (EPERM).
"""

from __future__ import annotations

import errno
import platform
import struct

from msgspec import Struct


class Machine(Struct, frozen=True):
    """What differs between kinds of processor: the kernel's number for it, and for each call."""

    number: int
    calls: dict[str, int]


_ANYWHERE = {
    "pidfd_getfd": 438, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
}  # fmt: skip
_X86_64 = {
    "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "keyctl": 250,
    "add_key": 248, "request_key": 249, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321,
    "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246, "kexec_file_load": 320, "init_module": 175,
    "finit_module": 313, "delete_module": 176, "reboot": 169, "swapon": 167, "swapoff": 168, "acct": 163,
    "quotactl": 179, "syslog": 103, "name_to_handle_at": 303, "open_by_handle_at": 304, "kcmp": 312,
}  # fmt: skip
_AARCH64 = {
    "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "keyctl": 219,
    "add_key": 217, "request_key": 218, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280,
    "perf_event_open": 241, "userfaultfd": 282, "kexec_load": 104, "kexec_file_load": 294, "init_module": 105,
    "finit_module": 273, "delete_module": 106, "reboot": 142, "swapon": 224, "swapoff": 225, "acct": 89,
    "quotactl": 60, "syslog": 116, "name_to_handle_at": 264, "open_by_handle_at": 265, "kcmp": 272,
}  # fmt: skip
DENIED = {
    "x86_64": Machine(0xC000003E, _X86_64 | _ANYWHERE),
    "aarch64": Machine(0xC00000B7, _AARCH64 | _ANYWHERE),
}
LOOKED_INTO = {
    "x86_64": {"clone": 56, "clone3": 435, "ioctl": 16, "socket": 41},
    "aarch64": {"clone": 220, "clone3": 435, "ioctl": 29, "socket": 198},
}
"""Calls of which some are allowed and some are not."""

NEW_NAMESPACES = 0x7E020000
TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into a terminal."""
FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6: within the box there is nothing but its own loopback."""
FOREIGN_NUMBERS = 0x40000000
"""Where x86_64 has a second set of numbers for the same calls."""

_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000


def program() -> bytes:
    """The filter, as the kernel wants it. Empty on a kind of processor that we know nothing about."""
    name = platform.machine()
    if name not in DENIED:
        return b""
    looked_into = LOOKED_INTO[name]
    return b"".join(
        [
            _do(_LOAD, _MACHINE),
            _unless(_EQUAL, DENIED[name].number, errno.ENOSYS),
            _do(_LOAD, _NUMBER),
            _when(_AT_LEAST, FOREIGN_NUMBERS, _refuse(errno.ENOSYS)),
            *(_when(_EQUAL, call, _refuse(errno.EPERM)) for call in DENIED[name].calls.values()),
            # Its flags lie in memory, where a filter cannot look; without it the C library takes `clone`.
            _when(_EQUAL, looked_into["clone3"], _refuse(errno.ENOSYS)),
            _when(_EQUAL, looked_into["clone"], _namespaces()),
            _when(_EQUAL, looked_into["ioctl"], _terminal()),
            _when(_EQUAL, looked_into["socket"], _families()),
            _do(_RETURN, _ALLOW),
        ]
    )


def _namespaces() -> bytes:
    return _do(_LOAD, _FIRST_ARGUMENT) + _when(_HAS_BIT, NEW_NAMESPACES, _refuse(errno.EPERM)) + _do(_RETURN, _ALLOW)


def _terminal() -> bytes:
    refused = b"".join(_when(_EQUAL, request, _refuse(errno.EPERM)) for request in TERMINAL_INPUT)
    return _do(_LOAD, _SECOND_ARGUMENT) + refused + _do(_RETURN, _ALLOW)


def _families() -> bytes:
    allowed = b"".join(_when(_EQUAL, family, _do(_RETURN, _ALLOW)) for family in FAMILIES)
    return _do(_LOAD, _FIRST_ARGUMENT) + allowed + _refuse(errno.EAFNOSUPPORT)


def _refuse(error: int) -> bytes:
    return _do(_RETURN, _REFUSE | error)


def _when(test: int, value: int, then: bytes) -> bytes:
    """`then`, which must end with a return, where the test holds; else go on behind it."""
    return _do(test, value, 0, len(then) // 8) + then


def _unless(test: int, value: int, error: int) -> bytes:
    return _do(test, value, 1, 0) + _refuse(error)


def _do(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
