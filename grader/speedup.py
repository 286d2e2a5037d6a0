"""What a process tree ran, and what it was ready to run, as the kernel counts it. Runs inside the box.

A process that is ready waits in the kernel's run queue whether or not a processor is free, and the kernel adds up how
long (`run_delay` of CONFIG_SCHED_INFO: /proc/PID/task/TID/schedstat). Run and wait together are what the program
offered to the machine; how much of it the machine took does not depend on the program. Nothing is judged here: the
parent makes a figure of it (`checks/efficiency.py`).
"""

from __future__ import annotations

import os
import sysconfig
import time

from msgspec import Struct

from grader.processes import kernel
from grader.processes.watch import Watch
from grader.trace import Json, Metered, Share

NANO = 1e-9


class _Spent(Struct):
    """One thread's counters, in nanoseconds, when the scenario began and when it was last seen."""

    pid: int
    first: tuple[int, int]
    last: tuple[int, int]


class Meter:
    """Adds up a tree from `begin` to `end`; `look` must be called every few milliseconds in between.

    What a thread did between the last look and its end is lost, in run and wait alike, so their ratio stays.
    """

    def __init__(self) -> None:
        self.wall = 0.0
        self.birth = 0.0
        self._watch: Watch | None = None
        self._spent: dict[tuple[int, int], _Spent] = {}
        self._born: set[int] = set()
        self._meddling: dict[str, None] = {}
        self._rank = _rank(0)
        self._began = 0.0

    def begin(self, watch: Watch) -> None:
        """The scenario is about to begin: what its threads did so far is not counted."""
        self._watch = watch
        for pid, tid in self._threads(watch):
            if (now := _counters(pid, tid)) is not None:
                self._spent[pid, tid] = _Spent(pid, now, now)
        self.birth = sum(spent.first[0] for spent in self._spent.values() if spent.pid == watch.parent) * NANO
        self._began = time.monotonic()

    def look(self) -> None:
        if self._watch is None or self.wall:
            return
        for pid, tid in self._threads(self._watch):
            self._note_birth(pid)
            self._note_meddling(tid)
            if (now := _counters(pid, tid)) is not None:
                self._spent.setdefault((pid, tid), _Spent(pid, (0, 0), now)).last = now

    def end(self) -> None:
        """The program is over. Not the scenario: where that ends, only the program itself could say."""
        self.look()
        self.wall = time.monotonic() - self._began

    def told(self, *, one_lock: bool) -> Metered | None:
        """What was counted, a share for each process; None where the kernel counts nothing, or it never ended."""
        processes: dict[int, list[_Spent]] = {}
        for spent in self._spent.values():
            processes.setdefault(spent.pid, []).append(spent)
        if not self.wall or not processes:
            return None
        shares = tuple(_share(threads, born=pid in self._born) for pid, threads in processes.items())
        return Metered(self.wall, shares, self.birth, one_lock, tuple(self._meddling))

    def _threads(self, watch: Watch) -> list[tuple[int, int]]:
        return [(pid, tid) for pid in watch.processes() for tid in kernel.threads(pid)]

    def _note_birth(self, pid: int) -> None:
        """A forked process has its parent's command line until it becomes an interpreter of its own."""
        if self._watch is not None and pid != self._watch.parent and pid not in self._born:
            command, parent = kernel.command(pid), kernel.parent(pid)
            # An orphan has us for its parent, and nothing can be said of its birth.
            if command and parent != os.getpid() and command != kernel.command(parent):
                self._born.add(pid)

    def _note_meddling(self, tid: int) -> None:
        rank = _rank(tid)
        if rank is not None and self._rank is not None:
            pairs = zip(("priority", "policy", "processors"), self._rank, rank, strict=True)
            self._meddling.update(dict.fromkeys(name for name, ours, theirs in pairs if ours != theirs))


def metered(meter: Meter, facts: dict[str, Json]) -> Metered | None:
    """What `meter` counted, with what is known of the interpreter's lock."""
    return meter.told(one_lock=has_one_lock(facts.get("locks")))


def has_one_lock(told: Json, built_without: object = None) -> bool:
    """Whether Python code of one process ran under the GIL, for all or for part of the run.

    `told` is what the run's own interpreter said before and after: `[sys._is_gil_enabled(), ...]`. An answer could lie
    there, so it is heard only where the interpreter was built to run without the lock (PEP 703).
    """
    if built_without is None:
        built_without = sysconfig.get_config_var("Py_GIL_DISABLED")
    return not built_without or told != [False, False]


def _share(threads: list[_Spent], *, born: bool) -> Share:
    run = sum(spent.last[0] - spent.first[0] for spent in threads)
    wait = sum(spent.last[1] - spent.first[1] for spent in threads)
    return Share(run * NANO, wait * NANO, born)


def _counters(pid: int, tid: int) -> tuple[int, int] | None:
    """Nanoseconds that a thread has run and has waited to run."""
    words = kernel.time_spent(pid, tid).split()
    return (int(words[0]), int(words[1])) if len(words) == 3 else None


def _rank(tid: int) -> tuple[object, ...] | None:
    """What a thread gets of the machine: priority, policy, processors; 0 is the calling thread. None when gone."""
    try:
        return os.getpriority(os.PRIO_PROCESS, tid), os.sched_getscheduler(tid), os.sched_getaffinity(tid)
    except (OSError, AttributeError):
        return None
