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
from collections.abc import Container, Iterator
from typing import TypeAlias

from msgspec import Struct

from grader.processes import kernel
from grader.processes.watch import Watch
from grader.trace import Json, Metered, Share

NANO = 1e-9

Counters: TypeAlias = tuple[int, int, int]
"""Nanoseconds that a thread has run, and has waited to run, and how often it got a processor."""

Rank: TypeAlias = tuple[int, int, int, set[int]]
RANK = ("priority", "priority", "policy", "processors")
"""What a thread gets of the machine: its nice value, that of its session (sched_autogroup), policy, processors."""


class _Spent(Struct):
    """One thread's counters when it was first and last seen in a time."""

    first: Counters
    last: Counters


class _Count:
    """What the threads of a tree spent in a time that has begun with these counters."""

    def __init__(self, counters: dict[tuple[int, int], Counters]) -> None:
        self.spent = {(pid, tid): _Spent(now, now) for (pid, tid), now in counters.items()}

    def note(self, counters: dict[tuple[int, int], Counters]) -> None:
        for (pid, tid), now in counters.items():
            self.spent.setdefault((pid, tid), _Spent((0, 0, 0), now)).last = now

    def shares(self, *, one_lock: bool, born: Container[int] = ()) -> Iterator[Share]:
        """One for each process; `born`: who began as an interpreter. Where several threads of a process can compute at
        the same time, and do, one for each of them."""
        processes: dict[int, list[_Spent]] = {}
        for (pid, _), spent in self.spent.items():
            processes.setdefault(pid, []).append(spent)
        for pid, threads in processes.items():
            whole = _share(threads, born=pid in born)
            each = [_share([thread], beside=True) for thread in threads]
            beside_the_busiest = whole.run - max(share.run for share in each)
            if one_lock or beside_the_busiest < whole.run / 10:
                yield whole
            else:
                yield from each


class Meter:
    """Adds up a tree while the scenario runs, and what it does afterwards; `look` must be called again and again.

    What a thread did between the last look and its end is in no share; the kernel's sum for all who were waited for has
    it. That the scenario has begun, and is over, is the program's word: whoever says it too late, or too early, is
    found to have computed early, or late.
    """

    def __init__(self) -> None:
        self._watch: Watch | None = None
        self._before = (0.0, 0.0)
        """Seconds that the program ran and waited until the scenario began, ..."""
        self._early = 0.0
        """... and computed, or may have."""
        self._began = 0.0
        self._wall = 0.0
        self._scenario = _Count({})
        self._afterwards: _Count | None = None
        self._lasted: float | None = None
        """Seconds from the end of the scenario to the end of the program."""
        self._total = 0.0
        self._born: set[int] = set()
        self._meddling: dict[str, None] = {}
        self._rank = _rank_at_birth()

    def begin(self, watch: Watch) -> None:
        """The scenario is about to begin: what its threads did so far is not counted."""
        lasted = kernel.seconds_since_start(watch.parent)
        self._watch = watch
        counters = self._counters()
        self._scenario = _Count(counters)
        own = [now for (pid, _), now in counters.items() if pid == watch.parent]
        self._before = sum(run for run, _, _ in own) * NANO, sum(wait for _, wait, _ in own) * NANO
        self._early = _may_have(lasted, *self._before)
        self._began = time.monotonic()

    def look(self) -> None:
        if self._watch is not None and self._lasted is None:
            self._note(self._counters())

    def over(self) -> None:
        """The scenario is over: what comes now is no part of it, and is counted by itself."""
        self._wall = time.monotonic() - self._began
        counters = self._counters()
        self._note(counters)
        self._afterwards = _Count(counters)

    def end(self, seconds: float) -> None:
        """The program is over. It and those that it waited for took `seconds` of a processor."""
        if self._watch is None:
            return
        if self._afterwards is None:
            self.over()
        self._lasted = time.monotonic() - self._began - self._wall
        self._note(self._counters())
        self._total = seconds

    def told(self, *, one_lock: bool) -> Metered | None:
        """What was counted; None where the kernel counts nothing, or it never ended."""
        shares = tuple(self._scenario.shares(one_lock=one_lock, born=self._born))
        if self._afterwards is None or self._lasted is None or not shares:
            return None
        last = list(self._afterwards.shares(one_lock=True))
        run = sum(share.run for share in last)
        late = _may_have(self._lasted, run, max((share.wait for share in last), default=0.0))
        unseen = self._total - self._before[0] - sum(share.run for share in shares) - run
        return Metered(
            self._wall, shares, self._before[0], self._early, late, max(0.0, unseen), one_lock, tuple(self._meddling)
        )

    def _note(self, counters: dict[tuple[int, int], Counters]) -> None:
        for pid, tid in counters:
            self._note_birth(pid)
            self._note_meddling(tid)
        (self._afterwards or self._scenario).note(counters)

    def _counters(self) -> dict[tuple[int, int], Counters]:
        """Of each thread now; none where the kernel does not count."""
        assert self._watch is not None
        threads = [(pid, tid) for pid in self._watch.processes() for tid in kernel.threads(pid)]
        told = {(pid, tid): _counters(pid, tid) for pid, tid in threads}
        return {thread: now for thread, now in told.items() if now is not None}

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
            pairs = zip(RANK, self._rank, rank, strict=True)
            self._meddling.update(dict.fromkeys(name for name, ours, theirs in pairs if ours != theirs))


def _may_have(lasted: float, run: float, wait: float) -> float:
    """Seconds that were seen to be computed in this time, and those in which nobody was seen to be ready: processes
    come and go between two looks, and an answer could compute in them."""
    return run + max(0.0, lasted - run - wait)


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


def _share(threads: list[_Spent], *, born: bool = False, beside: bool = False) -> Share:
    run, wait, turns = (sum(spent.last[each] - spent.first[each] for spent in threads) for each in range(3))
    return Share(run * NANO, wait * NANO, born, turns, beside)


def _counters(pid: int, tid: int) -> Counters | None:
    words = kernel.time_spent(pid, tid).split()
    return (int(words[0]), int(words[1]), int(words[2])) if len(words) == 3 else None


def _rank_at_birth() -> Rank | None:
    """Of a program that this thread starts in a session of its own: a session begins with 0, whatever ours has."""
    rank = _rank(0)
    return rank and (rank[0], 0, *rank[2:])


def _rank(tid: int) -> Rank | None:
    """0 is the calling thread. None when the thread is gone."""
    try:
        group = kernel.group_priority(tid)
        return os.getpriority(os.PRIO_PROCESS, tid), group, os.sched_getscheduler(tid), os.sched_getaffinity(tid)
    except (OSError, AttributeError):
        return None
