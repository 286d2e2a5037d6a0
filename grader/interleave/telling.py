"""Telling: one execution as a trace that a person can follow, at most `ROWS` rows of what matters.

What matters: accesses to locations that more than one thread touches and somebody changes, locks and waits that
more than one thread is at. Steps of one thread on one line follow each other as one row where there are too many.
"""

from __future__ import annotations

import linecache
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grader.interleave.looking import peek
from grader.trace import Step

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.operations import Operation

ROWS = 12

_WORDS = {"acquire": "acquire", "try": "try", "wait": "wait", "notify": "notify", "sleep": "sleep"}
_ALWAYS = frozenset({"wait", "notify", "sleep"})


class Told:
    """One step while it is being collected."""

    __slots__ = ("key", "kind", "note", "part", "site", "subject", "thread", "value")

    def __init__(self, operation: Operation, subject: object, part: str) -> None:
        self.thread, self.kind, self.key, self.site = operation
        self.subject = subject
        self.part = part
        self.value = ""
        self.note = ""


class Recorder:
    """An Observer that keeps every step with its value, for one execution."""

    def __init__(self) -> None:
        self.steps: list[Told] = []
        self._written: Told | None = None

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        self._settle()
        told = Told(operation, subject, part)
        self.steps.append(told)
        if operation.kind == "read":
            told.value = peek(subject, part)
        elif operation.kind == "write":
            self._written = told

    def finish(self) -> None:
        """Call when the execution is over: the last write has its value now."""
        self._settle()
        for told in self.steps:
            told.subject = None

    def on_failed(self, thread: int, key: int) -> None:
        for told in reversed(self.steps):
            if told.thread == thread and told.key == key:
                told.note = "in vain" if told.kind == "try" else "timed out"
                return

    def on_release(self, thread: int, key: int, site: int) -> None:
        self._settle()

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:
        self._settle()
        told = Told((thread, "notify", key, site), None, "")  # type: ignore[arg-type]
        told.note = "" if woken else "wakes nobody"
        self.steps.append(told)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:
        self._settle()

    def on_end(self, thread: int) -> None:
        self._settle()

    def on_jump(self, now: float) -> None:
        """The clock is no step."""

    def _settle(self) -> None:
        # A write is told before it is done; at the next event, whoever's it is, the value is there.
        if self._written is not None:
            self._written.value = peek(self._written.subject, self._written.part)
            self._written = None


def rows(steps: Sequence[Told], sites: Sequence[Site], names: Mapping[int, str], *, everything: bool) -> list[Step]:
    """The steps as rows; `names` gives thread numbers in the order of their columns."""
    columns = {number: column for column, number in enumerate(names)}
    kept = [told for told in steps if told.site >= 0 and _has_words(told, sites)]
    if not everything:
        kept = _that_matter(kept, sites)
        _note_beliefs(kept, sites, names)
        kept = _fold(kept, sites)
    return [_row(told, sites[told.site], columns) for told in kept if told.thread in columns]


def idiom(steps: Sequence[Told], sites: Sequence[Site]) -> str:
    """lost update, check-then-act, or "" : what the stale reads of an execution amount to."""
    for read, write in _stale(list(steps)):
        if not sites[write.site].trusted:
            site = sites[read.site]
            tested = linecache.getline(site.file, site.line).split()[:1] in (["if"], ["elif"], ["while"], ["assert"])
            return "check-then-act" if tested else "lost update"
    return ""


def _has_words(told: Told, sites: Sequence[Site]) -> bool:
    return told.kind in ("read", "write", *_WORDS) and not sites[told.site].file.startswith("grader/")


def _that_matter(steps: list[Told], sites: Sequence[Site]) -> list[Told]:
    threads: dict[int, set[int]] = {}
    changed: set[int] = set()
    for told in steps:
        threads.setdefault(told.key, set()).add(told.thread)
        if told.kind != "read":
            changed.add(told.key)
    shared = {key for key, who in threads.items() if len(who) > 1 and key in changed}
    kept = [told for told in steps if told.key in shared or told.kind in _ALWAYS]
    own = [told for told in kept if not sites[told.site].trusted]
    return own if len(own) >= 2 and len(kept) > ROWS else kept


def _stale(steps: list[Told]) -> list[tuple[Told, Told]]:
    """Pairs (read, write) of one thread on one location with another thread's write between them."""
    found = []
    last_read: dict[tuple[int, int], Told] = {}
    spoilt: set[tuple[int, int]] = set()
    for told in steps:
        at = (told.thread, told.key)
        if told.kind == "read":
            last_read[at] = told
            spoilt.discard(at)
        elif told.kind == "write":
            if at in spoilt:
                found.append((last_read[at], told))
            spoilt |= {other for other in last_read if other[1] == told.key and other[0] != told.thread}
            spoilt.discard(at)
            last_read.pop(at, None)
    return found


def _note_beliefs(steps: list[Told], sites: Sequence[Site], names: Mapping[int, str]) -> None:
    """At the write that makes somebody's knowledge old, say whose and what he still believes."""
    place = {id(told): number for number, told in enumerate(steps)}
    for read, write in _stale(steps):
        between = steps[place[id(read)] + 1 : place[id(write)]]
        for told in between:
            if told.kind == "write" and told.key == read.key and told.thread != read.thread and not told.note:
                words = sites[read.site].words
                told.note = f"{names.get(read.thread, '?')} still believes that {words} = {read.value}"
                break


def _fold(steps: list[Told], sites: Sequence[Site]) -> list[Told]:
    if len(steps) <= ROWS:
        return steps
    folded: list[Told] = []
    for told in steps:
        before = folded[-1] if folded else None
        same = before is not None and before.thread == told.thread and sites[before.site].line == sites[told.site].line
        if same and before is not None and not before.note and before.kind != "write":
            folded[-1] = told
        else:
            folded.append(told)
    return folded if len(folded) <= ROWS else _edges(folded)


def _edges(steps: list[Told]) -> list[Told]:
    """First and last step of each run between two switches, and whatever has a note; else the end of it all."""
    kept = [
        told
        for number, told in enumerate(steps)
        if told.note
        or number in (0, len(steps) - 1)
        or steps[number - 1].thread != told.thread
        or steps[number + 1].thread != told.thread
    ]
    if len(kept) <= ROWS:
        return kept
    left_out = len(kept) - ROWS
    kept[left_out].note = kept[left_out].note or f"after {left_out} steps like these"
    return kept[left_out:]


def _row(told: Told, site: Site, columns: Mapping[int, int]) -> Step:
    word = _WORDS.get(told.kind, told.kind)
    if told.kind == "write" and (not told.part or told.part.startswith("[")):
        word = "change"
    return Step(columns[told.thread], site.file, site.line, word, site.words, told.value, told.note)
