"""The names that an answer must define: those that all right answers have.

The stub would say it, too, but it lies where people try things out: docs/decisions/0004.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grader.box.loading import public_names
from grader.exercises import ExerciseOnDisk


def required_names(exercise: ExerciseOnDisk) -> tuple[str, ...]:
    """Functions, classes and, dotted, methods, in the order of the reference. Empty where no reference is."""
    if exercise.solution is None:
        return ()
    others = [set(defined(path)) for path in exercise.right]
    return tuple(name for name in defined(exercise.solution) if all(name in names for names in others))


def defined(path: Path) -> tuple[str, ...]:
    """The public names in a file of the course's; none where it is not Python, which `grade selfcheck` tells."""
    try:
        return public_names(ast.parse(path.read_bytes()))
    except (SyntaxError, ValueError):
        return ()
