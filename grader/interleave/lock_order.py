"""Lock orders: rings of threads that each hold a lock and take another, so that all of them could wait for ever.

The lock graph of Havelund, "Using runtime analysis to guide model checking of Java programs" (SPIN 2000), with what
Bensalem, Havelund, "Dynamic deadlock analysis of multi-threaded programs" (PADTAD 2005) leave out: the same thread
twice, a lock that all hold around it (gate lock), threads that are not at work at the same time. Rings are found as
chains of growing length, as in Joshi, Park, Sen, Naik, "A randomized dynamic program analysis technique for detecting
real deadlocks" (PLDI 2009, iGoodlock). One execution in which nothing went wrong is enough to show a ring.

Watching costs a twentieth of an execution, and most programs have nothing to show. So `possible` looks at what every
execution says of locks inside locks; only where that has a ring, the same schedule is run again and watched.

A ring is evidence, not a verdict: data that this module does not look at may keep the threads apart. What orders here
is start, end and join, and what notifies (conditions, events, queues); handing on a lock does not, since that could
go the other way round. Whoever waits for ever is in the graph: a blocking acquire, and taking the lock back after a
wait. Tries and timed acquires are not, they give up; taking an RLock again is not, it waits for nobody. A lock that is
given back by others than who took it, and a semaphore, is nobody's: it keeps threads apart, but is no part of a ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grader.happens_before.vector_clock import Clock, Clocks
from grader.interleave.stand_ins.locks import Guard
from grader.trace import LockOrder, Nesting

if TYPE_CHECKING:
    from grader.interleave.execution import Execution, Site
    from grader.interleave.operations import Operation
    from grader.interleave.turns import Turns

NESTINGS = 100
"""Different nestings kept of one execution; a loop makes a new one where it also notifies."""
CHAINS = 200
"""Chains of one length that are made longer."""

_ASKS = frozenset({"acquire", "wait", "try"})
_GIVES = frozenset({"notify", "end"})


class Nested(NamedTuple):
    """A thread that asked for a lock while it held others."""

    thread: int
    time: int
    """Its own time when it asked."""
    known: Clock
    """What it knew of the others then."""
    around: frozenset[int]
    """The keys of all that it held."""
    held: Mapping[int, int]
    """key -> the site where it was taken, of those that can be part of a ring."""
    inner: int
    """The key of the lock it asked for."""
    site: int


Ring = tuple[Nested, ...]
"""Each one's `inner` is among what the next one held, the last one's among what the first one held."""


def possible(execution: Execution, sites: Sequence[Site]) -> Iterator[Ring]:
    """The rings that there would be if nothing but locks kept threads apart, and nobody gave up."""
    if len(execution.nestings) < 2:
        return
    nestings = []
    for thread, taken in sorted(execution.nestings)[:NESTINGS]:
        *around, (inner, site) = taken
        if _counts(inner, site, sites):
            held = {key: at for key, at in around if _counts(key, at, sites)}
            nestings.append(Nested(thread, 1, {}, frozenset(dict(around)), held, inner, site))
    yield from _rings(nestings)


class LockOrders:
    """An Observer; new for each execution, which `turns` runs."""

    def __init__(self, turns: Turns, sites: Sequence[Site]) -> None:
        self._turns = turns
        self._sites = sites
        self._clocks = clocks = Clocks()
        self._told = clocks.told
        self._nested: dict[tuple[object, ...], Nested] = {}
        self._guards: dict[int, Guard] = {}
        """Every lock that was held while another was asked for."""

    def rings(self) -> Iterator[Ring]:
        """The shortest first. Call it when the execution is over."""
        return _rings([self._in_the_answer(one) for one in self._nested.values()])

    def on_step(self, operation: Operation, subject: object, part: str) -> None:  # noqa: ARG002
        thread, kind, key, site, _ = operation
        # A try of a lock gives up. One of a condition or a queue is a wait with a timeout, and takes the lock back.
        if kind in _ASKS and (held := self._turns.current.holds) and (kind != "try" or not isinstance(subject, Guard)):
            self._note(thread, key, site, held)
        if key in self._told:
            self._clocks.take(thread, key)
        if kind in _GIVES:
            self._clocks.give(thread, key)

    def on_failed(self, thread: int, key: int) -> None:
        """What was asked for is what matters, not what was got."""

    def on_release(self, thread: int, key: int, site: int) -> None:
        """The engine knows what each thread holds; handing on a lock orders nothing here."""

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:  # noqa: ARG002
        self._clocks.give(thread, key)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        self._clocks.start(parent, child)

    def on_end(self, thread: int) -> None:
        """Its clock was given at the operation `end`."""

    def on_jump(self, now: float) -> None:
        """Time orders nothing."""

    def _note(self, thread: int, key: int, site: int, holds: Mapping[int, Guard]) -> None:
        if not _counts(key, site, self._sites) or len(self._nested) >= NESTINGS:
            return
        clock = self._clocks.of(thread)
        held = {guard.key: guard.held_at for guard in holds.values()}
        name = (thread, key, site, *held.items(), *clock.items())
        if name not in self._nested:
            self._guards.update(holds)
            self._nested[name] = Nested(thread, clock[thread], dict(clock), frozenset(held), held, key, site)

    def _in_the_answer(self, nested: Nested) -> Nested:
        """Without what cannot be part of a ring; that is known at the end only."""
        held = {
            key: site
            for key, site in nested.held.items()
            if _counts(key, site, self._sites) and not self._guards[key].counts
        }
        return nested._replace(held=held)


def _counts(key: int, site: int, sites: Sequence[Site]) -> bool:
    """Locks made before the execution have no key, and what a scenario does is not the answer's doing."""
    return key >= 0 and site >= 0 and not sites[site].trusted


def _rings(nestings: list[Nested]) -> Iterator[Ring]:
    nestings = _in_rings(nestings)
    chains: list[Ring] = [(one,) for one in nestings]
    while chains:
        longer: list[Ring] = []
        for chain in chains:
            for one in _next(chain, nestings):
                if one.inner in chain[0].held:
                    yield (*chain, one)
                else:
                    longer.append((*chain, one))
        chains = longer[:CHAINS]


def _in_rings(nestings: list[Nested]) -> list[Nested]:
    """Without those that nobody can come before or after: where locks have an order nothing is left."""
    while True:
        asked = {one.inner for one in nestings}
        held = {key for one in nestings for key in one.held}
        kept = [one for one in nestings if one.inner in held and not asked.isdisjoint(one.held)]
        if len(kept) == len(nestings):
            return kept
        nestings = kept


def _next(chain: Ring, nestings: Sequence[Nested]) -> Iterator[Nested]:
    """What can make `chain` longer. Each ring comes once: it begins with its thread of the lowest number."""
    first, wanted = chain[0].thread, chain[-1].inner
    for one in nestings:
        if one.thread > first and wanted in one.held and all(_can_meet(one, other) for other in chain):
            yield one


def _can_meet(one: Nested, other: Nested) -> bool:
    """Both can stand before their inner locks at once."""
    return (
        one.thread != other.thread
        and one.around.isdisjoint(other.around)
        and one.time > other.known.get(one.thread, 0)
        and other.time > one.known.get(other.thread, 0)
    )


def name_of(ring: Ring) -> tuple[tuple[int, int], ...]:
    """The sites of the two locks of each: the same for other threads that meet at the same lines."""
    return tuple(sorted((one.held[ring[place - 1].inner], one.site) for place, one in enumerate(ring)))


def in_words(ring: Ring, sites: Sequence[Site], threads: Mapping[int, str], schedule: str) -> LockOrder:
    """A ring as it crosses the border."""
    nestings = []
    for place, one in enumerate(ring):
        outer, inner = sites[one.held[ring[place - 1].inner]], sites[one.site]
        name = threads.get(one.thread, f"thread {one.thread}")
        nestings.append(Nesting(name, outer.words, outer.file, outer.line, inner.words, inner.file, inner.line))
    return LockOrder(tuple(nestings), schedule)
