"""Programs of students who mean no harm, `honest/*.py`: each does something that walls could stand in the way of.

`f` returns 42 and leaves nothing behind. `# tier: full` in the first line: it needs what only namespaces give, and
docs/teacher/security.md says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import give, need, running

from grader.box.parent import Box
from grader.box.protocol import Limits
from grader.results import Tier

PROGRAMS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("honest/*.py"))}
FULL_ONLY = [name for name, source in PROGRAMS.items() if source.startswith("# tier: full\n")]
ASK = "def ask(answer):\n    return answer.f()\n"


@pytest.fixture(scope="module", params=["full", "landlock"])
def walled(request: pytest.FixtureRequest) -> Iterator[Box]:
    tier: Tier = request.param
    need(tier)
    with Box({"solution.py": ""}, "solution", Limits(seconds=60), tier=tier) as opened:
        yield opened


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 40
    assert len(PROGRAMS) - len(FULL_ONLY) >= 40


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_honest_program_works_and_nothing_is_said_against_it(walled: Box, name: str) -> None:
    ran = give(walled, {"solution.py": PROGRAMS[name]}).run(running(ASK, seconds=30))
    if walled.tier == "landlock" and name in FULL_ONLY:
        assert ran.ending == "raised", "docs/teacher/security.md says that it does not work"
    else:
        assert (ran.ending, ran.value, ran.leftovers) == ("returned", 42, ()), ran
