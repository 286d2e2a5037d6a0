"""What came of one execution, in the words of the border: its outcome, what it is recognised by, its schedule."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grader.interleave.execution import Execution
from grader.interleave.minimise import Simplest, simplicity
from grader.interleave.schedule import deviations, write
from grader.trace import Outcome

Identity = tuple[str, str, tuple[str, ...]]


def outcome_of(execution: Execution) -> Outcome:
    failures = [each for each in (execution.error, *execution.thread_errors) if each is not None]
    at = failures[0] if failures else None
    return Outcome(
        ending=execution.ending,
        value=execution.value,
        detail=execution.detail,
        file=at.file if at else "",
        line=at.line if at else 0,
        makespan=execution.makespan,
        schedule=schedule_of(execution),
        printed=execution.printed,
    )


def identity_of(execution: Execution) -> Identity:
    """Executions with the same identity are one outcome, counted."""
    value = json.dumps(execution.value, sort_keys=True) if execution.ending == "done" else ""
    return execution.ending, value, execution.detail


def likeness(execution: Execution) -> tuple[object, ...]:
    """What must stay the same while a schedule is made simpler: ending, value, kind of exception, who still waits."""
    error = execution.error.type if execution.error else ""
    waiting = frozenset(execution.pending) if execution.ending in ("deadlock", "leak") else frozenset()
    return execution.ending, identity_of(execution)[1], error, len(execution.thread_errors), waiting


def operations_of(execution: Execution) -> list[tuple[int, Sequence[int]]]:
    """Who did each operation, and who could have; looks that were no steps are operations all the same."""
    first, *others = execution.glances
    pairs: list[tuple[int, Sequence[int]]] = [(0, (0,))] * first
    for (operation, runnable, _), looks in zip(execution.choices, others, strict=True):
        pairs.append((operation.thread, runnable))
        # Not `runnable` itself: who waited then no longer does.
        pairs += [(operation.thread, (*runnable,))] * looks
    return pairs


def schedule_of(execution: Execution) -> str:
    """As it is written in a replay token."""
    return write(deviations(operations_of(execution)))


def simplicity_of(execution: Execution) -> Simplest:
    return simplicity(operations_of(execution))
