"""Exact points as the numbers that a format can hold."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from math import floor, lcm

from grader.scoring import rounded


def number(points: Fraction) -> int | float:
    """At most two decimals, a half away from zero; an int when it is whole."""
    exact = rounded(points)
    return int(exact) if exact == int(exact) else float(exact)


def quarters(parts: Iterable[Fraction]) -> list[int | float]:
    """Each part as a multiple of 1/4, such that the sums of the first n are the nearest ones.

    Sums of quarters are exact in binary, in any order: nobody ever reads 0.30000000000000004.
    """
    sums = [Fraction(0)]
    for part in parts:
        sums.append(sums[-1] + part)
    near = [floor(each * 4 + Fraction(1, 2)) for each in sums]
    return [number(Fraction(after - before, 4)) for before, after in pairwise(near)]


def whole(parts: Iterable[Fraction]) -> int:
    """What all parts must be multiplied with to be whole numbers."""
    return lcm(*(part.denominator for part in parts))
