"""What eleven other graders passed, hung on, or left running, graded as a whole: the verdict, in time, and no trace.

For each answer: what the checks that it touches must find. Other checks may pass: an answer whose `ping_pong` ends the
program still writes right frames.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from boxes import Namespace
from missed import MISSED, ROOT, reference

from grader.box.sandbox import canary
from grader.box.sandbox.bubblewrap import Bubblewrap
from grader.course import read_course
from grader.exercises import ExerciseOnDisk, find_exercise
from grader.grading import Options, grade
from grader.results import ExerciseResult, FindingKind
from grader.submissions.answer import answer


class Told(NamedTuple):
    """What each of `checks` must say ("": every check there is)."""

    kind: FindingKind
    words: str
    checks: str = ""


SAFE_IN_EX01 = "never_overdraws history_adds_up deposit_meets_withdrawals"
AT_WITHDRAW = "keeps_the_books refuses_what_it_must never_overdraws history_adds_up refusal_holds_up_nobody"
AT_SUBMIT = "gives_results callbacks runs_every_task_once a_task_that_raises a_task_uses_the_pool"
AT_PING_PONG = "talks_under_fork talks_under_spawn leaves_nothing_behind"
AT_ALTERNATE = "prints_the_interview_task two_take_turns three_take_turns an_accident_ends_it_for_all many_take_turns"

DIED = "the process ended with exit code 0 before it answered"
ENDED = "ends the program while it is imported"
STAYS = "a program that was started lives on after the parent has ended"
NOT_JSON = "object of type Equal"

EXPECTED: dict[str, dict[str, Told]] = {
    "locks in two orders": {
        "ex01": Told("deadlock", "held by B since bank_account.py:", "history_adds_up refusal_holds_up_nobody"),
        "ex02": Told("deadlock", "held by MainThread since thread_pool.py:", "runs_every_task_once a_task_that_raises"),
        "ex03": Told("deadlock", "child 1 waits in __enter__() at pipe_talk.py:", AT_PING_PONG),
        "ex04": Told("deadlock", "held by printer-", "two_take_turns many_take_turns"),
    },
    "a thread that stays": {
        "ex01": Told("leak", "at bank_account.py:", AT_WITHDRAW),
        "ex02": Told("leak", "at thread_pool.py:", AT_SUBMIT),
        "ex03": Told("leak", "the program does not end: it waits for a thread", "leaves_nothing_behind"),
        "ex04": Told("leak", "at printers.py:", AT_ALTERNATE),
    },
    "a grandchild that holds standard output": {
        "ex01": Told("uncontrolled", "not under control: subprocess.Popen at bank_account.py:", AT_WITHDRAW),
        "ex02": Told("uncontrolled", "not under control: subprocess.Popen at thread_pool.py:", AT_SUBMIT),
        "ex03": Told("leak", STAYS, "leaves_nothing_behind"),
        "ex04": Told("uncontrolled", "not under control: subprocess.Popen at printers.py:", AT_ALTERNATE),
    },
    "a grandchild from the import on": {
        "ex01": Told("uncontrolled", "not under control: subprocess.Popen at bank_account.py:"),
        "ex03": Told("leak", STAYS, "leaves_nothing_behind"),
    },
    "_exit at import": dict.fromkeys(("ex01", "ex02", "ex03", "ex04"), Told("crash", DIED)),
    "_exit at the call": {
        "ex01": Told("uncontrolled", "not under control: os._exit at bank_account.py:", AT_WITHDRAW),
        "ex02": Told("uncontrolled", "not under control: os._exit at thread_pool.py:", AT_SUBMIT),
        "ex03": Told("crash", "the parent ended with exit code 0 before the scenario was over", AT_PING_PONG),
        "ex04": Told("uncontrolled", "not under control: os._exit at printers.py:", AT_ALTERNATE),
    },
    "sys.exit at import": dict.fromkeys(("ex01", "ex02", "ex03", "ex04"), Told("crash", ENDED)),
    "sys.exit at the call": {
        "ex01": Told("crash", "SystemExit: 0 at bank_account.py:", "keeps_the_books refuses_what_it_must"),
        "ex02": Told("crash", "SystemExit: 0 at thread_pool.py:", AT_SUBMIT),
        "ex03": Told("crash", "SystemExit: 0 (pipe_talk.py, line ", AT_PING_PONG),
        "ex04": Told("crash", "SystemExit: 0 at printers.py:", AT_ALTERNATE),
    },
    "a counter without a lock": {
        "ex01": Told("race", "balance: ", SAFE_IN_EX01),
        "ex02": Told("deadlock", "for somebody to release it", "runs_every_task_once a_task_that_raises"),
        "ex04": Told("deadlock", "(all_ended) to be woken", "two_take_turns three_take_turns many_take_turns"),
    },
    "equal to everything": {
        "ex01": Told("wrong", NOT_JSON, f"keeps_the_books {SAFE_IN_EX01}"),
        "ex02": Told("wrong", NOT_JSON, "gives_results runs_every_task_once a_timeout_is_kept"),
        "ex03": Told("wrong", NOT_JSON, "talks_under_fork talks_under_spawn"),
        "ex04": Told("wrong", "'?'", "two_take_turns three_take_turns many_take_turns lists_of_any_length"),
    },
}
CASES = [(row, exercise) for row, told in EXPECTED.items() for exercise in told]
Grade = Callable[[str, str], ExerciseResult]


def on_disk(exercise: str) -> ExerciseOnDisk:
    return find_exercise(read_course(ROOT), exercise)


def children() -> list[int]:
    """Of this process, zombies too."""
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as file:
            found += [int(word) for word in file.read().split()]
    return found


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Grade]:
    """Grades an answer in the tier full; at the end nothing may be left of any box that was made meanwhile."""
    seen: list[Namespace] = []

    class Noted(Bubblewrap):
        def kill(self) -> None:
            bwrap = self._launched.process.pid
            with open(f"/proc/{bwrap}/task/{bwrap}/children") as file:
                seen.extend(map(Namespace, file.read().split()))
            super().kill()

    def whole(exercise: str, source: str) -> ExerciseResult:
        place = on_disk(exercise)
        return grade(place, answer({place.spec.module: source}, "handed in"), Options(tier="full"))

    monkeypatch.setattr(canary, "Bubblewrap", Noted)
    before = children()
    yield whole
    assert seen
    assert [pid for namespace in seen for pid in namespace.alive()] == []
    assert children() == before


def test_every_row_is_expected() -> None:
    assert {row: list(texts) for row, texts in MISSED.items()} == {row: list(told) for row, told in EXPECTED.items()}


@pytest.mark.parametrize(("row", "exercise"), CASES)
def test_the_verdict_is_right_and_comes_in_time(graded: Grade, row: str, exercise: str) -> None:
    result = graded(exercise, MISSED[row][exercise])
    kind, words, named = EXPECTED[row][exercise]
    checks = {check.id: check for check in result.checks}
    assert result.verdict == "fail"
    for name in named.split() or checks:
        check = checks[name]
        assert (check.verdict, check.score) == ("fail", 0)
        assert [finding.kind for finding in check.findings] == [kind]
        assert words in check.findings[0].saw
    # Nothing had to be cut off: what hangs is seen to hang.
    limit = on_disk(exercise).spec.time_limit
    assert [check.id for check in result.checks if check.duration >= limit] == []
    assert "timeout" not in {finding.kind for check in result.checks for finding in check.findings}


@pytest.mark.parametrize("exercise", ["ex01", "ex02", "ex03", "ex04"])
def test_a_grading_that_is_hit_leaves_the_next_one_untouched(graded: Grade, exercise: str) -> None:
    def told(source: str) -> list[object]:
        return [(check.id, check.verdict, check.score, check.exploration) for check in graded(exercise, source).checks]

    before = told(reference(exercise))
    for row in ("_exit at import", "equal to everything"):
        told(MISSED[row][exercise])
    assert told(reference(exercise)) == before
    assert {verdict for _, verdict, _, _ in before} == {"pass"}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("row", "exercise"),
    [
        ("locks in two orders", "ex01"),
        ("a thread that stays", "ex03"),
        ("a grandchild that holds standard output", "ex03"),
        ("_exit at import", "ex04"),
        ("sys.exit at the call", "ex03"),
    ],
)
def test_the_command_comes_back_with_a_report(tmp_path: object, row: str, exercise: str) -> None:
    """Its standard output is a pipe: whoever of the answer's processes held it open would keep us here."""
    path = f"{tmp_path}/{on_disk(exercise).spec.module}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(MISSED[row][exercise])
    command = [sys.executable, "-m", "grader", exercise, path, "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr, report["verdict"]) == (1, "", "fail")
    kinds = {finding["kind"] for check in report["checks"] for finding in check["findings"]}
    assert EXPECTED[row][exercise].kind in kinds
