"""The right file is found among what a student hands in, and a doubt is said, not decided."""

from __future__ import annotations

import pytest

from grader.course import Course
from grader.errors import SubmissionError
from grader.submissions.contents import defined, exercises_in
from grader.submissions.matching import choose, is_near, take_apart


def chosen(course: Course, *names: str, only: bool = False) -> str | None:
    choice = choose(names, course.exercises[1], others=course.exercises, only=only)
    return choice.name if choice else None


@pytest.mark.parametrize(
    "name",
    ["printers.py", "a/b/printers.py", "Printers.py", "printers (1).py", "printers-2.py", "printers copy.py",
     "printers.py.txt", "printers.ipynb", "printers.ipynb.json", "printers (2).ipynb.json", "alice_printers.py",
     "ex04_alice.ipynb", "ex4.py", "EX-04.py",
     "Exercise 4.ipynb", "Aufgabe_04.py", "hw4.py", "ex04/main.py", "alice/ex04_printers/answer.ipynb"],
)  # fmt: skip
def test_these_are_meant_as_ex04(course: Course, name: str) -> None:
    assert chosen(course, "README.md", name) == name


@pytest.mark.parametrize(
    "name",
    ["main.py", "ex01.py", "ex044.py", "ex40.py", "hex04.py", "ex04.pdf", "printers", "printers.pyc",
     "test_printers.py", "test_ex04.py",
     "ex04/conftest.py", "ex04/bank_account.py", "blueprinters.py", "bank_account.py"],
)  # fmt: skip
def test_these_are_not_meant_as_ex04(course: Course, name: str) -> None:
    assert chosen(course, name) is None


def test_any_lone_file_will_do_when_only_one_exercise_is_asked_for(course: Course) -> None:
    assert chosen(course, "main.py", "notes.txt", "test_it.py", only=True) == "main.py"
    assert chosen(course, "bank_account.py", only=True) is None


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (("printers.py", "ex04/printers_old.py", "ex04.py"), "printers.py"),
        (("old/printers.py", "printers.py"), "printers.py"),
        (("printers.ipynb", "printers (1).py"), "printers (1).py"),
        (("printers (1).py", "printers (3).py", "printers (2).py"), "printers (3).py"),
        (("ex04/answer.py", "printers_mine.py"), "printers_mine.py"),
    ],
)
def test_the_best_name_wins_and_the_rest_is_said(course: Course, names: tuple[str, ...], best: str) -> None:
    choice = choose(names, course.exercises[1], others=course.exercises)
    assert choice is not None
    assert choice.name == best


def test_what_was_passed_over_is_said(course: Course) -> None:
    choice = choose(["b/printers.py", "a/c/printers.py"], course.exercises[1])
    assert choice is not None
    assert choice.notes == ("'b/printers.py' was preferred to 'a/c/printers.py'",)
    guessed = choose(["ex04_x.py"], course.exercises[1])
    assert guessed is not None
    assert guessed.notes == ("'ex04_x.py' was taken as printers.py",)


@pytest.mark.parametrize(
    "names", [("a/printers.py", "b/printers.py"), ("ex04_a.py", "ex04_b.py"), ("ex04/one.py", "ex04/two.py")]
)
def test_a_doubt_is_not_decided(course: Course, names: tuple[str, ...]) -> None:
    with pytest.raises(SubmissionError, match="may both be meant as") as caught:
        chosen(course, *names)
    assert "printers.py" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "stem", "copy", "notebook"),
    [
        ("a.py", "a", 0, False),
        ("a (12).ipynb.json", "a", 12, True),
        ("a-1.py", "a", 1, False),
        ("a - Copy.py", "a", 1, False),
    ],
)
def test_a_name_is_taken_apart(name: str, stem: str, copy: int, notebook: bool) -> None:
    apart = take_apart(name)
    assert apart is not None
    assert (apart.stem, apart.copy, apart.notebook) == (stem, copy, notebook)
    assert take_apart(f"{name}.docx") is None


@pytest.mark.parametrize(
    ("name", "near"),
    [("printers.py", True), ("ex04/printers.py", True), ("exercises/ex04_printers/printers.py", True),
     ("alice/printers.py", False), ("ex04-printers-alice/printers.py", False), ("alice/ex04/printers.py", False)],
)  # fmt: skip
def test_modules_at_the_top_tell_that_all_is_one_persons(course: Course, name: str, near: bool) -> None:
    assert is_near(name, course.exercises[1]) is near


def test_a_file_is_known_by_what_it_defines() -> None:
    stubs = {
        "ex01": frozenset({"Account", "InsufficientFunds"}),
        "ex04": frozenset({"alternate", "numbers_and_letters"}),
    }
    assert exercises_in("class Account:\n    def alternate(self): ...", stubs) == ("ex01",)
    assert exercises_in("def alternate(): ...\nclass Account: ...", stubs) == ("ex01", "ex04")
    assert exercises_in("import alternate\n# def alternate()\n", stubs) == ()
    assert exercises_in("", {"ex05": frozenset()}) == ()
    assert defined('    "async def alternate(emit):\\n",\n "source": "x\\nclass A:"') == {"alternate", "A"}
