"""What records marks refuses a box that is too weak for it, before it grades anything."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from grader.box.sandbox import canary
from grader.bulk.engine import _wanted, bulk
from grader.cli import main
from grader.course import read_course
from grader.desk import RECORDED, options
from grader.errors import EXIT_COURSE, CourseError
from grader.grading import Options
from grader.results import Tier

ROOT = Path(__file__).resolve().parents[2]


def asked(form: str, tier: Tier | None, *, trusted: bool = False) -> argparse.Namespace:
    return argparse.Namespace(seed=0, public=False, tier=tier, format=form, trusted=trusted)


@pytest.mark.parametrize("form", RECORDED)
def test_a_report_that_is_recorded_refuses_the_tier_limits(form: str) -> None:
    with pytest.raises(CourseError, match="forge its marks"):
        options(asked(form, "limits"))
    assert options(asked(form, "limits", trusted=True)).tier == "limits"
    assert options(asked(form, "landlock")).tier == "landlock"


@pytest.mark.parametrize("form", RECORDED)
def test_passes_that_are_recorded_are_confirmed(form: str) -> None:
    assert options(asked(form, "full")).confirm
    assert not options(asked("text", "full")).confirm


def test_bulk_confirms_passes() -> None:
    assert _wanted(read_course(ROOT), Options()).options.confirm


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_feedback_may_use_any_tier(form: str) -> None:
    assert options(asked(form, "limits")).tier == "limits"
    assert options(asked(form, None)).tier is None


def test_the_strongest_that_works_may_be_too_weak(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(canary, "choose_tier", lambda _: "limits")
    with pytest.raises(CourseError, match="forge its marks"):
        options(asked("github", None))
    with pytest.raises(CourseError, match="forge its marks"):
        bulk(read_course(ROOT), [tmp_path], tmp_path / "out", Options())
    assert not (tmp_path / "out").exists()


def test_landlock_is_good_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "choose_tier", lambda _: "landlock")
    assert options(asked("github", None)).tier == canary.tier_for_marks(None, trusted=False) == "landlock"


def test_the_command_says_so_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ex01", "--format", "github", "--tier", "limits"]) == EXIT_COURSE
    assert "--i-trust-these-submissions" in capsys.readouterr().err
