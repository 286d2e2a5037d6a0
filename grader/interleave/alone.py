"""The engine on its own: explore a function of any module, without exercises, boxes or grades.

    def two_deposits():
        account = Account()
        threads = [Thread(target=account.deposit) for _ in range(2)]
        ...
        assert account.balance == 2

    explore(two_deposits)       # raises Violation, with the shortest trace found

The module in which the function stands is rewritten and imported anew in each execution, and so is each of `modules`;
all others are the real ones and had better not start threads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from msgspec import Struct

from grader.interleave import explorer
from grader.interleave.program import Program, load
from grader.trace import Coverage, Outcome, Trace

_SCENARIO = "def run(answer):\n    return answer.{name}()\n"


class Explored(Struct, frozen=True):
    """What was seen when nothing bad was."""

    values: tuple[Any, ...]
    """The distinct values that the function returned, as JSON values (tuples become lists)."""
    coverage: Coverage

    @property
    def proven(self) -> bool:
        """Whether every interleaving was covered, up to equivalence; else it is evidence only."""
        return self.coverage.exhausted


class Violation(AssertionError):
    """Some schedule ended badly. `outcome` and `trace` are the data behind the message."""

    def __init__(self, outcome: Outcome, trace: Trace, schedules: int) -> None:
        super().__init__("\n".join(_words(outcome, trace, schedules)))
        self.outcome = outcome
        self.trace = trace


def explore(
    function: Callable[[], object],
    *,
    modules: Sequence[ModuleType | str] = (),
    allowed: Callable[[Any], bool] | None = None,
    executions: int = 2000,
    steps: int = 20_000,
    seed: int = 0,
    clock: Literal["free", "exact"] = "free",
) -> Explored:
    """Run `function` under many schedules, all of them when they are few enough.

    `modules` are run under control, too: the code under test, as modules or by name. `allowed` judges what the
    function returns. Raises Violation when some schedule raises, deadlocks, goes round for ever, leaves control, or
    returns what is not allowed; ValueError when the function does not stand at the top of a file.
    """
    program = _program(function, modules)
    plan = explorer.Plan(executions=executions, steps=steps, seed=seed, clock=clock)
    outcomes: list[Outcome] = []
    bad: list[Outcome] = []

    def heard(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        if outcome.ending != "done" or not (allowed is None or allowed(outcome.value)):
            bad.append(outcome)
        return not bad

    coverage = explorer.explore(program, "run", {}, plan, heard)
    if bad:
        trace = explorer.explain(program, "run", {}, bad[0].schedule, plan)
        raise Violation(bad[0], trace, coverage.schedules)
    return Explored(tuple(outcome.value for outcome in outcomes), coverage)


def _program(function: Callable[[], object], modules: Sequence[ModuleType | str]) -> Program:
    name, file = getattr(function, "__qualname__", ""), inspect.getsourcefile(function)
    if file is None or not name.isidentifier():
        raise ValueError(f"{name or function!r} does not stand at the top of a file: move it there")
    home = function.__module__
    files = {_file(home): Path(file).read_text(encoding="utf-8")}
    for module in modules:
        called = module if isinstance(module, str) else module.__name__
        files[_file(called)] = _source(called)
    return load(files, home, _SCENARIO.format(name=name), "grader/interleave/alone.py")


def _file(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _source(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise ValueError(f"there is no source of the module {module!r} to run under control")
    return Path(spec.origin).read_text(encoding="utf-8")


def _words(outcome: Outcome, trace: Trace, schedules: int) -> list[str]:
    what = f"returned {outcome.value!r}, which is not allowed" if outcome.ending == "done" else outcome.ending
    name = f" ({trace.idiom})" if trace.idiom else ""
    lines = [f"{what}{name}, in schedule {schedules} of those tried", ""]
    wide = max((len(name) for name in trace.threads), default=0)
    for step in trace.steps:
        value = f" = {step.value}" if step.value else ""
        note = f"   <- {step.note}" if step.note else ""
        place = f"{step.file}:{step.line}"
        lines.append(f"  {trace.threads[step.thread]:<{wide}}  {place}  {step.operation} {step.target}{value}{note}")
    return [*lines, "", *(f"  {sentence}" for sentence in outcome.detail or trace.ending)]
