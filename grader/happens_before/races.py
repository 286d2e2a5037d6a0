"""Data races by happens-before: two accesses to one location, one of them a write, that nothing orders.

Vector clocks as in Flanagan, Freund, "FastTrack: efficient and precise dynamic race detection" (PLDI 2009), with whole
clocks instead of epochs for reads. It differs in this: accesses that CPython keeps atomic on every build (a flag set,
an item appended) are told apart, as "single access", from those that break when something comes between. A write is
a *read-modify-write* when its thread had read the location on the same line before, a *check-then-act* when on
another line; and only when another thread's write really came between the two in this execution, which is the first
unserialisable pattern of Lu, Tucek, Qin, Zhou, "AVIO" (ASPLOS 2006): a race that no schedule lets come between
(Peterson's algorithm, a turn that is handed on) harms nobody. A method that changes a container comes between only
when it is such a pair itself: a producer that appends does not spoil what a consumer saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from grader.happens_before.vector_clock import Clock, Clocks
from grader.trace import Race, Side, Site

Sites = Sequence[Site] | Mapping[int, Site]
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
    locks: tuple[int, ...]
    """Where the locks were taken that the thread held."""


class _Location:
    __slots__ = ("looked", "reads", "spoilt", "writes")

    def __init__(self) -> None:
        self.reads: dict[int, _Access] = {}
        self.writes: dict[int, _Access] = {}
        """The last of each thread."""
        self.looked: dict[int, _Access] = {}
        """Reads that their thread has not followed by a write yet."""
        self.spoilt: dict[int, _Access] = {}
        """thread -> a write of another since then, which nothing ordered after it."""


class Found(NamedTuple):
    """A race before it is put into words."""

    key: int
    pattern: Pattern
    first: _Access
    second: _Access


class Races:
    """Is told what threads do, in the order in which they do it. `found` holds each pair of sites once; new for each
    execution."""

    def __init__(self, sites: Sites, held: Callable[[], tuple[int, ...]]) -> None:
        """`held` says where the locks were taken that the thread holds which acts now."""
        self.found: dict[tuple[int, int, Pattern], Found] = {}
        self._sites = sites
        self._locks = held
        self._clocks = clocks = Clocks()
        self._clock, self._take, self._give = clocks.of, clocks.take, clocks.give
        self._locations: dict[int, _Location] = {}
        self._parts: dict[int, dict[int, _Location]] = {}
        """Location -> the parts of it."""
        self._containers: set[int] = set()

    def does(self, thread: int, kind: str, key: int, site: int, *, method: bool, whole: int) -> None:
        """One operation. `method`: it changes a container by a method, which has no value to overwrite. `whole`: the
        key of what the location is a part of, or -1."""
        if method:
            self._containers.add(key)
        if kind == "read":
            self._read(thread, key, whole, site)
            return
        if kind == "write":
            self._write(thread, key, whole, site, method)
            return
        if kind in _TAKES:
            self._take(thread, key)
        if kind in _GIVES:
            self._give(thread, key)

    def gives(self, thread: int, key: int) -> None:
        """A lock was given back, or a condition notified."""
        self._give(thread, key)

    def starts(self, parent: int, child: int) -> None:
        self._clocks.start(parent, child)

    def is_lost_update(self, found: Found) -> bool:
        """Whether a value was overwritten that the new one does not take into account; to be asked at the end."""
        return found.pattern == "read-modify-write" and found.key not in self._containers

    def _read(self, thread: int, key: int, whole: int, site: int) -> None:
        place = self._locations.get(key) or self._new_location(key, whole)
        clock = self._clock(thread)
        access = _Access(thread, clock[thread], site, False, self._locks())
        for one in self._meets(place, key, whole):
            if one.writes:
                self._compare(key, access, clock, one.writes)
        place.reads[thread] = place.looked[thread] = access
        if place.spoilt:
            place.spoilt.pop(thread, None)

    def _write(self, thread: int, key: int, whole: int, site: int, method: bool) -> None:
        place = self._locations.get(key) or self._new_location(key, whole)
        clock = self._clock(thread)
        access = _Access(thread, clock[thread], site, True, self._locks())
        for one in self._meets(place, key, whole):
            self._compare(key, access, clock, one.writes)
            self._compare(key, access, clock, one.reads)
        place.writes[thread] = access
        container = self._locations.get(whole)
        looked, spoiler = place.looked.pop(thread, None), place.spoilt.pop(thread, None)
        if looked is None and container is not None:
            looked = container.looked.get(thread)
        if looked is not None and spoiler is not None:
            same = self._sites[looked.site].line == self._sites[site].line
            self._note(key, "read-modify-write" if same else "check-then-act", spoiler, access)
        if not method or looked is not None:
            self._spoil(place, place.looked, access)
            if container is not None:
                self._spoil(place, container.looked, access)

    def _meets(self, place: _Location, key: int, whole: int) -> Iterable[_Location]:
        """The locations that have something in common with `place`, itself among them."""
        if whole >= 0:
            return (place, self._locations[whole]) if whole in self._locations else (place,)
        return (place, *self._parts[key].values()) if key in self._parts else (place,)

    def _spoil(self, place: _Location, looks: Mapping[int, _Access], access: _Access) -> None:
        """Whoever has looked and will write, and is not known to the writer, knows an old value."""
        clock = self._clock(access.thread)
        for other, looked in looks.items():
            if other != access.thread and looked.time > clock.get(other, 0):
                place.spoilt[other] = access

    def _new_location(self, key: int, whole: int) -> _Location:
        place = self._locations[key] = _Location()
        if whole >= 0:
            self._parts.setdefault(whole, {})[key] = place
        return place

    def _compare(self, key: int, access: _Access, clock: Clock, earlier: Mapping[int, _Access]) -> None:
        """Notes those of `earlier` that nothing orders before `access`. Its own thread's are in its clock."""
        for other, one in earlier.items():
            if one.time > clock.get(other, 0):
                self._note(key, "single access", one, access)

    def _note(self, key: int, pattern: Pattern, first: _Access, second: _Access) -> None:
        if first.site < 0 or second.site < 0 or self._sites[first.site].trusted or self._sites[second.site].trusted:
            return
        low, high = sorted((first.site, second.site))
        self.found.setdefault((low, high, pattern), Found(key, pattern, first, second))


def in_words(found: Found, sites: Sites, threads: Mapping[int, str], schedule: str, *, lost: bool) -> Race:
    """A race as it crosses the border."""
    first, second = (_side(access, sites, threads) for access in (found.first, found.second))
    target = sites[found.second.site].words or sites[found.first.site].words
    return Race(target, found.pattern, first, second, schedule, lost)


def _side(access: _Access, sites: Sites, threads: Mapping[int, str]) -> Side:
    site = sites[access.site]
    name = threads.get(access.thread, f"thread {access.thread}")
    locks = tuple(sites[lock].words for lock in access.locks if lock >= 0)
    return Side(name, site.file, site.line, "write" if access.write else "read", locks)
