"""The preflight: each thing that keeps an answer from being graded is named, with its line and a way out."""

from __future__ import annotations

import signal
import sys

import pytest
from boxes import give

from grader.box.importing import Importing
from grader.box.parent import Box
from grader.box.protocol import Preflight, Preflighted, Problem

STUB = '''\
class Account:
    """Money."""

    def __init__(self, start):
        self.balance = start

    def withdraw(self, amount):
        """Take it."""
        raise NotImplementedError("withdraw")


def transfer(a, b):
    raise NotImplementedError
'''
DONE = STUB.replace('raise NotImplementedError("withdraw")', "self.balance -= amount").replace(
    "raise NotImplementedError", "pass"
)


def look(box: Box, source: str, **job: object) -> Preflighted:
    return give(box, {"solution.py": source}).preflight(Preflight(**{"stub": STUB, "seconds": 0.3} | job))  # type: ignore[arg-type]


def problem(box: Box, source: str, **job: object) -> Problem:
    found = look(box, source, **job).problem
    assert found is not None
    return found


def test_a_finished_answer_has_no_problem_and_its_names_are_told(box: Box) -> None:
    assert look(box, DONE) == Preflighted(None, ("Account", "Account.withdraw", "transfer"))


def test_an_empty_file_is_called_empty(box: Box) -> None:
    assert problem(box, "\n  \n").kind == "empty"


def test_a_file_of_another_name_is_named(box: Box) -> None:
    found = give(box, {"solutoin.py": DONE}).preflight(Preflight()).problem
    assert found is not None
    assert (found.kind, found.remedy) == ("missing", "rename solutoin.py to solution.py")
    assert "solutoin.py" in found.message


@pytest.mark.parametrize(
    ("line", "told", "remedy"),
    [
        ("print\uff08'hello')", "FULLWIDTH LEFT PARENTHESIS) only looks like the plain (", "type ( here"),
        ("x = \u201chello\u201d", 'LEFT DOUBLE QUOTATION MARK) only looks like the plain "', 'type " here'),
        ("x =\u00a01", "NO-BREAK SPACE only looks like a plain space", "type a space here"),
        ("x =\u200b 1", "an invisible character in this line: ZERO WIDTH SPACE", "type it again"),
        ("é = 1\uff0c", "FULLWIDTH COMMA) only looks like the plain ,", "type , here"),
        ("x = f(1\uff0c 2)", "FULLWIDTH COMMA) only looks like the plain ,", "type , here"),
        ("x = 12abc  # \u201c", "cannot read this line: invalid decimal literal", ""),
        ("<<<<<<< HEAD", "cannot read this line", "merge conflict"),
        ("!pip install x", "cannot read this line", "command of a notebook"),
        ("def f(:", "cannot read this line: invalid syntax", ""),
    ],
)
def test_a_line_that_python_cannot_read_is_explained(box: Box, line: str, told: str, remedy: str) -> None:
    found = problem(box, f"import time\n{line}\n")
    assert (found.kind, found.file, found.line, found.text) == ("syntax", "solution.py", 2, line)
    assert told in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize("source", ["x = 1\0", "(" * 5000, "-" * 200_000 + "1", "x = " + "1" * 10_000])
def test_what_brings_the_compiler_down_is_a_problem_of_the_file(box: Box, source: str) -> None:
    assert problem(box, source).kind in ("syntax", "died")


def test_a_stub_that_nobody_touched_is_not_begun(box: Box) -> None:
    found = problem(box, "# my name\n" + STUB)
    assert (found.kind, found.line) == ("not-begun", 8)
    assert "Account.withdraw, transfer" in found.message


def test_a_stub_of_which_one_part_is_written_is_begun(box: Box) -> None:
    assert look(box, STUB.replace("    raise NotImplementedError\n", "    return a, b\n")).problem is None


def test_a_missing_name_is_named_with_the_one_that_was_probably_meant(box: Box) -> None:
    found = problem(box, DONE.replace("def withdraw", "def withdrew"))
    assert (found.kind, found.message) == ("missing", "solution.py does not define Account.withdraw")
    assert found.remedy == "did you mean Account.withdraw where you wrote Account.withdrew?"


def test_a_letter_of_another_alphabet_in_a_name_is_told(box: Box) -> None:
    found = problem(box, DONE.replace("def transfer", "def tr\u0430nsfer"))
    assert "CYRILLIC SMALL LETTER A" in found.remedy


def test_a_missing_class_is_named_once_and_not_with_its_methods(box: Box) -> None:
    assert problem(box, "def transfer(a, b): pass").message == "solution.py does not define Account"


def test_a_name_that_is_imported_or_assigned_counts(box: Box) -> None:
    assert look(box, DONE.replace("def transfer(a, b):\n    pass", "transfer = max")).problem is None


def test_an_exception_at_import_is_told_with_the_students_own_line(box: Box) -> None:
    found = problem(box, "import json\n\n\ndef f():\n    json.loads('{')\n\n\nf()\n")
    assert (found.kind, found.file, found.line) == ("import", "solution.py", 5)
    assert "JSONDecodeError" in found.message
    assert found.text == "    json.loads('{')"


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("import sys\nsys.exit(0)", "exit", 2),
        ("quit()", "exit", 1),
        ("raise SystemExit", "exit", 1),
        ("name = input('Name: ')", "input", 1),
        ("try:\n    input()\nexcept Exception:\n    pass", "input", 2),
        ("import no_such_module", "import", 1),
        ("x = 1\nwhile True: pass", "endless", 2),
        ("while True:\n    try:\n        x = 1\n    except BaseException:\n        pass", "endless", None),
        ("import threading\nthreading.Event().wait()", "endless", 2),
        ("def f():\n    f()\nf()", "import", 2),
        ("class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E", "import", 4),
    ],
)  # fmt: skip
def test_what_happens_at_import_is_told(box: Box, source: str, kind: str, line: int | None) -> None:
    found = problem(box, source)
    assert (found.kind, found.file) == (kind, "solution.py")
    assert line is None or found.line == line


def test_an_import_is_given_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms: dict[int, float] = {}
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(signal, "setitimer", alarms.__setitem__)
    Importing({}, "solution", Preflight().seconds, lambda _: None)._set_alarms()
    assert alarms == {signal.ITIMER_PROF: 1.5} | ({} if sys.platform == "linux" else {signal.ITIMER_REAL: 9.0})


@pytest.mark.parametrize("source", ["import os\nos._exit(0)", "import os\nos.kill(os.getpid(), 9)"])
def test_a_process_that_ends_at_import_is_told(box: Box, source: str) -> None:
    assert problem(box, source).kind == "died"


def test_printing_at_import_is_noted_and_costs_nothing(box: Box) -> None:
    found = look(box, DONE + "\nfor i in range(100_000):\n    print('x' * 100)\n", seconds=20.0)
    assert (found.problem, found.notes) == (None, ("solution.py prints while it is imported",))


def test_what_is_under_main_does_not_run(box: Box) -> None:
    assert look(box, DONE + "\nif __name__ == '__main__':\n    input()\n").problem is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import queue", "queue"),
        ("from queue import Queue", "queue.Queue"),
        ("def f():\n    import concurrent.futures", "concurrent.futures"),
    ],
)
def test_an_import_that_the_exercise_forbids_is_named(box: Box, line: str, name: str) -> None:
    found = problem(box, f"{line}\n{DONE}", forbidden=("queue", "concurrent"))
    assert found.kind == "forbidden"
    assert name.partition(".")[0] in found.message
    assert found.text == line.splitlines()[-1]


def test_imports_that_are_not_forbidden_pass(box: Box) -> None:
    assert (
        look(box, f"from __future__ import annotations\nimport threading\n{DONE}", forbidden=("queue",)).problem is None
    )


def test_the_answers_own_modules_import_each_other(box: Box) -> None:
    files = {"solution.py": "from parts import f\n", "parts.py": "def f(): pass\n"}
    assert give(box, files).preflight(Preflight(required=("f",))).problem is None


def test_a_syntax_error_in_another_file_is_told_there(box: Box) -> None:
    found = give(box, {"solution.py": "import parts", "parts.py": "x = ("}).preflight(Preflight()).problem
    assert found is not None
    assert (found.kind, found.file) == ("syntax", "parts.py")


@pytest.mark.parametrize("line", ["import queue", "x = = 1", "raise ValueError(1)"])
def test_lines_are_counted_as_python_counts_them(box: Box, line: str) -> None:
    """A form feed, or a hidden separator in a comment, ends no line."""
    found = problem(box, f"\x0c# one \x1c two \u2028 three\n{line}\n{DONE}", forbidden=("queue",))
    assert (found.line, found.text) == (2, line)


def test_a_stub_with_a_form_feed_in_it_is_shown_where_it_begins(box: Box) -> None:
    found = problem(box, f"\x0c\n{STUB}", stub=f"\x0c\n{STUB}\n")
    assert found.kind == "not-begun"
    assert found.text.strip().startswith("def ")
