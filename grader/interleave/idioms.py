"""Idioms: the name of what went wrong, read off one execution.

    lost update           a value was read, somebody else changed it, and what was made of the old one was written
    check-then-act        the same, where the old value had been looked at in a condition; or a queue or lock was
                          asked in one, somebody else used it, and it was used all the same; or a container was
                          looked at in one, somebody else changed it, and it was used in the block all the same
    if instead of while   the same, where the thread had waited in between and did not look again
    unenforced order      nobody was interrupted: the threads merely went in another order than the natural one
    early publication     somebody used what one of two writes had shown, between the two
    change between two looks  a thread came back to what it had read or written, and somebody had changed it
    lock order            threads hold what the others want, in a ring
    lock not released     a lock is held by a thread that has ended, or by the one that wants it
    nested monitor        who waits to be woken keeps a lock that the others need
    lost wake-up          somebody waits for a notification that came when nobody waited
    wrong waiter woken    the notification went to a thread that had to wait again, and kept it to itself

Names are hints for a person, never grounds for a verdict.
"""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from grader.interleave.recorder import NOBODY, Told

if TYPE_CHECKING:
    from grader.interleave.execution import Execution, Site

_CONDITIONS = frozenset({"if", "elif", "while", "assert"})
_USES = frozenset({"acquire", "try", "wait"})


class Stale(NamedTuple):
    """A thread read, another changed what it read, and it wrote all the same."""

    read: Told
    spoiler: Told
    """The last change in between."""
    write: Told


def idiom(
    execution: Execution, steps: Sequence[Told], waiting: Sequence[Told], sites: Sequence[Site], preemptions: int
) -> str:
    """The name that fits, or "". `preemptions` is how often a thread was stopped, -1 in the natural order."""
    if execution.ending in ("done", "raised"):
        return _of_values(steps, sites) or _of_order([told for told in steps if told.site >= 0], sites, preemptions)
    if execution.ending in ("deadlock", "leak"):
        return _of_waiting(execution, steps, waiting)
    return ""


def stale_reads(steps: Sequence[Told], sites: Sequence[Site]) -> list[Stale]:
    """In the order of the writes. A read is forgotten when its thread reads at the same place again, or writes.

    Only the last read before a write counts, and reads in conditions.
    """
    found = []
    reads: dict[tuple[int, int], dict[int, Told]] = {}
    spoilers: dict[int, Told] = {}
    for told in steps:
        if told.site < 0:
            continue
        mine = (told.thread, told.key)
        if told.kind == "read":
            known = reads.setdefault(mine, {})
            known.pop(told.site, None)
            known[told.site] = told
            spoilers.pop(told.place, None)
        elif told.kind == "write":
            mine_of_it = _forgotten(reads, told)
            last = mine_of_it[-1] if mine_of_it else None
            for read in mine_of_it:
                spoiler = spoilers.get(read.place)
                matters = read is last or word_at(read, sites) in _CONDITIONS
                if spoiler is not None and matters and (_about(read, told) or _about(spoiler, told)):
                    found.append(Stale(read, spoiler, told))
            _spoil(reads, spoilers, told)
    return [one for one in found if not sites[one.write.site].trusted]


def _about(one: Told, other: Told) -> bool:
    """Whether they are about one thing: the same location, or one of them the whole of the other."""
    return one.key in (other.key, other.whole) or one.whole == other.key


def _forgotten(reads: dict[tuple[int, int], dict[int, Told]], told: Told) -> list[Told]:
    """What the thread of a write had read of that, taken out of `reads` but for looks at a whole of a part of it."""
    mine = reads.pop((told.thread, told.key), {})
    others = [known for (thread, key), known in reads.items() if thread == told.thread and key != told.key]
    found = [*mine.values(), *(one for known in others for one in known.values() if _about(one, told))]
    return sorted(found, key=lambda one: one.place)


def _spoil(reads: dict[tuple[int, int], dict[int, Told]], spoilers: dict[int, Told], told: Told) -> None:
    for (thread, _), known in reads.items():
        for read in known.values():
            if thread != told.thread and _about(read, told):
                spoilers[read.place] = told


def wrongly_woken(steps: Sequence[Told], waiting: Sequence[Told]) -> list[Told]:
    """Notifications whose receivers wait there again at the end, beside others, while they have notified nobody."""
    stuck: dict[int, set[int]] = {}
    for told in waiting:
        if told.kind == "wait":
            stuck.setdefault(told.key, set()).add(told.thread)
    found = []
    for number, told in enumerate(steps):
        if told.woken and set(told.woken) < stuck.get(told.key, set()):
            later = steps[number + 1 :]
            if not any(one.kind == "notify" and one.thread in told.woken and one.key == told.key for one in later):
                found.append(told)
    return found


def word_at(told: Told, sites: Sequence[Site]) -> str:
    """The first word of the line that the step comes from."""
    site = sites[told.site]
    return next(iter(linecache.getline(site.file, site.line).split()), "")


def _of_values(steps: Sequence[Told], sites: Sequence[Site]) -> str:
    names = [_name(pair, steps, sites) for pair in stale_reads(steps, sites)]
    return next((name for name in ("if instead of while", "check-then-act", "lost update") if name in names), "")


def _of_order(steps: Sequence[Told], sites: Sequence[Site], preemptions: int) -> str:
    """Names that say less: they are asked for when no other fits."""
    if preemptions == 0:
        return "unenforced order"
    if preemptions < 0:
        return ""
    own = [told for told in steps if not sites[told.site].trusted]
    if any(_asked_in_vain(own, told, sites) or _changed_since_asked(own, told, sites) for told in own):
        return "check-then-act"
    if any(_shown_too_early(own, told) for told in own):
        return "early publication"
    return "change between two looks" if any(_comes_back(own, told) for told in own) else ""


def _asked_in_vain(steps: Sequence[Told], asked: Told, sites: Sequence[Site]) -> bool:
    """A queue or a lock was asked in a condition, then another thread used it, then whoever had asked."""
    if asked.kind != "read" or word_at(asked, sites) not in _CONDITIONS:
        return False
    later = [told for told in steps if told.place > asked.place and told.key == asked.key and told.kind in _USES]
    return len(later) > 1 and later[0].thread != asked.thread and asked.thread in [told.thread for told in later]


def _changed_since_asked(steps: Sequence[Told], asked: Told, sites: Sequence[Site]) -> bool:
    """A container or an item was looked at in a condition, and another thread changed it before what hangs on that."""
    if asked.kind != "read" or (asked.part and asked.whole < 0) or word_at(asked, sites) not in _CONDITIONS:
        return False
    later = [told for told in steps if told.place > asked.place and _about(told, asked)]
    changed = next((told.place for told in later if told.thread != asked.thread and told.kind == "write"), None)
    used = [told for told in later if told.thread == asked.thread and changed is not None and told.place > changed]
    return any(told.site != asked.site and _hangs_on(sites[told.site], sites[asked.site]) for told in used)


def _hangs_on(used: Site, condition: Site) -> bool:
    """Whether it stands in the condition's line, or in the block below that."""
    between = [linecache.getline(used.file, line) for line in range(condition.line, used.line + 1)]
    edges = [len(line) - len(line.lstrip()) for line in between if line.strip()]
    return used.file == condition.file and bool(edges) and all(edge > edges[0] for edge in edges[1:])


def _shown_too_early(steps: Sequence[Told], read: Told) -> bool:
    """What is read was written by a thread that writes more later, which is used before that."""
    if read.kind != "read":
        return False
    writes = [told for told in steps if told.kind == "write" and told.thread != read.thread]
    shown = next((told for told in reversed(writes) if told.place < read.place and told.key == read.key), None)
    if shown is None:
        return False
    missed = {told.key for told in writes if told.place > read.place and told.thread == shown.thread} - {read.key}
    until = {told.key: told.place for told in reversed(writes) if told.place > read.place}
    return any(
        told.kind == "read" and told.thread == read.thread and told.key in missed and told.place < until[told.key]
        for told in steps
        if told.place > shown.place
    )


def _comes_back(steps: Sequence[Told], first: Told) -> bool:
    """Another thread changes what `first` touched, before the same thread reads it at another place."""
    if first.kind not in ("read", "write"):
        return False
    later = [told for told in steps if told.place > first.place and told.key == first.key]
    again = next((told for told in later if told.thread == first.thread), None)
    changed = any(told.kind == "write" for told in later[: later.index(again)]) if again else False
    return changed and again is not None and again.kind == "read" and again.site != first.site


def _name(pair: Stale, steps: Sequence[Told], sites: Sequence[Site]) -> str:
    if word_at(pair.read, sites) not in _CONDITIONS:
        return "lost update"
    return "if instead of while" if is_hasty(pair, steps) else "check-then-act"


def is_hasty(pair: Stale, steps: Sequence[Told]) -> bool:
    """Whether the thread waited in between."""
    between = [told for told in steps if pair.read.place < told.place < pair.write.place]
    return any(told.kind == "wait" and told.thread == pair.read.thread for told in between)


def _of_waiting(execution: Execution, steps: Sequence[Told], waiting: Sequence[Told]) -> str:
    said = " ".join(execution.detail)
    if "has ended" in said or "held by itself" in said:
        return "lock not released"
    if sum(told.kind == "acquire" for told in waiting) > 1 and said.count("held by") > 1:
        return "lock order"
    keepers = {execution.threads[told.thread] for told in waiting if told.kind == "wait"}
    if any(told.kind == "acquire" and told.note.removeprefix("waits: held by ") in keepers for told in waiting):
        return "nested monitor"
    keys = {told.key for told in waiting if told.kind == "wait"}
    notified = [told for told in steps if told.kind == "notify" and told.key in keys and told.site >= 0]
    if wrongly_woken(steps, waiting):
        return "wrong waiter woken"
    if any(told.note == NOBODY for told in notified):
        return "lost wake-up"
    return ""
