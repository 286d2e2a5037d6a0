"""A replayed trace as moments: after each step what a shared value is, who holds which lock, where each thread stands.

What is private to one thread, or never changed, is left out. Values are not copied but pointed to: a moment says which
step told the value that holds now, and which one told the value that a thread saw last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.trace import Step, Trace

UNKNOWN = -1
"""In place of the number of a step, or of a thread: there is none."""
_DATA = frozenset({"read", "write", "change"})
_CHANGES = frozenset({"write", "change"})
_TAKES = frozenset({"acquire", "try"})


class Stand(Struct, frozen=True):
    """Where one thread stands."""

    says: str
    next: int
    """The step it does next; UNKNOWN when it does none any more."""
    waits: bool = False


class Moment(Struct, frozen=True):
    """How things are after some step, or before the first."""

    values: tuple[int, ...]
    """For each shared value the step that tells what it is now."""
    known: tuple[tuple[int, ...], ...]
    """For each shared value and each thread the step at which the thread saw or wrote it last."""
    owners: tuple[int, ...]
    """For each lock the thread that holds it."""
    waiting: tuple[tuple[int, ...], ...]
    """For each lock the threads that wait for it, or on it."""
    threads: tuple[Stand, ...]


class Moments(Struct, frozen=True):
    """Steps with the moments between them: `moments[n]` is how things are after `n` steps."""

    threads: tuple[str, ...]
    """Names of the threads that do something; `Step.thread` and all others that number threads index it."""
    steps: tuple[Step, ...]
    telling: tuple[int, ...]
    """The steps of the short form; all when none is marked."""
    every: tuple[int, ...]
    """The steps worth looking at one by one: all but what a semaphore or an event does with the lock inside it."""
    values: tuple[str, ...]
    locks: tuple[str, ...]
    signals: tuple[bool, ...]
    """For each of `locks` whether it is never held while something is done: a semaphore, an event, a queue."""
    moments: tuple[Moment, ...]


def moments(trace: Trace) -> Moments:
    """All moments of a replay. Total: a trace that makes no sense gives moments that make none."""
    steps, telling = _kept(trace)
    acting = sorted({step.thread for step in steps})
    names = tuple(trace.threads[one] if 0 <= one < len(trace.threads) else f"thread {one}" for one in acting)
    column = {thread: place for place, thread in enumerate(acting)}
    called = _names(steps)
    walk = _Walk(_in_columns([_called(step, called) for step in steps], column), names, called)
    return Moments(
        threads=names,
        steps=tuple(walk.steps),
        telling=telling,
        every=tuple(n for n, step in enumerate(walk.steps) if step.operation != "release" or step.key in walk.held),
        values=tuple(walk.values.values()),
        locks=tuple(walk.locks.values()),
        signals=tuple(key not in walk.held for key in walk.locks),
        moments=tuple(walk.all()),
    )


def _kept(trace: Trace) -> tuple[list[Step], tuple[int, ...]]:
    """The steps that others could notice, and the places of those among them that tell most."""
    touched: dict[int, set[int]] = {}
    for step in trace.steps:
        touched.setdefault(step.key, set()).add(step.thread)
    changed = {step.key for step in trace.steps if step.operation in _CHANGES}
    shared = {key for key, threads in touched.items() if len(threads) > 1}
    marked = set(trace.telling)
    kept = [
        place
        for place, step in enumerate(trace.steps)
        if place in marked or (step.key in shared and (step.key in changed or step.operation not in _DATA))
    ] or list(range(len(trace.steps)))
    telling = tuple(number for number, place in enumerate(kept) if place in marked)
    return [trace.steps[place] for place in kept], telling or tuple(range(len(kept)))


def _names(steps: Sequence[Step]) -> dict[int, str]:
    """What each thing is called here. Two that have the same words get numbers: self._lock (1), self._lock (2)."""
    words: dict[int, str] = {}
    # Who notifies, or waits, may do it in words for something else: put(), or a condition's lambda.
    for operations in (_DATA | _TAKES, {"wait"}, {"notify", "release", "sleep"}):
        for step in steps:
            if step.operation in operations:
                words.setdefault(step.key, step.target)
    alike: dict[str, list[int]] = {}
    for step in steps:
        if step.key in words and step.key not in (group := alike.setdefault(words[step.key], [])):
            group.append(step.key)
    return {key: _numbered(text, alike[text].index(key), len(alike[text])) for key, text in words.items()}


def _numbered(words: str, place: int, of: int) -> str:
    return f"{words} ({place + 1})" if of > 1 and words else words


def _called(step: Step, names: dict[int, str]) -> Step:
    """The step with its thing called as it is everywhere here, beside the thread's own words where they differ."""
    name = names.get(step.key, "")
    if not name or step.key < 0:
        return step
    own = step.operation in _DATA | _TAKES and step.target != name.rpartition(" (")[0] and step.target != name
    return replace(step, target=f"{step.target} (the same as {name})" if own else name)


def _in_columns(steps: Iterable[Step], column: dict[int, int]) -> list[Step]:
    return [
        replace(step, thread=column[step.thread], wakes=tuple(column[one] for one in step.wakes if one in column))
        for step in steps
    ]


class _Walk:
    """Goes through the steps once, and keeps how things are."""

    def __init__(self, steps: Sequence[Step], names: Sequence[str], called: dict[int, str]) -> None:
        self.steps = steps
        self._names = names
        self._called = called
        self.values = {step.key: called[step.key] for step in steps if step.operation in _DATA}
        self.locks = {step.key: called[step.key] for step in steps if step.operation not in _DATA and step.key >= 0}
        self.held = _held_at_work(steps)
        self._guards = {step.key for step in steps if step.operation in (*_TAKES, "release")}
        self._own = [[n for n, step in enumerate(steps) if step.thread == thread] for thread in range(len(names))]
        self._now = {key: self._at_first(key) for key in self.values}
        self._known = {key: [UNKNOWN] * len(names) for key in self.values}
        self._owners: dict[int, int] = {}
        self._woken: set[int] = set()
        self._handed = _handed(steps)

    def all(self) -> Iterable[Moment]:
        yield self._moment()
        for number, step in enumerate(self.steps):
            if step.result != "never":
                self._own[step.thread].remove(number)
                self._do(number, step)
            yield self._moment()

    def _at_first(self, key: int) -> int:
        """The step that tells what the value is before anybody has touched it: the first, if that is a look."""
        first = next(n for n, step in enumerate(self.steps) if step.key == key)
        return first if self.steps[first].operation == "read" else UNKNOWN

    def _do(self, number: int, step: Step) -> None:
        thread, key = step.thread, step.key
        if step.operation in _DATA:
            self._known[key][thread] = number
            if step.operation in _CHANGES or self._now[key] == UNKNOWN:
                self._now[key] = number
        elif step.operation == "release":
            self._owners.pop(key, None)
            self._woken |= set(step.wakes)
        elif step.operation == "notify":
            self._woken |= set(step.wakes)
        elif key in self._guards and (step.operation == "wait" or step.result == "done"):
            # A wait takes its lock back, also when it has timed out.
            self._owners[key] = thread
        if step.operation in ("wait", "acquire"):
            self._woken.discard(thread)

    def _moment(self) -> Moment:
        stands = [self._stand(thread) for thread in range(len(self._names))]
        waits = [(self.steps[stand.next].key, thread) for thread, stand in enumerate(stands) if stand.waits]
        return Moment(
            values=tuple(self._now.values()),
            known=tuple(map(tuple, self._known.values())),
            owners=tuple(self._owners.get(key, UNKNOWN) for key in self.locks),
            waiting=tuple(tuple(thread for wanted, thread in waits if wanted == key) for key in self.locks),
            threads=tuple(stands),
        )

    def _stand(self, thread: int) -> Stand:
        if not self._own[thread]:
            return Stand("is through", UNKNOWN)
        number = self._own[thread][0]
        step = self.steps[number]
        name = self._called.get(step.key, step.target)
        owner = self._owners.get(step.key, UNKNOWN)
        held = f"held by {'itself' if owner == thread else self._names[owner]}" if owner != UNKNOWN else ""
        if step.operation == "acquire" and (held or (number in self._handed and thread not in self._woken)):
            return Stand(f"waits for {name}" + (f", {held}" if held else ""), number, waits=True)
        if step.operation == "wait" and (step.key in self._guards or step.result == "never"):
            if thread not in self._woken:
                return Stand(f"waits on {name} to be woken", number, waits=True)
            if held:
                return Stand(f"is woken, and waits for {name}, {held}", number, waits=True)
        return Stand(f"next: {step.operation} {step.target}".rstrip(), number)


def _held_at_work(steps: Sequence[Step]) -> set[int]:
    """Keys of what some thread holds while it does something else, or for ever."""
    held: set[int] = set()
    mine: dict[int, dict[int, None]] = {}
    for step in steps:
        holding = mine.setdefault(step.thread, {})
        if step.operation == "release":
            holding.pop(step.key, None)
            continue
        held |= set(holding) - {step.key}
        if step.result == "never":
            held |= {step.key} if step.operation == "acquire" else set()
        elif step.operation == "wait" or (step.operation in _TAKES and step.result == "done"):
            holding[step.key] = None
    taken = {key for holding in mine.values() for key in holding}
    given = {step.key for step in steps if step.operation in (*_TAKES, "release")}
    return held | (taken & given)


def _handed(steps: Sequence[Step]) -> set[int]:
    """Acquires for which the thread had to wait until somebody gave it the semaphore."""
    owed: set[tuple[int, int]] = set()
    handed: set[int] = set()
    for number, step in enumerate(steps):
        owed |= {(thread, step.key) for thread in step.wakes if step.operation == "release"}
        if step.operation == "acquire" and (step.thread, step.key) in owed:
            owed.remove((step.thread, step.key))
            handed.add(number)
    return handed
