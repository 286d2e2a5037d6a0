"""The reporter's payload, against the reporter's own arithmetic, rewritten here from its description."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from typing import Any, Literal

import pytest
from msgspec.structs import replace
from sample_results import DEADLOCK, EMPTY, EVERY, FRACTIONS, HOSTILE, OURS, PASSING, RACE, check, result

from grader.reports.autograding import payload, ungraded, value
from grader.results import ExerciseResult


def decoded(text: str) -> dict[str, Any]:
    assert "\n" not in text
    whole: dict[str, Any] = json.loads(base64.b64decode(text, validate=True))
    return whole


def table(whole: dict[str, Any]) -> float:
    """The points in the reporter's table: it counts tests."""
    passed = sum(test["status"] == "pass" for test in whole["tests"])
    score: float = passed / len(whole["tests"]) * whole["max_score"]
    return score


def notice(*runners: dict[str, Any]) -> str:
    """The reporter's notice: a plain sum in floating point, printed as JavaScript does."""
    total = 0.0
    for whole in runners:
        for test in whole["tests"] if whole["max_score"] else ():
            total += test["score"]
    return f"{javascript(total)}/{javascript(sum(whole['max_score'] for whole in runners))}"


def javascript(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(float(number))


def printed(whole: dict[str, Any]) -> list[str]:
    """What the reporter writes to the log of a runner."""
    lines = []
    for test in whole["tests"]:
        if test["status"] == "pass":
            lines.append(f"✅ {test['name']}" + ("" if test["line_no"] == 0 else f" - line {test['line_no']}"))
        elif test["status"] == "error":
            lines.append(f"Error: {test['message'] or 'Failed to run test ' + test['name']}")
        else:
            lines.append(f"❌ {test['name']}")
        if test["test_code"]:
            lines.append(f"Test code:\n{test['test_code']}")
    return "\n".join(lines).split("\n")


def exit_code(*runners: dict[str, Any]) -> int:
    statuses = {whole["status"] for whole in runners}
    return 1 if statuses & {"fail", "error"} else 0


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_every_rule_of_the_reporter_is_kept(sample: ExerciseResult) -> None:
    whole = decoded(value(sample))
    assert whole["version"] == 1
    assert whole["status"] in ("pass", "fail", "error")
    assert len(whole["tests"]) >= 1
    for test in whole["tests"]:
        assert test["status"] in ("pass", "fail", "error")
        assert isinstance(test["score"], int | float)
        assert (test["line_no"], test["test_code"]) == (0, "")
    assert float(sum(test["score"] for test in whole["tests"])) <= whole["max_score"]


@pytest.mark.parametrize(("sample", "code"), [(PASSING, 0), (RACE, 1), (OURS, 1), (EMPTY, 1)])
def test_reporter_exits_as_the_verdict_is(sample: ExerciseResult, code: int) -> None:
    assert exit_code(payload(sample)) == code


@pytest.mark.parametrize(("sample", "points"), [(PASSING, "5/5"), (RACE, "2/4"), (DEADLOCK, "4/8")])
def test_both_totals_are_right_though_weights_differ(sample: ExerciseResult, points: str) -> None:
    whole = payload(sample)
    assert notice(whole) == points
    assert f"{javascript(table(whole))}/{whole['max_score']}" == points


def test_partial_credit_in_whole_parts_is_right_in_both_totals() -> None:
    whole = payload(
        result("fail", check("a", "A", "fail", Fraction(3, 2), 2), check("b", "B", of=Fraction(1, 2), score=0))
    )
    assert notice(whole) == "1.5/2.5"


def test_partial_credit_finer_than_the_parts_is_right_in_the_notice() -> None:
    whole = payload(result("fail", check("a", "A", "fail", Fraction(1, 2), 1), check("b", "B")))
    assert notice(whole) == "1.5/2"
    assert table(whole) == 1


def test_tenths_never_print_with_seventeen_digits() -> None:
    tenths = result("pass", *(check(f"t{n}", "T", score=Fraction(1, 10), of=Fraction(1, 10)) for n in range(3)))
    assert notice(payload(tenths), payload(tenths)) == "0.5/0.5"
    plain = [{"score": 0.1}] * 3
    assert javascript(sum(each["score"] for each in plain)) == "0.30000000000000004"  # what is to be avoided


def test_full_marks_in_thirds_are_full_marks() -> None:
    thirds = result("pass", *(check(f"t{n}", "T", score=Fraction(1, 3), of=Fraction(1, 3)) for n in range(3)))
    assert notice(payload(thirds)) == "1/1"
    assert notice(payload(FRACTIONS)) == "7.75/8"


def test_nothing_of_an_answer_begins_a_command() -> None:
    lines = printed(payload(EVERY["savage"]))
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


def test_forged_notice_in_a_title_stays_in_its_line() -> None:
    forged = "x\n::notice title=Autograding complete::Points 100/100"
    whole = payload(result("error", check("a", forged, "error", 0, 1)))
    assert len(printed(whole)) == 1
    assert "::" not in printed(whole)[0]


def test_many_and_long_checks_stay_below_the_limit() -> None:
    many = [check(f"c{n}", HOSTILE * 50, "fail", 0, Fraction(n + 1, 7), notes=(HOSTILE * 9,)) for n in range(400)]
    encoded = value(result("fail", *many))
    assert len(encoded) + len("EX01_RESULTS=") < 128 * 1024
    assert decoded(encoded)["tests"]


def test_no_checks_at_all_is_one_failed_test() -> None:
    whole = payload(replace(EMPTY, max_score=Fraction(5)))
    assert [test["status"] for test in whole["tests"]] == ["fail"]
    assert notice(whole) == "0/5"


@pytest.mark.parametrize("status", ["fail", "error"])
def test_what_was_not_graded_is_one_test_worth_nothing(status: Literal["fail", "error"]) -> None:
    whole = decoded(ungraded(Fraction(8), status, f"why {HOSTILE}"))
    assert (whole["status"], notice(whole), exit_code(whole)) == (status, "0/8", 1)
    (test,) = whole["tests"]
    assert (test["status"], test["name"].split()[0]) == (status, "why")


def test_check_worth_nothing_is_still_listed() -> None:
    whole = payload(result("fail", check("a", "A"), check("b", "B", "fail", 0, 0)))
    assert [test["status"] for test in whole["tests"]] == ["pass", "fail"]
