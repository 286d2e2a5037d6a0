"""What a program can see of the engine when it looks at itself, at its errors and classes: nothing that is ours."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from grader.interleave.program import load, plain
from grader.interleave.strategies.natural import Natural

HEAD = """
import traceback
from typing import Protocol, runtime_checkable
def words():
    return [line.strip() for line in traceback.format_exc().splitlines()]
def frames(call):
    try: call()
    except Exception: return [line for line in words() if line.startswith("File")], words()[-1]
class Meta(type):
    def __new__(meta, name, bases, names): return super().__new__(meta, name, bases, {**names, "seen": sorted(names)})
"""
LOOKS = {
    "print of what is no iterable": "def main(): return frames(lambda: print(*3))[1]",
    "print with a wrong option": "def main(): return print.__name__, print.__qualname__, print.__module__",
}  # fmt: skip


SCENARIO = """
from threading import Thread
def run(answer):
    seen = []
    thread = Thread(target=lambda: seen.append(answer.main()))
    thread.start(), thread.join()
    return seen
"""


@pytest.mark.parametrize("case", LOOKS)
def test_the_program_sees_what_it_sees_without_the_engine(case: str) -> None:
    answer = HEAD + dedent(LOOKS[case])
    names: dict[str, Any] = {"__name__": "answer"}
    exec(compile(answer, "answer.py", "exec"), names)
    program = load({"answer.py": answer}, "answer", SCENARIO, "test_it.py")
    natural = Natural()
    assert natural.begin()
    execution = program.engine.run(program.execution("run", {}), natural)
    assert execution.ending == "done", execution.detail
    assert execution.value == [plain(names["main"]())]
