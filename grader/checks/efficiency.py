"""The efficiency figure: how many times as fast as one process, whatever else the machine had to do.

    E  =  what was ready to run / wall time  x  processor time of one process / processor time of the answer

The first factor is the parallelism that the program offers: what runs and what waits for a processor, together. The
second takes back what is offered in vain: work done twice, waiting in a loop, talking about work. On a machine
with free processors E is the speed-up by the clock; on a busy one the clock says less and E stays. Where Python runs
one thread of a process at a time, a process offers at most one processor's work, however many threads push each other.

Waiting counts only in proportion to work. A busy machine stretches every process that computes alike; the busiest
process says how much. Whoever wakes, says a word and sleeps again waits as long for its turn, for nearly nothing: it is
given that stretch, and no more.

Source: measured for this project, with the losses: benchmarks/RESULTS.md, docs/decisions/0007. The rule is a sequential
test (A. Wald, Sequential Tests of Statistical Hypotheses, 1945), with bounds chosen by measurement. Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean
from typing import Literal, TypeAlias

from grader.results import TimedPair
from grader.trace import Metered, Share

ENOUGH = 0.75
"""A side has won when the logarithms of figure / threshold add up to so much."""
IMPORTS = 1.5
"""An answer's imports may take so many times what an interpreter needs to start. What is beyond is work done early."""
LOUDEST = 0.4
"""What one pair can say at most: no single pair decides."""
MOST = 7
"""So many pairs at most; then nobody has won."""

Verdict: TypeAlias = Literal["faster", "slower", "unsure"]


def offered(run: Metered) -> float:
    """The mean number of processors that the run could have used."""
    if run.wall <= 0 or not run.shares:
        return 0.0
    most = stretch(run, max(run.shares, key=lambda share: share.run))
    return sum(share.run * min(stretch(run, share), most) for share in run.shares) / run.wall


def stretch(run: Metered, share: Share) -> float:
    """How many times as long as it ran a process took, since others had the processors; 1 where it never waited."""
    ready = share.run + share.wait
    if run.one_lock:
        ready = min(ready, run.wall)
    return ready / share.run if share.run > 0 else 0.0


def spent(run: Metered, birth: float) -> float:
    """Processor seconds, without those for starting interpreters: `birth` is what one of them needs at most."""
    return sum(max(share.run - birth, 0.0) if share.born else share.run for share in run.shares)


def paired(before: Metered, answer: Metered, after: Metered) -> TimedPair:
    """One figure from an answer's run between two runs of the same work in one process."""
    alone = fmean([spent(before, 0.0), spent(after, 0.0)])
    early = max(0.0, answer.birth - IMPORTS * max(before.birth, after.birth))
    used = spent(answer, min(before.birth, after.birth))
    ready = offered(answer)
    # Seconds that the answer would take if each process that is ready had a processor of its own.
    free = early + (used / ready if ready > 0 else 0.0)
    work = (used + early) / alone if alone > 0 else 0.0
    return TimedPair(alone, free, fmean([before.wall, after.wall]), answer.wall, ready, work, _workers(answer))


def verdict(figures: Sequence[float], at_least: float) -> Verdict | None:
    """Who has won; None while another pair is wanted: two where it is clear, all seven where it is close."""
    said = sum(_voice(figure / at_least) for figure in figures)
    if abs(said) >= ENOUGH:
        return "faster" if said > 0 else "slower"
    return "unsure" if len(figures) >= MOST else None


def _voice(ratio: float) -> float:
    return max(-LOUDEST, min(LOUDEST, log(ratio))) if ratio > 0 else -LOUDEST


def _workers(run: Metered) -> int:
    """The processes that did a tenth of the work or more."""
    whole = spent(run, 0.0)
    return sum(_matters(share, whole) for share in run.shares)


def _matters(share: Share, whole: float) -> bool:
    return share.run >= whole / 10
