"""`grade selfcheck`: each rule is seen to hold on a sound exercise, and to be broken on one that breaks it."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
from mini_course import CHECKS, FILES, NEVER, NO_LOCK, RIGHT, lay_out
from msgspec.structs import replace

from grader import selfcheck as selfchecking
from grader.course import Course, read_course
from grader.exercises import find_exercise
from grader.selfcheck import read_declaration, selfcheck
from grader.trace import Trace

ROOT = Path(__file__).parents[2]
WRONG = "solutions/ex01_counter/wrong"
NOBODY_FAILS = """

@check(kind="EDGE", points=0)
def test_exists(box):
    box.call(one_add, allowed=lambda _: True, expected="anything")
"""
SPOILED: dict[str, str | None] = {
    "course.yaml": FILES["course.yaml"].replace("points: 2", "points: 3"),
    "exercises/ex01_counter/counter.py": "class Counter:\n    pass\n",
    "exercises/ex01_counter/hints.md": None,
    "exercises/ex01_counter/notes.txt": "of the author\n",
    "exercises/ex01_counter/test_ex01.py": CHECKS + NOBODY_FAILS,
    "solutions/ex01_counter/right/rlock.py": NO_LOCK,
    "solutions/ex01_counter/right/semaphore.py": None,
    f"{WRONG}/right_after_all.py": f"# fails: counts (wrong)\n{RIGHT}",
    f"{WRONG}/never.py": f"# fails: counts (wrong)\n{NEVER}",
    f"{WRONG}/no_lock.py": f"# fails: counts_both (deadlock)\n{NO_LOCK}",
    f"{WRONG}/says_nothing.py": NO_LOCK,
    f"{WRONG}/misspelt.py": f"# fails: counts_both (rase)\n{NO_LOCK}",
    f"{WRONG}/no_text.py": "# fails: counts (wrong)\n\0",
}


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[str]]:
    """The exit code and the broken rules of an exercise that breaks nearly all."""
    course = read_course(lay_out(tmp_path_factory.mktemp("spoiled"), SPOILED))
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda text: told.append(text.strip()))
        return selfcheck(course, seeds=1, jobs=1), told


@pytest.fixture
def sound(tmp_path: Path) -> Course:
    return read_course(lay_out(tmp_path))


def test_killed_it_leaves_no_worker(sound: Course) -> None:
    command = [sys.executable, "-m", "grader", "selfcheck", "--seeds", "50", "--jobs", "2"]
    run = psutil.Popen(command, cwd=sound.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    while len(workers := run.children()) < 2:
        assert run.poll() is None
    run.kill()
    run.wait()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []


def test_a_sound_exercise_is_ok(sound: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert selfcheck(sound, "ex01", seeds=2, jobs=2) == 0
    assert capsys.readouterr().out == "ok      ex01  A counter: 3 right x 2 seeds, 2 wrong\n"


def test_an_exercise_of_which_nothing_was_tried_is_not_ok(sound: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert selfcheck(sound, "ex01", seeds=-1, jobs=1) == 1
    first, *problems = capsys.readouterr().out.splitlines()
    assert first.startswith("BROKEN  ex01")
    assert [line.strip() for line in problems] == ["ex01: only the stub was graded, which proves nothing"]


SECOND = {
    "course.yaml": FILES["course.yaml"].replace("points: 2\ne", "points: 4\ne")
    + "  - {id: ex02, folder: ex02_counter, title: Another, module: meter.py, points: 2, time_limit: 5}\n",
    **{
        name.replace("ex01", "ex02").replace("counter.py", "meter.py"): text.replace("ex01", "ex02")
        for name, text in FILES.items()
        if name != "course.yaml"
    },
}


def test_an_exercise_says_how_many_seeds_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def try_one(trial: selfchecking.Trial) -> selfchecking.Tried:
        asked.extend([trial.seed] if trial.role == "reference" else [])
        return selfchecking.Tried(trial, None)

    monkeypatch.setattr(selfchecking, "try_one", try_one)
    few = {"course.yaml": FILES["course.yaml"].replace("time_limit: 5", "time_limit: 5, seeds: 3")}
    course = read_course(lay_out(tmp_path, few))
    selfcheck(course, jobs=1)
    assert asked == [0, 1, 2]
    asked.clear()
    selfcheck(course, seeds=5, jobs=1)
    assert asked == [0, 1, 2, 3, 4]


def test_a_wrong_answer_that_is_found_by_luck_is_told_with_the_seed(sound: Course) -> None:
    exercise = find_exercise(sound, "ex01")
    trials = [trial for trial in selfchecking._trials(exercise, 2) if trial.path.stem == "no_lock"]
    assert [trial.seed for trial in trials] == [0, 1]
    lucky, unlucky = map(selfchecking.try_one, trials)
    assert unlucky.result is not None
    checks = tuple(replace(check, verdict="pass", findings=()) for check in unlucky.result.checks)
    passes = selfchecking.Tried(trials[1], replace(unlucky.result, checks=checks))
    missed = f"{WRONG}/no_lock.py: declares that counts_both fails, but it passes"
    assert list(selfchecking._of_trials(exercise, [lucky, unlucky])) == []
    assert list(selfchecking._of_trials(exercise, [lucky, passes])) == [f"{missed} (seed 1)"]
    assert list(selfchecking._of_trials(exercise, [replace(passes, trial=trials[0]), passes])) == [missed]


def test_each_exercise_is_told_as_soon_as_it_is_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def try_one(trial: selfchecking.Trial) -> selfchecking.Tried:
        events.append(f"tries {trial.exercise.spec.id}")
        return selfchecking.Tried(trial, None)

    monkeypatch.setattr(selfchecking, "try_one", try_one)
    monkeypatch.setattr("builtins.print", lambda text: events.append(text[:12]))
    selfcheck(read_course(lay_out(tmp_path, SECOND)), seeds=1, jobs=1)
    told = [event for event, before in zip(events, ["", *events], strict=False) if event != before]
    assert told == ["tries ex01", "ok      ex01", "tries ex02", "ok      ex02"]


def test_what_is_told_does_not_depend_on_who_is_through_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = read_course(lay_out(tmp_path, SECOND))
    told = []
    for jobs in (1, 3):
        assert selfcheck(course, seeds=1, jobs=jobs) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert [line.split()[:2] for line in told[0].splitlines()] == [["ok", "ex01"], ["ok", "ex02"]]


@pytest.mark.parametrize(
    "rule",
    [
        f"{WRONG}/right_after_all.py: declares that counts fails, but it passes",
        f"{WRONG}/never.py: fails counts_both (wrong) without declaring it",
        f"{WRONG}/no_lock.py: counts_both must be found as deadlock, but is found as race",
        f"{WRONG}/says_nothing.py: the first line is 'import threading': write `# fails: check_id (kind)`",
        f"{WRONG}/misspelt.py: there is no kind of finding 'rase'",
        f"{WRONG}/no_text.py: 'no_text.py' has a NUL byte in line 2",
        "exercises/ex01_counter/test_ex01.py: no wrong answer fails exists: add one to wrong/",
        "exercises/ex01_counter/test_ex01.py: the points of the checks add up to 2, course.yaml says 3",
        "solutions/ex01_counter/right/rlock.py: must pass counts_both (seed 0): race: 1",
        "solutions/ex01_counter/right: at least two other right designs are wanted",
        "exercises/ex01_counter/counter.py: the stub must import and say that it is not begun, but: ",
        "exercises/ex01_counter/counter.py: the stub has no TODO",
        "exercises/ex01_counter/counter.py: all right answers define Counter.add, Counter.value: the stub must, too",
        "exercises/ex01_counter/hints.md: 0 stages of the hint; write the sections ## 1, ## 2, ## 3",
        "exercises/ex01_counter/notes.txt: does not belong here: delete it",
    ],
)
def test_a_broken_rule_is_told(spoiled: tuple[int, list[str]], rule: str) -> None:
    code, told = spoiled
    assert code == 1
    assert told[0].startswith("BROKEN  ex01")
    assert any(line.startswith(rule) for line in told), told


def test_nothing_else_is_told(spoiled: tuple[int, list[str]]) -> None:
    assert len(spoiled[1]) == 1 + 15


def test_a_right_answer_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    course = read_course(lay_out(tmp_path, {"solutions/ex01_counter/counter.py": RIGHT.replace("class", "klass")}))
    exercise = find_exercise(course, "ex01")
    assert exercise.solution is not None
    tried = selfchecking.try_one(selfchecking.Trial(exercise, exercise.solution, "reference", 0))
    told = list(selfchecking._of_trials(exercise, [tried]))
    assert told[0].startswith("solutions/ex01_counter/counter.py: must get full marks, but: line 4: klass Counter")


def test_a_schedule_that_replays_to_another_end_is_told(sound: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = find_exercise(sound, "ex01")
    trial = selfchecking.Trial(exercise, exercise.wrong[1], "wrong", 0)
    assert selfchecking.try_one(trial).broken == ""
    really = selfchecking.replay

    def other(*asked: object) -> Trace:
        return replace(really(*asked), ending=("another end",))  # type: ignore[arg-type]

    monkeypatch.setattr(selfchecking, "replay", other)
    assert selfchecking.try_one(trial).broken.startswith("counts_both: the token counts_both~0~0~")


def test_points_are_compared_exactly(sound: Course) -> None:
    exercise = find_exercise(sound, "ex01")
    result = selfchecking.try_one(selfchecking.Trial(exercise, exercise.stub, "stub", 0)).result
    assert result is not None
    assert list(selfchecking._points(exercise, result)) == []
    assert list(selfchecking._points(exercise, replace(result, max_score=Fraction(199, 100)))) != []


def test_a_check_that_is_skipped_proves_nothing_of_a_wrong_answer_or_a_right_one(tmp_path: Path) -> None:
    skips = "import pytest\n\n" + CHECKS.replace("    box.explore", "    pytest.skip('one core')\n    box.explore")
    exercise = find_exercise(read_course(lay_out(tmp_path, {"exercises/ex01_counter/test_ex01.py": skips})), "ex01")
    trials = [selfchecking.Trial(exercise, exercise.right[0], "right", 0)]
    trials += [selfchecking.Trial(exercise, path, "wrong", 0) for path in exercise.wrong]
    told = list(selfchecking._of_trials(exercise, [selfchecking.try_one(trial) for trial in trials]))
    why = "not measured here, so no points: one core"
    assert told == [
        f"solutions/ex01_counter/right/rlock.py: must pass counts_both (seed 0): {why}",
        f"{WRONG}/never.py: declares that counts_both fails, but it is skipped",
        f"{WRONG}/no_lock.py: declares that counts_both fails, but it is skipped",
    ]


def test_a_name_in_the_stub_that_not_all_right_answers_define_is_told(tmp_path: Path) -> None:
    stub = f"{FILES['exercises/ex01_counter/counter.py']}\n\ndef reset(): pass\n"
    course = read_course(lay_out(tmp_path, {"exercises/ex01_counter/counter.py": stub}))
    told = list(selfchecking._on_disk(find_exercise(course, "ex01")))
    expected = "gives reset, which not all right answers define: take it out"
    assert told == [f"exercises/ex01_counter/counter.py: {expected}"]


@pytest.mark.parametrize(
    ("line", "declared"),
    [
        ("# fails: a (wrong)", {"a": {"wrong"}}),
        ("#fails: a (wrong, race), b_2 (deadlock)", {"a": {"wrong", "race"}, "b_2": {"deadlock"}}),
    ],
)
def test_a_declaration_is_read(tmp_path: Path, line: str, declared: dict[str, set[str]]) -> None:
    (tmp_path / "answer.py").write_text(line + "\nx = 1\n")
    assert read_declaration(tmp_path / "answer.py") == (declared, [])


@pytest.mark.parametrize("line", ["", "x = 1", "# fails: a", "# fails: a (wrnog)", "# passes: a (wrong)"])
def test_what_declares_nothing_is_a_fault(tmp_path: Path, line: str) -> None:
    (tmp_path / "answer.py").write_text(line)
    assert read_declaration(tmp_path / "answer.py")[1]
