"""The corpus `tests/programs/`: how a program is read, run under control and run as it is.

A program's `main()` returns a value; `ALLOWED` lists the values that are right. A buggy one says which other `ENDING`
and which `IDIOM` must be found, and with how few `PREEMPTIONS` it must be told; a correct one whether its schedules
are few enough to be `EXHAUSTED`. Where `SIZES` are given, `main(size)` is meant for each of them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, NamedTuple

from grader.interleave.explorer import Plan, explore
from grader.interleave.program import Program, load
from grader.interleave.vthread import GREENLETS, Carrier
from grader.trace import Coverage, Outcome

PROGRAMS = Path(__file__).parents[1] / "programs"
SCENARIO = "def run(answer, **size):\n    return answer.main(**size)\n"


class Case(NamedTuple):
    """A program, at one of its sizes."""

    file: Path
    arguments: dict[str, int]
    says: dict[str, Any]

    @property
    def name(self) -> str:
        return "-".join([self.file.stem, *map(str, self.arguments.values())])

    def program(self, carrier: Carrier = GREENLETS) -> Program:
        """Loaded anew, so that what is wrapped around its engine stays there."""
        source = self.file.read_text(encoding="utf-8")
        return load({self.file.name: source}, self.file.stem, SCENARIO, "scenario.py", carrier=carrier)

    def is_bad(self, outcome: Outcome) -> bool:
        """It is none of those allowed."""
        return outcome.ending != "done" or outcome.value not in self.says["ALLOWED"]

    def is_wanted(self, outcome: Outcome) -> bool:
        """It is what the program says is wrong with it."""
        return self.is_bad(outcome) and outcome.ending == self.says["ENDING"]


def cases(kind: str) -> list[Case]:
    """All programs in `tests/programs/<kind>` and the folders in it, each at each of its sizes."""
    found = []
    for file in sorted((PROGRAMS / kind).rglob("*.py")):
        says = _says(file)
        found += [Case(file, arguments, says) for arguments in _arguments(says)]
    return found


def _says(file: Path) -> dict[str, Any]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    assignments = [node for node in body if isinstance(node, ast.Assign)]
    named = {target.id: node.value for node in assignments for target in node.targets if isinstance(target, ast.Name)}
    return {name: ast.literal_eval(value) for name, value in named.items() if name.isupper()}


def _arguments(says: dict[str, Any]) -> list[dict[str, int]]:
    return [{"size": size} for size in says["SIZES"]] if "SIZES" in says else [{}]


class Explored:
    """What a search saw; `until` says which outcome it stops at."""

    def __init__(self, case: Case, plan: Plan, until: Any = lambda outcome: False) -> None:
        self.program = case.program()
        self.outcomes: list[Outcome] = []
        self._until = until
        self.coverage: Coverage = explore(self.program, "run", case.arguments, plan, self._heard)
        self.bad = [one for one in self.outcomes if case.is_bad(one)]

    def _heard(self, outcome: Outcome) -> bool:
        self.outcomes.append(outcome)
        return not self._until(outcome)
