"""Data races by happens-before: two accesses to one location, one of them a write, that nothing orders.

Vector clocks as in Flanagan, Freund, "FastTrack: efficient and precise dynamic race detection" (PLDI 2009), with whole
clocks instead of epochs for reads. It differs in this: accesses that CPython keeps atomic on every build (a flag set, an item
appended) are told apart from those that break when something comes between: a write is a *read-modify-write* when
its thread read the location on the same line before, a *check-then-act* when it read it on another line, with
no synchronisation in between either time. Only these can lose something, and only against another write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.trace import Race, Side

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.operations import Operation

Clock = dict[int, int]
Pattern = Literal["read-modify-write", "check-then-act", "single access"]

_TAKES = frozenset({"acquire", "try", "wait", "join", "notify"})
"""Kinds that see what others did before they gave the key back."""
_GIVES = frozenset({"notify", "end", "wait"})
"""Kinds that let others see. A lock gives when it is released, which is told apart."""


class _Access(NamedTuple):
    thread: int
    time: int
    site: int
    write: bool
    pattern: Pattern
    locks: tuple[str, ...]


class _Location:
    __slots__ = ("reads", "writes")

    def __init__(self) -> None:
        self.reads: dict[int, _Access] = {}
        self.writes: dict[int, _Access] = {}


class Found(NamedTuple):
    """A race before it is put into words."""

    key: int
    pattern: Pattern
    first: _Access
    second: _Access


class Races:
    """An Observer. `found` holds each pair of sites once; new for each execution."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self.found: dict[tuple[int, int, Pattern], Found] = {}
        self._sites = sites
        self._clocks: dict[int, Clock] = {0: {0: 1}}
        self._keys: dict[int, Clock] = {}
        self._held: dict[int, dict[int, str]] = {}
        self._ended: dict[int, Clock] = {}
        self._locations: dict[int, _Location] = {}
        self._last_sync: dict[int, int] = {}
        self._reads_since: dict[tuple[int, int], tuple[int, int]] = {}
        """(thread, key) -> (its sync count then, the line), for the pattern of a later write."""

    def on_step(self, operation: Operation, subject: object, part: str) -> None:  # noqa: ARG002
        thread, kind, key, site = operation
        if kind == "read" or kind == "write":
            self._access(thread, kind == "write", key, site)
            return
        if kind in _TAKES:
            self._take(thread, key)
            if kind in ("acquire", "try") and site >= 0:
                self._held.setdefault(thread, {})[key] = self._sites[site].words
        if kind in _GIVES:
            self._give(thread, key)

    def on_failed(self, thread: int, key: int) -> None:
        self._held.get(thread, {}).pop(key, None)

    def on_release(self, thread: int, key: int, site: int) -> None:  # noqa: ARG002
        self._held.get(thread, {}).pop(key, None)
        self._give(thread, key)

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:  # noqa: ARG002
        self._give(thread, key)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        clock = self._clock(parent)
        self._clocks[child] = {**clock, child: 1}
        clock[parent] += 1

    def on_end(self, thread: int) -> None:
        """Its clock was given at the operation `end`."""

    def on_jump(self, now: float) -> None:
        """Time orders nothing."""

    def _clock(self, thread: int) -> Clock:
        return self._clocks.setdefault(thread, {thread: 1})

    def _take(self, thread: int, key: int) -> None:
        clock = self._clock(thread)
        for other, time in self._keys.get(key, {}).items():
            if time > clock.get(other, 0):
                clock[other] = time
        self._last_sync[thread] = self._last_sync.get(thread, 0) + 1

    def _give(self, thread: int, key: int) -> None:
        clock = self._clock(thread)
        known = self._keys.setdefault(key, {})
        for other, time in clock.items():
            if time > known.get(other, 0):
                known[other] = time
        clock[thread] += 1
        self._last_sync[thread] = self._last_sync.get(thread, 0) + 1

    def _access(self, thread: int, write: bool, key: int, site: int) -> None:
        clock = self._clock(thread)
        place = self._locations.setdefault(key, _Location())
        pattern = self._pattern(thread, write, key, site)
        access = _Access(thread, clock[thread], site, write, pattern, tuple(self._held.get(thread, {}).values()))
        for other, earlier in place.writes.items():
            if other != thread and earlier.time > clock.get(other, 0):
                self._note(key, earlier, access, write)
        if write:
            for other, earlier in place.reads.items():
                if other != thread and earlier.time > clock.get(other, 0):
                    self._note(key, earlier, access, False)
            place.writes[thread] = access
        else:
            place.reads[thread] = access

    def _pattern(self, thread: int, write: bool, key: int, site: int) -> Pattern:
        line = self._sites[site].line if site >= 0 else 0
        sync = self._last_sync.get(thread, 0)
        if not write:
            self._reads_since[thread, key] = (sync, line)
            return "single access"
        read = self._reads_since.get((thread, key))
        if read is None or read[0] != sync:
            return "single access"
        return "read-modify-write" if read[1] == line else "check-then-act"

    def _note(self, key: int, first: _Access, second: _Access, both_write: bool) -> None:
        if first.site < 0 or second.site < 0 or self._sites[first.site].trusted or self._sites[second.site].trusted:
            return
        patterns = {first.pattern, second.pattern} if both_write else {"single access"}
        pattern: Pattern = "single access"
        if "read-modify-write" in patterns:
            pattern = "read-modify-write"
        elif "check-then-act" in patterns:
            pattern = "check-then-act"
        low, high = sorted((first.site, second.site))
        self.found.setdefault((low, high, pattern), Found(key, pattern, first, second))


def in_words(found: Found, sites: Sequence[Site], threads: Mapping[int, str], schedule: str) -> Race:
    """A race as it crosses the border."""
    first, second = (_side(access, sites, threads) for access in (found.first, found.second))
    return Race(sites[found.second.site].words or sites[found.first.site].words, found.pattern, first, second, schedule)


def _side(access: _Access, sites: Sequence[Site], threads: Mapping[int, str]) -> Side:
    site = sites[access.site]
    name = threads.get(access.thread, f"thread {access.thread}")
    return Side(name, site.file, site.line, "write" if access.write else "read", access.locks)
