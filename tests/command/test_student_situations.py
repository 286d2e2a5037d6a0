"""What can go wrong at a student's desk before anything is graded: each has its message, and no frame of ours.

That no frame is shown is asserted by the desk, for every command that is typed there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from at_a_desk import ROOT, Desk, Said, solution, stub

from grader.release import GUIDE, KIT

RIGHT = solution("ex04_printers/printers.py")
NUMBERS = "def numbers_and_letters() -> list[list[str]]:"
PRINTERS = "ex04_printers/printers.py"


def graded(desk: Desk, text: str) -> Said:
    return desk("ex04", desk.write("mine.py", text))


def refused(desk: Desk, text: str) -> str:
    """What is said of an answer that no check can be run on."""
    said = graded(desk, text)
    assert said.code == 1
    assert "none of the 12 checks could be run" in said.words
    assert "0 of 8 points" in said.words
    assert len(said.out.splitlines()) < 20  # short: the one thing to mend, and no list of checks
    return said.words


def test_a_full_width_bracket_is_named_with_its_twin_and_line(desk: Desk) -> None:
    words = refused(desk, RIGHT.replace("def alternate(", "def alternate\uff08", 1))
    line = 1 + RIGHT[: RIGHT.index("def alternate(")].count("\n")
    assert "this is not Python yet" in words
    assert "(FULLWIDTH LEFT PARENTHESIS) only looks like the plain (" in words
    assert "type ( here" in words
    assert f"at printers.py, line {line}" in words


def test_any_other_syntax_error_shows_its_line(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\nfor i in range(3)\n    print(i)\n")
    assert "for i in range(3) Python cannot read this line: expected ':'" in words


def test_a_missing_name_is_told_with_the_nearest_one(desk: Desk) -> None:
    words = refused(desk, RIGHT.replace("alternate", "alternat"))
    assert "a name that the exercise asks for is missing" in words
    assert "printers.py does not define alternate" in words
    assert "did you mean alternate where you wrote alternat?" in words


def test_an_empty_file_is_called_empty(desk: Desk) -> None:
    words = refused(desk, "\n\n")
    assert "the file is empty" in words
    assert "save your work in the editor" in words


def test_the_stub_is_not_begun(desk: Desk) -> None:
    said = desk("ex04")
    assert said.code == 1
    assert "not begun yet" in said.out
    assert "begin with alternate: replace its `raise NotImplementedError`" in said.words


def test_half_an_answer_gets_its_half_of_the_points_and_not_not_begun(desk: Desk) -> None:
    begun = RIGHT[RIGHT.index("def numbers_and_letters") :]
    given = stub(PRINTERS)
    desk.solve(PRINTERS, given[: given.index("def numbers_and_letters")] + begun)
    said = desk("ex04", "--public")
    assert "not begun yet" not in said.out
    assert "0.5 of 7 points" in said.words
    assert "NotImplementedError" in said.words


@pytest.mark.parametrize(
    "tried", [stub(PRINTERS) + "\n\ndef helper():\n    return 1\n", "def other():\n    pass\n", RIGHT, "def ("]
)
def test_what_somebody_tried_in_the_stub_is_demanded_of_nobody(desk: Desk, tried: str) -> None:
    desk.solve(PRINTERS, tried)
    assert "8 of 8 points" in graded(desk, RIGHT).words
    assert "printers.py does not define alternate" in refused(desk, RIGHT.replace("alternate", "alternat"))


def test_half_an_answer_is_graded_whatever_somebody_tried_in_the_stub(desk: Desk) -> None:
    given = stub(PRINTERS)
    left = given[given.index(NUMBERS) :]
    desk.solve(PRINTERS, given[: given.index("def alternate")] + f"def alternate(emit, parts):\n    pass\n\n\n{left}")
    said = graded(desk, RIGHT[: RIGHT.index(NUMBERS)] + left)
    assert "not begun yet" not in said.out
    assert "7 of 8 points" in said.words


def test_an_exception_at_import_is_told_with_its_line(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\nparts = [][0]\n")
    assert "importing the file raises an exception" in words
    assert "parts = [][0] importing printers.py raises IndexError: list index out of range" in words


def test_leaving_the_program_at_import_is_no_pass(desk: Desk) -> None:
    words = refused(desk, f"{RIGHT}\nimport sys\nsys.exit(0)\n")
    assert "the file ends the program while it is imported" in words
    assert "sys.exit(0)" in words
    assert 'put it under `if __name__ == "__main__":`' in words


def test_leaving_the_process_at_import_is_no_pass(desk: Desk) -> None:
    words = refused(desk, f"{RIGHT}\nimport os\nos._exit(0)\n")
    assert "the process ended while the file was imported" in words
    assert "exit code 0 before it answered" in words


def test_leaving_the_process_in_the_answer_is_no_pass(desk: Desk) -> None:
    said = graded(
        desk, RIGHT.replace("def alternate(", "def alternate(*_):\n    import os\n    os._exit(0)\n\ndef old(", 1)
    )
    assert said.code == 1
    assert "FAIL   The interview task" in said.out
    assert "os._exit" in said.out or "ended before it had answered" in said.words


def test_input_at_import_is_told(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\nhow_many = input('how many? ')\n")
    assert "the file waits for the keyboard while it is imported" in words
    assert "printers.py calls input() while it is imported" in words


def test_input_in_the_answer_is_told(desk: Desk) -> None:
    said = graded(desk, RIGHT.replace(NUMBERS, f"{NUMBERS}\n    input()"))
    assert said.code == 1
    assert "it waits for the keyboard, where nobody is: take input() out" in said.words
    assert "7 of 8 points" in said.out


def test_an_endless_loop_at_import_is_told_with_its_line(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\nwhile True:\n    pass\n")
    assert "importing the file never ends" in words
    assert "importing printers.py does not come to an end" in words


def test_an_endless_call_at_import_is_told_with_both_its_ends(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\n\ndef turn():\n    while True:\n        pass\n\n\nturn()\n")
    last = len(RIGHT.splitlines()) + 8
    assert f"importing printers.py does not come to an end; it began in line {last} of printers.py: turn()" in words
    assert any(f"{innermost} importing printers.py" in words for innermost in ("while True:", "pass"))


def test_an_endless_call_of_one_line_has_no_other_beginning(desk: Desk) -> None:
    words = refused(desk, RIGHT + "\n(lambda: [0 for _ in iter(int, 1)])()\n")
    assert "importing printers.py does not come to an end" in words
    assert "it began" not in words


def test_an_endless_loop_in_the_answer_costs_its_checks_and_nothing_else(desk: Desk) -> None:
    said = graded(desk, RIGHT.replace(NUMBERS, f"{NUMBERS}\n    while True:\n        pass\n"))
    assert said.code == 1
    assert "it never ends" in said.words
    assert "MainThread was at printers.py:" in said.words
    assert "7 of 8 points" in said.out


def test_a_program_that_prints_much_is_graded_and_its_flood_is_not_shown(desk: Desk) -> None:
    flood = "\nfor _ in range(300):\n    print('x' * 5000)\n"
    said = graded(desk, RIGHT + flood)
    assert said.code == 0
    assert "8 of 8 points" in said.out
    assert "printers.py prints while it is imported" in said.words
    assert len(said.out) < 5000


def test_an_answer_that_prints_where_it_should_emit_is_simply_wrong(desk: Desk) -> None:
    body = "    for part in parts:\n        print('x' * 100_000)\n"
    said = graded(desk, f"def alternate(emit, parts):\n{body}\n\ndef numbers_and_letters():\n    return []\n")
    assert said.code == 1
    assert "xxxxxxxxxx" not in said.out


def test_a_name_that_steers_a_terminal_is_shown_inert(desk: Desk) -> None:
    said = graded(desk, "raise Exception('\\x1b[2J\\x1b]0;all passed\\x07')\n")
    assert "\x1b" not in said.out
    assert "\x07" not in said.out


# ---- in the student's edition, which has no solutions, and where the stub is the file that is written in


@pytest.fixture
def edition(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in (*KIT, "pyproject.toml"):
        shutil.copy(ROOT / name, desk.root)
    for name in ("grader/requirements.lock", f"{GUIDE}/README.md"):
        (desk.root / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, desk.root / name)
    (desk.root / "grader" / "template").mkdir()
    assert desk("release", "../edition").code == 0
    monkeypatch.chdir(tmp_path / "edition")
    desk.root = tmp_path / "edition"
    return desk


def test_the_edition_knows_a_stub_that_is_not_begun(edition: Desk) -> None:
    said = edition("ex04")
    assert said.code == 1
    assert "begin with alternate: replace its `raise NotImplementedError`" in said.words


def test_the_edition_grades_what_is_begun(edition: Desk) -> None:
    given = stub(PRINTERS)
    edition.solve(PRINTERS, given[: given.index(NUMBERS)] + RIGHT[RIGHT.index(NUMBERS) :])
    assert "0.5 of 7 points" in edition("ex04").words


def test_the_edition_knows_the_names_that_the_stub_gave(edition: Desk) -> None:
    edition.solve(PRINTERS, RIGHT.replace("alternate", "alternat"))
    assert "did you mean alternate where you wrote alternat?" in edition("ex04").words
