"""Which two operations a search must try in both orders."""

from __future__ import annotations

from grader.interleave.operations import Operation, conflict


def stops(operation: Operation) -> bool:
    """Whether the whole execution is over with this: daemon threads that still run are cut off there."""
    return operation.kind == "end" and operation.thread == 0


def dependent(a: Operation, b: Operation) -> bool:
    """Whether the order of `a` and `b` can matter: they conflict, or one of them ends everything."""
    return conflict(a, b) or stops(a) or stops(b)
