"""Observations in words: what ran, what was seen, why nothing could run."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from grader.box.protocol import Problem, ProblemKind, Ran
from grader.checks import wording
from grader.errors import BoxBroke, BoxDied, BoxError, BoxTimeout
from grader.results import FindingKind
from grader.trace import Ending, LockOrder, Nesting, Outcome, Race, Side, Spin, Trace


def with_words(answer: Any, amount: int) -> None:
    """two threads deposit {amount}

    More, which nobody reads.
    """


def with_braces(answer: Any, amount: int) -> None:
    """a dict {such as} {this}"""


def without_words(answer: Any, amount: int) -> None:
    return None


@pytest.mark.parametrize(
    ("scenario", "said", "ran"),
    [
        (with_words, "", "two threads deposit 5"),
        (with_words, "the author's own", "the author's own"),
        (with_braces, "", "a dict {such as} {this}"),
        (without_words, "", "without_words(amount=5)"),
    ],
)
def test_what_ran_is_told_in_the_best_words_there_are(scenario: Any, said: str, ran: str) -> None:
    assert wording.ran(scenario, {"amount": 5}, said) == ran
    assert wording.ran(scenario, {"amount": 5}, said, "spawn") == f"{ran} (start method spawn)"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ("a", "'a'"),
        ([1, "x"], "[1, 'x']"),
        ([], "[]"),
        ({}, "{}"),
        ({"balance": 200, "log": []}, "balance: 200, log: []"),
        ([{"value": 1}, {"raised": "KeyError", "args": ["x"]}], "1, raised KeyError('x')"),
        ({"results": [{"value": 1}, {"raised": "Busy", "args": []}]}, "results: 1, raised Busy()"),
        ([{"value": 1}, {"worth": 2}], "[{'value': 1}, {'worth': 2}]"),
    ],
)
def test_a_value_is_told_as_a_person_says_it(value: Any, words: str) -> None:
    assert wording.value_in_words(value) == words


def test_a_long_value_is_cut_and_says_how_long_it_was() -> None:
    told = wording.short("x" * 5000)
    assert told.endswith("... (5002 characters)")
    assert len(told) < wording.LONGEST_VALUE + 30


@pytest.mark.parametrize("ending", [ending for ending in get_args(Ending) if ending != "done"])
def test_every_ending_has_a_kind_and_a_title(ending: Ending) -> None:
    assert wording.KIND_OF_ENDING[ending] in get_args(FindingKind)
    assert wording.ended(Outcome(ending)) == wording.saw(Outcome(ending)) == wording.TITLE_OF_ENDING[ending]
    assert wording.saw(Outcome(ending, detail=("A waits", "B waits"))) == "A waits; B waits"


@pytest.mark.parametrize("ending", ["raised", "deadlock", "timeout", "died"])
def test_every_ending_of_a_real_run_has_a_kind_and_a_title(ending: Any) -> None:
    assert wording.KIND_OF_ENDING[ending] in get_args(FindingKind)
    assert wording.saw(Ran(ending)) == wording.TITLE_OF_ENDING[ending]


@pytest.mark.parametrize("kind", get_args(ProblemKind))
def test_every_problem_becomes_a_finding_with_a_title(kind: ProblemKind) -> None:
    finding = wording.refusal(Problem(kind, "what is wrong", "answer.py", 3, "  x = 1\n", "what to do"))
    assert finding.title == wording.TITLE_OF_PROBLEM[kind]
    assert finding.kind in get_args(FindingKind)
    assert finding.saw == "line 3: x = 1\nwhat is wrong"
    assert (finding.expected, finding.file, finding.line) == ("what to do", "answer.py", 3)


def test_a_problem_without_a_place_says_what_is_wrong_alone() -> None:
    assert wording.refusal(Problem("empty", "nothing is there")).saw == "nothing is there"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (BoxTimeout("10 s"), "timeout"),
        (BoxDied("exit 3"), "crash"),
        (BoxBroke("torn"), "crash"),
        (BoxError(""), "crash"),
    ],
)
def test_every_failure_of_the_box_is_a_finding(error: BoxError, kind: str) -> None:
    assert wording.box_failure(error)[0] == kind
    assert wording.box_failure(error)[2] == str(error)


def test_a_race_names_both_sides_and_their_locks() -> None:
    first = Side("A", "answer.py", 3, "read")
    second = Side("B", "answer.py", 4, "write", ("lock",))
    assert wording.race_saw(Race("self.x", "check-then-act", first, second)) == (
        "self.x: A reads it at line 3 (holding no lock), B writes it at line 4 (holding lock), "
        "and nothing orders the two (check-then-act)"
    )


def test_a_lock_order_names_each_thread_with_both_its_locks() -> None:
    one = Nesting("A", "self.left", "answer.py", 3, "self.right", "answer.py", 4)
    other = Nesting("B", "self.right", "answer.py", 7, "", "answer.py", 8)
    assert wording.lock_order_saw(LockOrder((one, other))) == (
        "locks are taken in different orders: A takes self.left (line 3), then self.right (line 4); "
        "B takes self.right (line 7), then a lock (line 8). What each takes second the next has taken first: they can "
        "all wait for ever. No schedule tried ended so, but not all were tried. Take the locks in one order"
    )


def test_the_lines_of_several_files_are_told_with_the_file() -> None:
    one = Nesting("A", "left", "bank.py", 3, "right", "vault.py", 4)
    assert "A takes left (bank.py:3), then right (vault.py:4)" in wording.lock_order_saw(LockOrder((one,)))


def test_a_spin_names_its_thread_and_line() -> None:
    assert wording.spin_saw(Spin("B", "answer.py", 9)).startswith("B spins at line 9")


def test_an_idiom_gets_its_article() -> None:
    titles = [wording.race_title(Trace((), (), (), idiom), always=False) for idiom in ("lost update", "atomicity slip")]
    assert titles == ["a lost update", "an atomicity slip"]
    assert "every schedule" in wording.race_title(Trace((), (), ()), always=True)
    assert "some schedules" in wording.race_title(Trace((), (), ()), always=False)
