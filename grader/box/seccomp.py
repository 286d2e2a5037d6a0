"""System calls that nobody in the box may make: a filter for the kernel. Bubblewrap installs it, or each job itself.

Namespaces hide the machine; this takes away what could undo them or reach around them (namespaces and mounts of one's
own, keyrings, other processes' memory, io_uring, BPF), and memory that belongs to no process, which nobody could count
(memfd, System V). No exercise needs any of it. What is refused fails as it does without the right to it (EPERM).
The zygote's priority and limits are its own: whoever starves it is not watched.

A box that shares the machine's namespaces is refused more: whatever works on other processes, on files by their path
where Landlock does not look, and on sockets other than those that a process makes for its own children. What may be
meant for /dev/shm, where the C library keeps semaphores and shared memory, is shown to the zygote
(`grader.box.sealing`).
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterable

from msgspec import Struct


class Machine(Struct, frozen=True):
    """What differs between kinds of processor: the kernel's number for it, and for each call."""

    number: int
    calls: dict[str, int]


_ANYWHERE = {
    "pidfd_getfd": 438, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
    "memfd_secret": 447,
}  # fmt: skip
_X86_64 = {
    "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "keyctl": 250,
    "add_key": 248, "request_key": 249, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321,
    "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246, "kexec_file_load": 320, "init_module": 175,
    "finit_module": 313, "delete_module": 176, "reboot": 169, "swapon": 167, "swapoff": 168, "acct": 163,
    "quotactl": 179, "syslog": 103, "name_to_handle_at": 303, "open_by_handle_at": 304, "kcmp": 312,
    "memfd_create": 319, "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66,
    "semtimedop": 220, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240, "mq_unlink": 241,
}  # fmt: skip
_AARCH64 = {
    "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "keyctl": 219,
    "add_key": 217, "request_key": 218, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280,
    "perf_event_open": 241, "userfaultfd": 282, "kexec_load": 104, "kexec_file_load": 294, "init_module": 105,
    "finit_module": 273, "delete_module": 106, "reboot": 142, "swapon": 224, "swapoff": 225, "acct": 89,
    "quotactl": 60, "syslog": 116, "name_to_handle_at": 264, "open_by_handle_at": 265, "kcmp": 272,
    "memfd_create": 279, "shmget": 194, "shmat": 196, "shmctl": 195, "semget": 190, "semop": 193, "semctl": 191,
    "semtimedop": 192, "msgget": 186, "msgsnd": 189, "msgrcv": 188, "msgctl": 187, "mq_open": 180, "mq_unlink": 181,
}  # fmt: skip
DENIED = {
    "x86_64": Machine(0xC000003E, _X86_64 | _ANYWHERE),
    "aarch64": Machine(0xC00000B7, _AARCH64 | _ANYWHERE),
}
_SHARED_ANYWHERE = {
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
    "file_setattr": 469,
    "process_madvise": 440,
}
SHARED = {
    "x86_64": {
        # What Landlock lets pass: rights, owners, times and attributes of files, and watching folders.
        "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
        "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198,
        "fremovexattr": 199, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280,
        "inotify_add_watch": 254, "fanotify_init": 300, "fanotify_mark": 301,
        # What a namespace would have kept apart.
        "connect": 42, "ioprio_set": 251, "migrate_pages": 256, "move_pages": 279,
        **_SHARED_ANYWHERE,
    },
    "aarch64": {
        "fchmod": 52, "fchmodat": 53, "fchown": 55, "fchownat": 54, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7,
        "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "utimensat": 88, "inotify_add_watch": 27,
        "fanotify_init": 262, "fanotify_mark": 263,
        "connect": 203, "ioprio_set": 30, "migrate_pages": 238, "move_pages": 239,
        **_SHARED_ANYWHERE,
    },
}  # fmt: skip
"""Refused as well, where the box shares the machine's namespaces."""
ON_ITSELF = {
    "x86_64": {
        "prlimit64": 302, "sched_setaffinity": 203, "sched_setscheduler": 144, "sched_setparam": 142,
        "sched_setattr": 314,
    },
    "aarch64": {
        "prlimit64": 261, "sched_setaffinity": 122, "sched_setscheduler": 119, "sched_setparam": 118,
        "sched_setattr": 274,
    },
}  # fmt: skip
"""There allowed on the calling process only, as process 0."""
ON_OTHERS = ("sched_setaffinity",)
"""Of those, allowed elsewhere on other processes of the box, too, but not on the zygote. With the rest an answer could
starve whoever watches it."""
SIGNALLING = {
    "x86_64": {"kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297},
    "aarch64": {"kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240},
}
"""There not on processes that must be spared."""
LOOKED_INTO = {
    "x86_64": {
        "clone": 56, "clone3": 435, "ioctl": 16, "socket": 41, "socketpair": 53, "setpriority": 141, "fcntl": 72,
    },
    "aarch64": {
        "clone": 220, "clone3": 435, "ioctl": 29, "socket": 198, "socketpair": 199, "setpriority": 140, "fcntl": 25,
    },
}  # fmt: skip
"""Calls of which some are allowed and some are not."""
SHOWN = {
    "x86_64": {"openat": 257, "link": 86, "linkat": 265, "unlink": 87, "unlinkat": 263},
    "aarch64": {"openat": 56, "linkat": 37, "unlinkat": 35},
}
"""There shown to the zygote; of `openat` only what has one of the flags below."""
SHOWN_OPENING = {"x86_64": 0o400200, "aarch64": 0o100200}
"""O_EXCL, O_NOFOLLOW: with one of them each C library makes and opens semaphores and shared memory."""
INSTALLING = {"x86_64": 317, "aarch64": 277}
"""The call that installs a filter, and gives the descriptor on which it shows calls."""

NEW_NAMESPACES = 0x7E020000
TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into a terminal."""
OWNERS = (0x8901, 0x8902)
"""FIOSETOWN and SIOCSPGRP: as F_SETOWN, F_SETOWN_EX below, they name a process that is sent a signal, any one."""
OWNED = (8, 15)
FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6: within the box there is nothing but its own loopback."""
FOREIGN_NUMBERS = 0x40000000
"""Where x86_64 has a second set of numbers for the same calls."""
UNIX = 1
CONNECTED = (1, 5)
"""Streams and packets in sequence: without `connect` they reach nobody but those who inherited the other end."""
SEND_BY_DESCRIPTOR = 424
"""pidfd_send_signal"""
ALL = 0xFFFFFFFF
"""Process -1."""
ZYGOTE = 1
"""Its number in a box with namespaces of its own."""

_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_NUMBER, _MACHINE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT = 0, 4, 16, 24, 32
_ALLOW, _SHOW, _REFUSE = 0x7FFF0000, 0x7FC00000, 0x00050000


class Shared(Struct, frozen=True):
    """For a box that shares the machine's namespaces."""

    spared: tuple[int, ...] = ()
    """Processes that no signal may reach; empty where Landlock sees to that. At most `MOST_SPARED`."""


MOST_SPARED = 60
"""What one jump of the filter's language can pass over."""


def program(shared: Shared | None = None) -> bytes:
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
            *_refused(DENIED[name].calls.values()),
            # Its flags lie in memory, where a filter cannot look; without it the C library takes `clone`.
            _when(_EQUAL, looked_into["clone3"], _refuse(errno.ENOSYS)),
            _when(_EQUAL, looked_into["clone"], _namespaces()),
            *(_apart(name) if shared is None else _together(name, shared)),
            _do(_RETURN, _ALLOW),
        ]
    )


def _apart(name: str) -> list[bytes]:
    """For a box with namespaces of its own."""
    looked_into = LOOKED_INTO[name]
    return [
        _when(_EQUAL, looked_into["ioctl"], _none_of(_SECOND_ARGUMENT, TERMINAL_INPUT)),
        _when(_EQUAL, looked_into["socket"], _families()),
        *(_when(_EQUAL, call, _apart_on(called)) for called, call in ON_ITSELF[name].items()),
        _when(_EQUAL, looked_into["setpriority"], _only_itself(_FIRST_ARGUMENT, _SECOND_ARGUMENT)),
    ]


def _apart_on(called: str) -> bytes:
    return _none_of(_FIRST_ARGUMENT, (ZYGOTE,)) if called in ON_OTHERS else _only_itself(_FIRST_ARGUMENT)


def _together(name: str, shared: Shared) -> list[bytes]:
    """For a box without."""
    looked_into, pairs = LOOKED_INTO[name], _only_pairs()
    return [
        *_refused(SHARED[name].values()),
        *(_when(_EQUAL, call, _only_itself(_FIRST_ARGUMENT)) for call in ON_ITSELF[name].values()),
        _when(_EQUAL, looked_into["setpriority"], _only_itself(_FIRST_ARGUMENT, _SECOND_ARGUMENT)),
        _when(_EQUAL, looked_into["ioctl"], _none_of(_SECOND_ARGUMENT, (*TERMINAL_INPUT, *OWNERS))),
        _when(_EQUAL, looked_into["fcntl"], _none_of(_SECOND_ARGUMENT, OWNED)),
        _when(_EQUAL, looked_into["socket"], pairs),
        _when(_EQUAL, looked_into["socketpair"], pairs),
        *(_when(_EQUAL, call, _shown(name, called)) for called, call in SHOWN[name].items()),
        *(_sparing(name, shared.spared) if shared.spared else ()),
    ]


def _refused(calls: Iterable[int]) -> Iterable[bytes]:
    return (_when(_EQUAL, call, _refuse(errno.EPERM)) for call in calls)


def _sparing(name: str, spared: tuple[int, ...]) -> Iterable[bytes]:
    """Nobody in `spared` hears a signal, alone or as the leader of a group."""
    kept = _none_of(_FIRST_ARGUMENT, (ALL, *spared, *(ALL + 1 - pid for pid in spared)))
    yield _when(_EQUAL, SEND_BY_DESCRIPTOR, _refuse(errno.EPERM))
    yield from (_when(_EQUAL, call, kept) for call in SIGNALLING[name].values())


def _shown(name: str, called: str) -> bytes:
    if called != "openat":
        return _do(_RETURN, _SHOW)
    special = _when(_HAS_BIT, SHOWN_OPENING[name], _do(_RETURN, _SHOW))
    return _do(_LOAD, _THIRD_ARGUMENT) + special + _do(_RETURN, _ALLOW)


def _only_itself(*arguments: int) -> bytes:
    """Allowed where all of `arguments` are zero."""
    asked = b"".join(_do(_LOAD, argument) + _unless(_EQUAL, 0, errno.EPERM) for argument in arguments)
    return asked + _do(_RETURN, _ALLOW)


def _only_pairs() -> bytes:
    family = _do(_LOAD, _FIRST_ARGUMENT) + _unless(_EQUAL, UNIX, errno.EAFNOSUPPORT)
    kind = _do(_LOAD, _SECOND_ARGUMENT) + _do(_AND, 0xF)
    allowed = b"".join(_when(_EQUAL, each, _do(_RETURN, _ALLOW)) for each in CONNECTED)
    return family + kind + allowed + _refuse(errno.EAFNOSUPPORT)


def _namespaces() -> bytes:
    return _do(_LOAD, _FIRST_ARGUMENT) + _when(_HAS_BIT, NEW_NAMESPACES, _refuse(errno.EPERM)) + _do(_RETURN, _ALLOW)


def _none_of(argument: int, values: Iterable[int]) -> bytes:
    refused = b"".join(_when(_EQUAL, value, _refuse(errno.EPERM)) for value in values)
    return _do(_LOAD, argument) + refused + _do(_RETURN, _ALLOW)


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
