"""The efficiency figure: how many times as fast as one process, whatever else the machine had to do.

    E  =  sum of  work that was needed  x  stretch  / wall time

A busy machine stretches every process that computes: it is ready for longer than it runs. The work that was needed is
what one process takes, and each process did a part of it; the wall time of a machine with free processors would be
shorter by the stretch of those parts. There E is the speed-up by the clock; on a busy machine the clock says less and E
stays. A process is ready for no longer than the wall time; where its threads compute at the same time (Python without
the GIL), each of them.

What was computed beyond the need is offered in vain: work done twice, waiting in a loop, talking about work. Nobody
knows which part that was; it is taken to be the part of those who were stretched most, so that whoever is always ready
and hardly runs helps nobody. What came and went unseen is taken not to be stretched at all. And whoever wakes,
says a word and sleeps again waits as long for its turn as others, for nearly nothing: it is given the stretch of the
busiest process, and no more. It is known by its turns, which are short: whoever computes uses up the kernel's slices,
2 ms and more.

Nobody computes less than the work takes: what looks like it is the machine's doing, since the processors of one core,
and of one rack, are now slower, now faster. So luck cannot make an answer faster than it is, but it can make it slower:
where the rule says "faster" it asks for less.

Source: measured for this project, with the losses: benchmarks/RESULTS.md, docs/decisions/0007. The rule is a sequential
test (A. Wald, Sequential Tests of Statistical Hypotheses, 1945), with bounds chosen by measurement. Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from statistics import fmean, median
from typing import Literal, TypeAlias

from msgspec.structs import replace

from grader.results import TimedPair
from grader.trace import Metered, Share

FASTER, SLOWER, MUCH_SLOWER = 0.3, -0.9, -1.6
"""A side has won when the logarithms of figure / threshold add up to so much. How much was ready to run is measured
well, how much was computed is not: whoever had enough ready has to be much slower."""
A_WORD = 0.001
"""Seconds of a processor. Between those who compute (1.9 ms a turn and more, measured) and those who do not (0.6)."""
IN_A_TURN = 2
"""So many runs of the answer stand between two runs in one process."""
AROUND = 1.5
"""Before and after the scenario a program may compute so many times as much as one that only starts and ends. What is
beyond is work done early, or late."""
LOUDEST = 0.29
"""What one pair can say at most: no single pair decides."""
MOST = 10
"""So many pairs at most; then nobody has won."""

Verdict: TypeAlias = Literal["faster", "slower", "unsure"]


def offered(run: Metered) -> float:
    """The mean number of processors that the run could have used."""
    return sum(share.run * stretched for stretched, share in _stretched(run)) / run.wall if run.wall > 0 else 0.0


def speed(run: Metered, needed: float, birth: float) -> float:
    """E of the scenario alone. `needed`: processor seconds of the work; `birth`: of one interpreter's start."""
    left, served = needed + _forgiven(run, needed, birth), 0.0
    for stretched, seconds in sorted([(1.0, run.unseen), *((each, share.run) for each, share in _stretched(run))]):
        took = min(seconds, left)
        served, left = served + took * stretched, left - took
    return served / run.wall if run.wall > 0 else 0.0


def _forgiven(run: Metered, needed: float, birth: float) -> float:
    """Processor seconds of starting interpreters that are as good as work: one start for each process that works.

    Not necessarily its own: a fork server starts once, and its children are copies.
    """
    workers = sum(_beyond_birth(share, birth) >= needed / 10 for share in run.shares)
    starts = sorted((min(share.run, birth) for share in run.shares if share.born), reverse=True)
    return sum(starts[:workers])


def _stretched(run: Metered) -> list[tuple[float, Share]]:
    """Each share with how many times as long as it ran the process took, since others had the processors."""
    if not run.shares:
        return []
    most = stretch(run, max(run.shares, key=lambda share: share.run))
    bounds = (inf if share.run >= A_WORD * share.turns else most for share in run.shares)
    return [(min(stretch(run, share), bound), share) for share, bound in zip(run.shares, bounds, strict=True)]


def stretch(run: Metered, share: Share) -> float:
    """How many times as long as it ran a process, or a thread with a share of its own, was ready; 1 where it never
    waited."""
    return min(share.run + share.wait, run.wall) / share.run if share.run > 0 else 0.0


def spent(run: Metered, birth: float) -> float:
    """Processor seconds, without those for starting interpreters: `birth` is what one of them needs at most."""
    return run.unseen + sum(_beyond_birth(share, birth) for share in run.shares)


def _beyond_birth(share: Share, birth: float) -> float:
    return max(share.run - birth, 0.0) if share.born else share.run


def paired(before: Metered, answer: Metered, after: Metered) -> TimedPair:
    """One figure from an answer's run between two runs of the same work in one process."""
    alone = fmean([spent(before, 0.0), spent(after, 0.0)])
    birth = min(before.birth, after.birth)
    around = _beyond(answer.early, before.early, after.early) + _beyond(answer.late, before.late, after.late)
    # Seconds that the answer would take if each process that is ready had a processor of its own.
    free = _seconds(around, alone, speed(answer, alone, birth))
    work = (around + spent(answer, birth)) / alone if alone > 0 else 0.0
    walls = fmean([before.wall, after.wall]), answer.wall
    ran = None
    if any(share.beside for share in answer.shares):
        ran = alone / (_seconds(around, alone, speed(_as_it_ran(answer), alone, birth)) or inf)
    return TimedPair(alone, free, *walls, offered(answer), work, _workers(answer), ran)


def _seconds(around: float, alone: float, fast: float) -> float:
    return around + alone / fast if fast > 0 else 0.0


def _as_it_ran(run: Metered) -> Metered:
    """Without the waiting of threads that compute at the same time. Where Python has no GIL, who waits for a lock spins
    for a while (`Python/lock.c`), and gives its processor away each time: the kernel cannot tell it from work."""
    return replace(run, shares=tuple(replace(share, wait=0.0) if share.beside else share for share in run.shares))


def _beyond(seconds: float, *alone: float) -> float:
    return max(0.0, seconds - AROUND * max(alone))


def verdict(pairs: Sequence[TimedPair], at_least: float) -> Verdict | None:
    """Who has won; None while another turn is wanted: one where it is clearly faster, all five where it is close."""
    if sum(_voice(pair.certain / at_least) for pair in pairs) >= FASTER:
        return "faster"
    said = sum(_voice(pair.figure / at_least) for pair in pairs)
    if said <= MUCH_SLOWER or (said <= SLOWER and median(pair.ready for pair in pairs) < at_least):
        return "slower"
    return "unsure" if len(pairs) >= MOST else None


def _voice(ratio: float) -> float:
    return max(-LOUDEST, min(LOUDEST, log(ratio))) if ratio > 0 else -LOUDEST


def _workers(run: Metered) -> int:
    """The processes that did a tenth of the work or more."""
    whole = spent(run, 0.0)
    return sum(_matters(share, whole) for share in run.shares)


def _matters(share: Share, whole: float) -> bool:
    return share.run >= whole / 10
