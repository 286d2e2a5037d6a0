"""What an author writes above a function: `@scenario` and `@check`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar, get_args

from msgspec import Struct

from grader.errors import CourseError
from grader.results import Kind

F = TypeVar("F", bound=Callable[..., Any])

DECLARED = "__grader_check__"
SCENARIO = "__grader_scenario__"


class Declared(Struct, frozen=True):
    """What `@check` says of a check."""

    kind: Kind
    points: Fraction
    hint: str


def scenario(function: F) -> F:
    """Mark a function that runs inside the box: `def two_deposits(answer, amount)` -> JSON value.

    Its docstring, formatted with the arguments, is the line "ran" of a failure.
    """
    setattr(function, SCENARIO, True)
    return function


def check(*, kind: Kind, points: int | str | Fraction = 1, hint: str = "") -> Callable[[F], F]:
    """Declare a pytest function a check. Its docstring's first line is the title that students read.

    kind: SAFE, LIVE, BLOCK, PAR, FAIR, EXC, CLEAN, SPEED or EDGE. points: 2, "1/2", Fraction(1, 2).
    """
    if kind not in get_args(Kind):
        raise CourseError(
            f"@check(kind={kind!r}): there is no such kind",
            remedy=f"write one of {', '.join(get_args(Kind))}",
            slug="check-kind",
        )

    def declare(function: F) -> F:
        setattr(function, DECLARED, Declared(kind, _points(points), hint))
        return function

    return declare


def _points(points: int | str | Fraction) -> Fraction:
    try:
        exact = Fraction(points)
    except (ValueError, ZeroDivisionError):
        exact = Fraction(-1)
    if exact < 0:
        raise CourseError(
            f"@check(points={points!r}): points are a number from 0 up",
            remedy='write points=2 or points="1/2"',
            slug="check-points",
        )
    return exact
