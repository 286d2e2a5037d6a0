"""Pictures: one execution as rows that a person can follow, at most `ROWS` of them.

What matters first: what an idiom is made of (`idioms`), who waits at the end and who holds what they wait for.
Then changes of what several threads touch, then looks at the same things. A read and the write that follows it on the
same line, with nobody in between, are one row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.interleave.idioms import Stale, is_hasty, stale_reads, wrongly_woken
from grader.interleave.recorder import NOBODY, Told
from grader.trace import Step

if TYPE_CHECKING:
    from grader.interleave.execution import Site

ROWS = 12
_SHOWN = frozenset({"read", "write", "acquire", "try", "release", "wait", "notify", "sleep", "await"})
_LOCKS = frozenset({"acquire", "try"})
_TAKING = frozenset({"acquire", "try", "wait"})


class Picture:
    """`steps` of one execution, then what was still `waiting` at the end; `names` in the order of the columns."""

    def __init__(
        self, steps: Sequence[Told], waiting: Sequence[Told], sites: Sequence[Site], names: Mapping[int, str]
    ) -> None:
        self._sites = sites
        self._names = names
        self._waiting = [told for told in waiting if self._has_words(told)]
        self._all = [told for told in steps if self._has_words(told)]
        self._wholes = {told.whole if told.whole >= 0 else told.key for told in self._all if not told.part}
        """What was looked at or changed as a whole, or asked how much it holds: its items are not told one by one."""
        self._steps = [told for told in self._all if told.kind != "release" or told.woken]
        self._columns = {number: column for column, number in enumerate(names)}
        self._telling = self._choose()

    def everything(self) -> list[Step]:
        """Every step, as it was."""
        called: dict[int, str] = {}
        rows = []
        for told in [*self._all, *self._waiting]:
            row = self._row(told)
            if told.kind in _TAKING:
                called[told.key] = row.target
            elif told.kind == "release":
                # Where a lock is given back is the end of a block, which may name something else.
                row = replace(row, target=called.get(told.key, row.target))
            rows.append(row)
        return rows

    def telling(self) -> list[int]:
        """The places in `everything` of what `rows` shows."""
        places = {told.place for told in self._telling}
        return [number for number, told in enumerate([*self._all, *self._waiting]) if told.place in places]

    def rows(self) -> list[Step]:
        """What matters."""
        return [self._row(told) for told in self._telling]

    def _choose(self) -> list[Told]:
        stale = stale_reads(self._steps, self._sites)
        self._note_beliefs(stale)
        self._note_waking()
        steps = self._own(self._merged([*self._steps, *self._waiting]))
        first = self._first(stale)
        self._woke = any(is_hasty(pair, self._steps) for pair in stale)
        shared = _shared(steps)
        ranked = [(self._rank(told, first, shared), number) for number, told in enumerate(steps)]
        kept = [number for rank, number in sorted(ranked, key=lambda one: (one[0], -one[1])) if rank < 9][:ROWS]
        return [steps[number] for number in sorted(kept or range(len(steps))[-ROWS // 2 :])]

    def _has_words(self, told: Told) -> bool:
        known = told.site >= 0 and told.kind in _SHOWN and told.thread in self._names
        return known and not self._sites[told.site].file.startswith("grader/")

    def _own(self, steps: list[Told]) -> list[Told]:
        """The answer's steps, and what several threads told the scenario; all of its steps when there is hardly any."""
        shared = _shared(steps)
        own = [told for told in steps if not self._sites[told.site].trusted]
        heard = [
            told for told in steps if self._sites[told.site].trusted and told.kind == "write" and told.key in shared
        ]
        return sorted([*own, *heard], key=lambda told: told.place) if len(own) > 1 else steps

    def _merged(self, steps: list[Told]) -> list[Told]:
        line = [(self._sites[told.site].line, told.thread, told.key) for told in steps]
        return [
            told
            for number, told in enumerate(steps)
            if told.kind != "read"
            or told.note
            or number + 1 == len(steps)
            or steps[number + 1].kind != "write"
            or line[number] != line[number + 1]
        ]

    # ---- what matters

    def _first(self, stale: Sequence[Stale]) -> set[int]:
        """Places of what an idiom is made of, and of what holds up those who wait."""
        first = {one.place for pair in stale for one in (pair.read, pair.spoiler, pair.write)}
        wanted = {told.key for told in self._waiting}
        last: dict[int, int] = {}
        for told in self._steps:
            if told.key in wanted and told.kind in _LOCKS and told.note != "in vain":
                last[told.key] = told.place
        return first | set(last.values()) | {told.place for told in self._waiting}

    def _rank(self, told: Told, first: Collection[int], shared: Collection[int]) -> int:
        if told.place in first or (told.note and (self._waiting or told.note != NOBODY)):
            return 0
        if (told.kind in ("wait", "notify") or told.woken) and self._waiting:
            return 1
        if told.key not in shared or told.kind in _LOCKS:
            return 9
        if told.kind in ("wait", "notify") and first and not self._woke:
            # Whoever lost an update was not kept from anything.
            return 9
        return {"write": 2, "read": 4 if first else 3}.get(told.kind, 5)

    # ---- notes

    def _note_beliefs(self, stale: Sequence[Stale]) -> None:
        """Before the thread goes on that knows an old value, say what it still believes."""
        for read, spoiler, _ in stale:
            if not spoiler.note:
                words = self._sites[read.site].words
                belief = f"{words} = {read.value}" if read.value else f"what it read of {words}"
                spoiler.note = f"{self._names[read.thread]} still believes {'that ' if read.value else ''}{belief}"

    def _note_waking(self) -> None:
        for told in wrongly_woken(self._steps, self._waiting):
            told.note = told.note or "wakes " + ", ".join(self._names[one] for one in told.woken if one in self._names)

    def _row(self, told: Told) -> Step:
        site = self._sites[told.site]
        # A sleep touches nothing: what it says is how long.
        whole = told.whole in self._wholes
        target, value = (told.value, "") if told.kind == "sleep" else (site.words, told.all if whole else told.value)
        word = "change" if told.kind == "write" and (not told.part or told.part.startswith("[")) else told.kind
        return Step(
            self._columns[told.thread],
            site.file,
            site.line,
            word,
            target,
            value,
            told.note,
            # What all tasks of a loop have in common is nothing that one can hold.
            -1 if told.kind == "await" else told.whole if whole else told.key,
            told.result,
            tuple(self._columns[one] for one in told.woken if one in self._columns),
        )


def _shared(steps: Sequence[Told]) -> set[int]:
    """Keys that several threads touch and somebody changes; touching a part touches the whole, and the reverse."""
    threads: dict[int, set[int]] = {}
    changed: set[int] = set()
    parts: dict[int, set[int]] = {}
    for told in steps:
        if told.whole >= 0:
            parts.setdefault(told.whole, set()).add(told.key)
    for told in steps:
        for key in (told.key, told.whole, *parts.get(told.key, ())):
            threads.setdefault(key, set()).add(told.thread)
            if told.kind != "read":
                changed.add(key)
    return {key for key, who in threads.items() if len(who) > 1 and key in changed}
