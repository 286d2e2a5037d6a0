"""Each command as it is typed: what it prints, what it leaves behind, and its exit code."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from at_a_desk import FIRST, Desk, solution

from grader import cli
from grader import desk as at_the_desk
from grader.errors import InternalError
from grader.exercises import ExerciseOnDisk
from grader.grading import grade
from grader.results import ExerciseResult

RIGHT = solution("ex01_bank_account/bank_account.py")
WRONG = "ex01_bank_account/wrong/negative_deposit.py"
TOKEN = "two_take_turns~0~0~0.0-1"


# ---- naming an exercise


@pytest.mark.parametrize(
    "name", ["ex04", "ex4", "4", "04", "printers", "ex04_printers", "EX04", "exercises/ex04_printers/"]
)
def test_an_exercise_has_many_names(desk: Desk, ungraded: list[str], name: str) -> None:
    desk(name)
    assert ungraded == ["ex04"]


@pytest.mark.parametrize(
    ("name", "guess"), [("exo4", "did you mean ex04 (ex4)?"), ("printer", "did you mean ex04 (printers)?"), ("99", "")]
)
def test_an_unknown_exercise_is_told_with_the_nearest_name(desk: Desk, name: str, guess: str) -> None:
    said = desk(name)
    assert (said.code, said.out) == (2, "")
    assert f"there is no exercise {name!r}" in said.err
    assert guess in said.err
    assert "There are: ex01 (bank_account)" in said.err


def test_outside_a_course_it_says_where_to_go(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = desk("ex04")
    assert said.code == 2
    assert "there is no course.yaml" in said.err
    assert "go into the course's folder" in said.err


def test_a_course_in_a_folder_that_utf_8_cannot_name_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(bytes(tmp_path / "caf") + b"\xe9"))
    desk.root.rename(odd)
    monkeypatch.chdir(odd)
    said = desk("ex04")
    assert said.code == 2
    assert r"caf\xe9', has a name that is not UTF-8" in said.err
    assert "rename that folder" in said.err


def test_a_folder_of_the_course_is_the_course(desk: Desk, monkeypatch: pytest.MonkeyPatch, ungraded: list[str]) -> None:
    monkeypatch.chdir(desk.root / "exercises" / "ex01_bank_account")
    desk("ex01")
    assert ungraded == ["ex01"]


@pytest.mark.parametrize(
    "words",
    [
        "--seed 3 all",
        "--format json all",
        "--output all all",
        "--seed=3 all",
        "--tier limits --public all",
        "all --seed 3",
    ],
)
def test_an_option_may_come_before_the_command(desk: Desk, ungraded: list[str], words: str) -> None:
    desk(*words.split())
    assert ungraded == list(FIRST)


@pytest.mark.parametrize("words", ["--output all ex04", "ex04 --output all", "--no-color --output=all ex04"])
def test_the_value_of_an_option_is_no_command(desk: Desk, ungraded: list[str], words: str) -> None:
    desk(*words.split())
    assert ungraded == ["ex04"]


def test_every_option_with_a_value_is_known_by_name() -> None:
    parsers = [cli._parser(command) for command in cli._ARGUMENTS]
    taking = {
        name for parser in parsers for action in parser._actions for name in action.option_strings if action.nargs != 0
    }
    assert set(cli.WITH_VALUE) == taking


# ---- naming an answer


def test_a_file_that_is_not_there(desk: Desk) -> None:
    said = desk("ex04", "my_printers.py")
    assert said.code == 2
    assert "there is no file 'my_printers.py'" in said.err


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of files are POSIX's")
def test_a_file_that_may_not_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.write("mine.py", RIGHT)
    path.chmod(0)
    if os.geteuid() == 0:  # whom no rights hold back
        monkeypatch.setattr(os, "open", _refusing(path))
    said = desk("ex01", path)
    assert said.code == 2
    assert "'mine.py' cannot be read: Permission denied" in said.err
    assert "give yourself the right to read it" in said.err


def _refusing(forbidden: Path):  # type: ignore[no-untyped-def]
    really = os.open

    def refuse(path, *arguments, **options):  # type: ignore[no-untyped-def]
        if str(path) == str(forbidden):
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *arguments, **options)

    return refuse


def test_a_folder_with_the_answer_in_it_is_an_answer(desk: Desk) -> None:
    (desk.root / "handed" / "in").mkdir(parents=True)
    desk.write("handed/in/bank_account.py", solution(WRONG))
    said = desk("ex01", "handed", "--public")
    assert said.code == 1
    assert "handed: in/bank_account.py" in said.out


def test_a_folder_without_it_is_told_what_it_holds(desk: Desk) -> None:
    (desk.root / "handed").mkdir()
    desk.write("handed/notes.txt", "later")
    said = desk("ex01", "handed")
    assert said.code == 2
    assert "'handed' holds no bank_account.py (there is: notes.txt)" in said.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4 ...", "is a PDF document"),
        (b"x = 1\0", "has a NUL byte in line 1"),
        (b"# \xff\n", "byte 0xff in line 1"),
    ],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(desk: Desk, content: bytes, reason: str) -> None:
    (desk.root / "mine.py").write_bytes(content)
    said = desk("ex01", "mine.py")
    assert said.code == 2
    assert reason in said.err


# ---- grading, and what is remembered


def test_a_right_answer_in_the_working_tree_is_remembered(desk: Desk) -> None:
    assert "ex01  Lock-protected bank account" in desk().out
    assert desk().out.count("not graded yet") == 4
    desk.solve("ex01_bank_account/bank_account.py", RIGHT)
    said = desk("ex01")
    assert said.code == 0
    assert "5 of 5 points" in said.out
    where = desk()
    assert where.code == 0
    assert "5/5  done" in where.out
    assert "5/29 points" in where.out
    assert "next: grade show ex02" in where.out


def test_where_hidden_checks_are_not_there_all_that_can_be_earned_is_all(desk: Desk) -> None:
    (desk.root / "solutions" / "ex04_printers" / "test_ex04_hidden.py").unlink()
    desk.solve("ex04_printers/printers.py", solution("ex04_printers/printers.py"))
    assert "7 of 7 points" in desk("ex04").out
    where = desk().out
    assert "7/7  done" in where
    assert "7/28 points" in where


def test_a_changed_answer_is_not_what_was_graded(desk: Desk) -> None:
    desk("ex01")
    assert "not begun yet" in desk().out
    desk.solve("ex01_bank_account/bank_account.py", RIGHT)
    assert "changed since it was graded" in desk().out


def test_a_broken_memory_counts_as_none(desk: Desk) -> None:
    (desk.root / ".grade").mkdir()
    desk.write(".grade/memory.json", '{"results": {"ex01": 7}')
    said = desk()
    assert said.code == 0
    assert said.out.count("not graded yet") == 4


def test_another_file_is_graded_without_being_remembered(desk: Desk) -> None:
    path = desk.write("mine.py", solution(WRONG))
    said = desk("bank_account", path, "--seed", "7")
    assert said.code == 1
    assert "(seed 7)" in said.out
    assert "What must be refused is refused with the right exception" in said.words
    assert "hint" in said.out
    assert desk().out.count("not graded yet") == 4


def test_all_grades_every_exercise_and_adds_up(desk: Desk) -> None:
    said = desk("all")
    assert said.code == 1
    assert said.out.count("not begun yet") == 4
    assert "0 of 29 points" in said.out
    assert desk().out.count("not begun yet") == 4


def test_one_file_that_cannot_be_read_does_not_hide_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "exercises" / "ex02_thread_pool" / "thread_pool.py").write_bytes("x = 1".encode("utf-16"))
    where = desk()
    assert where.code == 0
    assert "'thread_pool.py' is saved as UTF-16" in where.out
    assert where.out.count("not graded yet") == 3
    said = desk("all")
    assert said.code == 2
    assert said.out.count("not begun yet") == 3
    assert "'thread_pool.py' is saved as UTF-16" in said.err


def test_one_file_that_cannot_be_read_has_its_entry_beside_the_others_at_github(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(desk.root / "output"))
    (desk.root / "exercises" / "ex02_thread_pool" / "thread_pool.py").write_bytes("x = 1".encode("utf-16"))
    said = desk("all", "--format", "github")
    assert said.code == 2
    assert "::error title=ex02%3A the answer cannot be read::'thread_pool.py' is saved as UTF-16" in said.out
    outputs = dict(line.split("=", 1) for line in (desk.root / "output").read_text().splitlines())
    told = {name: json.loads(b64decode(outputs[name])) for name in ("ex01", "ex02", "ex03", "ex04")}
    assert {name: whole["status"] for name, whole in told.items()} == dict.fromkeys(told, "fail")
    assert told["ex02"]["tests"][0]["name"].startswith("the answer cannot be read: 'thread_pool.py' is saved as UTF-16")


def test_an_exercise_that_we_fail_on_does_not_hide_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(exercise: ExerciseOnDisk, *rest: Any) -> ExerciseResult:
        if exercise.spec.id in ("ex01", "ex02"):
            raise InternalError(f"{exercise.spec.id} fell over")
        return grade(exercise, *rest)

    monkeypatch.setattr(at_the_desk, "grade", failing)
    said = desk("all", "--format", "github")
    assert said.code == 3
    assert "::error title=ex01%3A the grader itself failed" in said.out
    assert "::error title=ex02%3A the grader itself failed" in said.out
    assert "::error file=exercises/ex04_printers/printers.py" in said.out
    assert "ex01 fell over" in said.err
    assert "ex02 fell over" in said.err
    Path(said.err.split("Please send ")[1].split(" to the course team")[0]).unlink()


# ---- hint, show, schema, doctor, help

HINTS = """\
# Hints

## 1

Stand in the place of printer-1, and ask: what must I know
before I may speak?

- Who knows it first, and how does that one tell the others?
- Who waits?

    turn = 0

## 2

Use a lock.
"""
SHOWN_HINT = """\
(1) Stand in the place of printer-1, and ask: what
    must I know before I may speak?

    - Who knows it first, and how does that one
      tell the others?
    - Who waits?

        turn = 0

1 more: type the same again
"""


def test_hints_come_one_stage_more_each_time(desk: Desk) -> None:
    said = [desk("hint", "ex04") for _ in range(4)]
    assert [one.code for one in said] == [0] * 4
    assert ["(2)" in one.out for one in said] == [False, True, True, True]
    assert ["(3)" in one.out for one in said] == [False, False, True, True]
    assert "2 more: type the same again" in said[0].out
    assert "that was the last one" in said[2].out
    assert said[2] == said[3]


def test_a_hint_fits_the_window_and_keeps_its_lists_and_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    (desk.root / "exercises" / "ex04_printers" / "hints.md").write_text(HINTS)
    said = desk("hint", "ex04")
    assert said.out == SHOWN_HINT
    assert max(map(len, desk("hint", "ex02").out.splitlines())) <= 50


def test_an_exercise_without_hints_is_told_to_its_author(desk: Desk) -> None:
    (desk.root / "exercises" / "ex04_printers" / "hints.md").unlink()
    said = desk("hint", "ex04")
    assert said.code == 2
    assert "ex04 has no hints" in said.err


def test_show_gives_the_task_and_the_place_to_write(desk: Desk) -> None:
    said = desk("show", "printers")
    assert said.code == 0
    assert said.out.startswith((desk.root / "exercises" / "ex04_printers" / "README.md").read_text())
    assert "Write into exercises/ex04_printers/printers.py, then type: grade ex04" in said.out


def test_schema_is_json_schema(desk: Desk) -> None:
    said = desk("schema")
    assert said.code == 0
    assert said.document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_doctor_names_the_walls(desk: Desk) -> None:
    said = desk("doctor")
    assert said.code == 0
    facts = {line.split()[1]: line.split()[0] for line in said.out.splitlines() if line.startswith(("  ok", "  WEAK"))}
    assert {"grader", "python", "cores", "user", "sandbox"} <= facts.keys()
    assert facts["python"] == "ok"


def test_help_and_version_cost_no_course(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = desk("--help")
    assert said.code == 0
    assert all(f"grade {command}" in said.out for command in cli.COMMANDS)
    assert desk("--version").out.startswith("grade ")


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(desk: Desk, command: str) -> None:
    said = desk(command, "--help")
    assert said.code == 0
    assert said.out.startswith(f"usage: grade {command}")


@pytest.mark.parametrize(
    "words",
    [("ex04", "--seed", "-1"), ("ex04", "--format", "pdf"), ("ex04", "a", "b"), ("hint",), ("--sed", "1", "ex04")],
)
def test_a_command_line_that_is_wrong_ends_with_2(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk(*words).code == 2


@pytest.mark.parametrize("command", [("bulk", ".", "-o", "out"), ("selfcheck",)], ids=lambda words: words[0])
@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_workers_at_all_are_refused(desk: Desk, command: tuple[str, ...], number: str) -> None:
    said = desk(*command, "-j", number)
    assert (said.code, said.out) == (2, "")
    assert f"argument -j/--jobs: {number!r} is not a whole number from 1 up" in said.err


@pytest.mark.parametrize("command", [("ex01",), ("bulk", ".", "-o", "out")], ids=lambda words: words[0])
def test_a_seed_that_no_store_holds_is_refused_by_all(desk: Desk, command: tuple[str, ...]) -> None:
    said = desk(*command, "--seed", str(2**63))
    assert (said.code, said.out) == (2, "")
    assert f"argument --seed: '{2**63}' is larger than {2**63 - 1}" in said.err


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_selfcheck_of_no_seeds_proves_nothing_and_is_refused(desk: Desk, number: str) -> None:
    said = desk("selfcheck", "ex01", "--seeds", number)
    assert (said.code, said.out) == (2, "")
    assert f"argument --seeds: {number!r} is not a whole number from 1 up" in said.err


def test_a_broken_course_file_ends_with_2_and_its_line(desk: Desk) -> None:
    text = (desk.root / "course.yaml").read_text()
    desk.write("course.yaml", text.replace("points: 29", "points: 30"))
    said = desk("ex04")
    assert said.code == 2
    assert "course.yaml:4: points: 30 is not the sum" in said.err


def test_a_broken_check_module_ends_with_2_and_costs_no_points(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.solve("ex01_bank_account/bank_account.py", RIGHT)
    desk.solve("ex01_bank_account/test_ex01.py", "from grader.checks import no_such_thing\n")
    code = cli.main(["ex01"])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert "the checks of ex01 cannot be run" in said.err
    assert "no_such_thing" in said.err


# ---- replay


def test_a_token_of_a_report_replays_to_the_same_end(desk: Desk) -> None:
    path = desk.write("mine.py", solution("ex04_printers/wrong/exhausted_keeps_the_turn.py"))
    report = desk("ex04", path, "--format", "json", "--public").document
    (found,) = [check["findings"][0] for check in report["checks"] if check["id"] == "the_shorter_list_ends_first"]
    said = desk("replay", "ex04", found["replay"], path)
    assert said.code == 0
    assert said.out.startswith("ex04 the_shorter_list_ends_first: ")
    assert found["ending"]
    assert said.words.endswith(" ".join(found["ending"]))
    assert "printers.py:" in said.out


@pytest.mark.parametrize("token", ["nonsense", "a~b~c", "two_take_turns~0~0", "two_take_turns~-1~0~", "Ex~0~0~../../x"])
def test_a_word_that_is_no_token_is_refused(desk: Desk, token: str) -> None:
    said = desk("replay", "ex04", token)
    assert said.code == 2
    assert f"{token!r} is not a replay token" in said.err


@pytest.mark.parametrize("token", ["no_such_check~0~0~", "numbers_and_letters~9~0~"])
def test_a_token_that_does_not_fit_is_refused(desk: Desk, token: str) -> None:
    desk.solve("ex04_printers/printers.py", solution("ex04_printers/printers.py"))
    said = desk("replay", "ex04", token)
    assert said.code == 2
    assert f"the token {token} does not fit ex04: it has no check" in said.err


def test_a_replay_of_an_answer_that_cannot_be_loaded_says_that(desk: Desk) -> None:
    said = desk("replay", "ex04", TOKEN)
    assert said.code == 2
    assert "cannot be run at all: not begun yet" in said.err
    assert "name the same file after it" in said.err
