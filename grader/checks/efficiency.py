"""The efficiency figure: how many times as fast as one process, whatever else the machine had to do.

    E  =  what was ready to run / wall time  x  processor time of one process / processor time of the answer

The first factor is the parallelism that the program offers: what runs and what waits for a processor, together. The
second takes back what is offered in vain: work done twice, waiting in a loop, talking about work. On a machine
with free processors E is the speed-up by the clock; on a busy one the clock says less and E stays. Where Python runs
one thread of a process at a time, a process offers at most one processor's work, however many threads push each other.

Source: measured for this project, with the losses: benchmarks/RESULTS.md, docs/decisions/0007. Pure functions, no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Literal, TypeAlias

from grader.results import TimedPair
from grader.trace import Metered, Share

LEAD = 3
"""A side has won when it leads by so many pairs."""
MOST = 7
"""So many pairs at most; then nobody has won."""

Verdict: TypeAlias = Literal["faster", "slower", "unsure"]


def offered(run: Metered) -> float:
    """The mean number of processors that the run could have used."""
    if run.wall <= 0:
        return 0.0
    most = run.wall if run.one_lock else float("inf")
    return sum(min(share.run + share.wait, most) for share in run.shares) / run.wall


def spent(run: Metered, birth: float) -> float:
    """Processor seconds, without those for starting interpreters: `birth` is what one of them needs at most."""
    return sum(max(share.run - birth, 0.0) if share.born else share.run for share in run.shares)


def paired(before: Metered, answer: Metered, after: Metered) -> TimedPair:
    """One figure from an answer's run between two runs of the same work in one process."""
    alone = fmean([spent(before, 0.0), spent(after, 0.0)])
    used = spent(answer, min(before.birth, after.birth))
    ready = offered(answer)
    work = used / alone if alone > 0 else 0.0
    # Seconds that the answer would take if each process that is ready had a processor of its own.
    free = used / ready if ready > 0 else 0.0
    return TimedPair(alone, free, fmean([before.wall, after.wall]), answer.wall, ready, work, _workers(answer))


def verdict(figures: Sequence[float], at_least: float) -> Verdict | None:
    """Who has won, None while another pair is wanted: like a median, and stricter where it is close."""
    faster = sum(figure >= at_least for figure in figures)
    slower = len(figures) - faster
    if abs(faster - slower) >= LEAD:
        return "faster" if faster > slower else "slower"
    return "unsure" if len(figures) >= MOST else None


def _workers(run: Metered) -> int:
    """The processes that did a tenth of the work or more."""
    whole = spent(run, 0.0)
    return sum(_matters(share, whole) for share in run.shares)


def _matters(share: Share, whole: float) -> bool:
    return share.run >= whole / 10
