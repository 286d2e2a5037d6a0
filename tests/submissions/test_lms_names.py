"""The names that learning systems give, and that they are tried in the right order."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from grader.errors import SubmissionError
from grader.submissions.lms_names import Who, by_pattern, classroom50, github, gradescope, nbgrader_time, slug_of, who


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("ünalann_LATE_123_456_printers.py", Who("123", "ünalann", "canvas", "printers.py", late=True, order=456)),
        ("kimlee_123_456_my_file_2.py", Who("123", "kimlee", "canvas", "my_file_2.py", order=456)),
        ("kimlee_123_456_printers-1.py", Who("123", "kimlee", "canvas", "printers-1.py", order=456)),
        ("anon_17_456_a.py", Who("17", "", "canvas", "a.py", order=456)),
        ("LATE_anon_a1B_456_a.py", Who("a1B", "", "canvas", "a.py", late=True, order=456)),
        ("kimlee_123_text.html", Who("123", "kimlee", "canvas", typed=True)),
        ("kimlee_LATE_123_link.html", Who("123", "kimlee", "canvas", late=True, typed=True)),
        ("Ann Ünal_77_assignsubmission_file_", Who("77", "Ann Ünal", "moodle")),
        ("Ann Ünal_77_assignsubmission_file", Who("77", "Ann Ünal", "moodle")),
        ("Participant_77_assignsubmission_onlinetext_", Who("77", "Participant", "moodle", typed=True)),
        ("Ann Ünal_77_assignsubmission_file_my_printers.py", Who("77", "Ann Ünal", "moodle", "my_printers.py")),
        (
            "Home_work_4_ann.unal@x.org_attempt_2026-11-20-23-59-01_printers.py",
            Who(
                "ann.unal@x.org",
                "",
                "blackboard",
                "printers.py",
                at=datetime(2026, 11, 20, 23, 59, 1),
                order=20261120235901,
            ),
        ),
        (
            "HW_ann_attempt_2026-11-20-23-59-01.txt",
            Who("ann", "", "blackboard", at=datetime(2026, 11, 20, 23, 59, 1), order=20261120235901, typed=True),
        ),
        ("HW_ann_attempt_2026-99-20-23-59-01_a.py", Who("ann", "", "blackboard", "a.py", order=20269920235901)),
    ],
)
def test_the_person_is_read_from_the_name(entry: str, expected: Who) -> None:
    assert who(entry) == expected


@pytest.mark.parametrize(
    "entry", ["alice.py", "ex04_alice.ipynb", "alice", "ex04-printers-alice", "a_1.py", "submission_12", ""]
)
def test_plain_names_are_not_taken_for_a_systems(entry: str) -> None:
    assert who(entry) is None


EXPORT = b"""\
---
submission_11:
  :submitters:
  - :name: Ann Unal
    :sid: '0042'
    :email: ann@x.org
  - :name: Bo
    :sid:
    :email: bo@x.org
  :created_at: 2026-11-20 22:59:59.123456000 Z
  :score: 3.0
  :results: {tests: []}
submission_12: &1
  :submitters: []
not_one: *1
"""


def test_gradescopes_export_names_every_submitter_of_a_group() -> None:
    at = datetime(2026, 11, 20, 22, 59, 59, 123456, tzinfo=timezone.utc)  # noqa: UP017 - as the parser has it
    ann, bo = gradescope(EXPORT)["submission_11"]
    assert (ann.student, ann.name, ann.at) == ("0042", "Ann Unal", at)
    assert (bo.student, bo.name) == ("bo@x.org", "Bo")
    assert gradescope(EXPORT)["submission_12"] == ()
    assert "not_one" not in gradescope(EXPORT)


@pytest.mark.parametrize("metadata", [b"", b"[]", b"submission_1: x", b"submission_1: {':submitters': 3}"])
def test_odd_metadata_names_nobody(metadata: bytes) -> None:
    assert not any(gradescope(metadata).values())


@pytest.mark.parametrize("metadata", [b"a: [", b"!!python/object/apply:os.getcwd []", b"a: !ruby/object:X {}", b"\0"])
def test_metadata_that_cannot_be_read_is_said(metadata: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"submission_metadata\.yml cannot be read"):
        gradescope(metadata)


def test_classroom_50_logins_lose_the_prefix_in_any_case() -> None:
    settings = b"classroom: CS-50\nassignment: 'ex04'\nsecret: x\n"
    assert classroom50(settings, "cs-50-EX04-al-ice").student == "al-ice"
    assert classroom50(settings, "other").student == "other"
    assert classroom50(b"\xff", "other").student == "other"


def test_clones_lose_their_slug_but_not_a_part_of_the_login() -> None:
    assert slug_of("ex04-printers-submissions", []) == "ex04-printers"
    assert slug_of("clones", ["ex04-alice", "ex04-albert"]) == "ex04"
    assert slug_of("clones", ["alice", "bob"]) == ""
    assert slug_of("clones", ["ex04-alice"]) == ""
    found = github("ex04-al-ice", "ex04")
    assert found is not None
    assert found.student == "al-ice"
    assert github("ex01-alice", "ex04") is None
    assert github("ex04-", "ex04") is None


def test_the_teachers_own_pattern_finds_people() -> None:
    pattern = re.compile(r"(?P<last_name>\w+)\.(?P<first_name>\w+)-(?P<student_id>\d+)-(?P<timestamp>[\d-]+T\d+:\d+)")
    found = by_pattern(pattern, "Unal.Ann-42-2026-11-20T10:30.py")
    assert found is not None
    assert (found.student, found.name, found.at) == ("42", "Ann Unal", datetime(2026, 11, 20, 10, 30))
    assert by_pattern(pattern, "alice.py") is None
    assert by_pattern(re.compile("(?P<student_id>)x"), "x") is None


def test_nbgraders_timestamps_are_read_where_they_are_clear() -> None:
    moment = nbgrader_time("2026-02-02 15:58:23.948203 UTC\n")
    assert moment is not None
    assert moment.isoformat() == "2026-02-02T15:58:23.948203+00:00"
    assert nbgrader_time("2026-02-02 15:58:23 America/Los_Angeles") is None
    assert nbgrader_time("yesterday") is None
