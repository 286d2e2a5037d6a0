"""Evidence: what is seen on the way of an execution that may end well, and must not be lost when it is made simpler.

A race, a thread that spins, a task that blocks its loop: the outcome says nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.happens_before.races import Races, in_words
from grader.trace import Race, Sighting, Spin

if TYPE_CHECKING:
    from grader.interleave.execution import Execution, Site, Spinning, Stalled
    from grader.interleave.recorder import Told


def shows(sighting: Sighting | None, execution: Execution, sites: Sequence[Site], watcher: Races | None) -> bool:
    """Whether it is in `execution`, too. `watcher` watched it for races; without one none are seen."""
    if sighting is None:
        return True
    if isinstance(sighting, Race):
        return watcher is not None and any(_is_seen(sighting, watcher, execution.threads, sites))
    seen: Sequence[Spinning | Stalled] = execution.spins if isinstance(sighting, Spin) else execution.stalls
    where = ((execution.threads[one.thread], sites[one.site].line) for one in seen if one.site >= 0)
    return (sighting.thread, sighting.line) in where


def _is_seen(race: Race, watcher: Races, names: Mapping[int, str], sites: Sequence[Site]) -> Iterable[bool]:
    for found in watcher.found.values():
        other = in_words(found, sites, names, "", lost=watcher.is_lost_update(found))
        yield name_of(other) == name_of(race) and other.lost >= race.lost


def name_of(race: Race) -> tuple[object, ...]:
    """Races with the same name are one."""
    return race.target, race.pattern, race.first.line, race.second.line


def point_at(sighting: Sighting | None, steps: Sequence[Told], sites: Sequence[Site], names: Mapping[int, str]) -> None:
    """Puts a note at the step where a thread begins to spin, or a task to block."""
    if sighting is None or isinstance(sighting, Race):
        return
    spins = isinstance(sighting, Spin)
    own = [told for told in steps if told.site >= 0 and names.get(told.thread) == sighting.thread]
    own = [told for told in own if told.kind == "read"] if spins else own
    # A loop that awaits is seen where it awaits, and looks in a line before.
    line = max((at for told in own if (at := sites[told.site].line) <= sighting.line), default=0)
    there = [told for told in own if sites[told.site].line == line]
    if spins:
        # Where it comes by twice in a row; the last time it went through.
        twice = [one for one, other in pairwise(own) if sites[one.site].line == line == sites[other.site].line]
        there = twice or there
    if there:
        words = "looks again and again" if spins else "meanwhile no other task can go on"
        there[0].note = there[0].note or words
