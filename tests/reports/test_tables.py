"""The tables for learning systems, read back as those systems read them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from fractions import Fraction

import pytest
from sample_results import RACE, SAVAGE

from grader.errors import CourseError
from grader.reports import canvas_csv, gradebook_csv, moodle_csv, moodle_feedback, results_json
from grader.reports.gradebook import Column, Line, cell
from grader.reports.moodle_feedback import Feedback

COLUMNS = (
    Column("ex01", "Lock-protected bank account", Fraction(5), canvas_id="991"),
    Column("ex04", "Ordered alternating printers", Fraction(8)),
)
ANN = Line(
    "ann",
    "Ünal, Ann",
    {"ex01": Fraction(9, 2), "ex04": Fraction(1234)},
    notes=("ex04: late, 10 % off",),
    ids={"id": "7", "login": "ann1", "section": "A", "email": "ann@example.org"},
    feedback={"ex01": "<b>well</b> done"},
)
EVIL = Line("=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', {"ex01": Fraction(2, 3), "ex04": None}, notes=("@x",))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_gradebook_has_a_row_each_and_the_total() -> None:
    header, ann, evil = rows(gradebook_csv.write([ANN, EVIL], COLUMNS))
    assert header == ["student", "name", "ex01", "ex04", "total", "of", "notes"]
    assert ann[2:6] == ["4.5", "1234", "1238.5", "13"]
    assert evil[2:6] == ["0.67", "", "0.67", "13"]


@pytest.mark.parametrize("write", [gradebook_csv.write, canvas_csv.write, moodle_csv.write])
def test_no_cell_of_any_table_is_a_formula(write: object) -> None:
    assert callable(write)
    for row in rows(write([ANN, EVIL], COLUMNS)):
        assert not [each for each in row if each.startswith(("=", "+", "-", "@", "\t"))]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=1"])
def test_formula_is_made_text(text: str) -> None:
    assert cell(text).startswith("'")


def test_plain_cell_stays_as_it_is() -> None:
    assert cell("Ann-Marie O'Neill") == "Ann-Marie O'Neill"


def test_canvas_finds_its_columns_and_the_number_of_the_assignment() -> None:
    header, possible, ann, _ = rows(canvas_csv.write([ANN, EVIL], COLUMNS))
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert re.search(r" \(991\)$", header[5])
    assert possible[0].strip() == "Points Possible"
    assert possible[5:] == ["5", "8"]
    assert ann == ["Ünal, Ann", "7", "", "ann1", "A", "4.5", "1234"]


def test_canvas_number_has_nothing_between_thousands() -> None:
    text = canvas_csv.write([ANN], COLUMNS)
    assert "1,234" not in text.replace('"', "")


@pytest.mark.parametrize("title", ["Final Score", "Current Points", "override grade"])
def test_title_that_canvas_would_drop_is_refused(title: str) -> None:
    with pytest.raises(CourseError, match="Canvas drops"):
        canvas_csv.write([ANN], [Column("ex01", title, Fraction(1))])


def test_moodle_gradebook_has_grade_and_feedback_of_each() -> None:
    header, ann = rows(moodle_csv.write([ANN], COLUMNS))
    assert header == ["Email address", "ID number", "Username", "ex01", "ex01 feedback", "ex04", "ex04 feedback"]
    assert ann == ["ann@example.org", "", "", "4.5", "<b>well</b> done", "1234", ""]


SHEET = (
    "\ufeffIdentifier,Full name,Status,Grade,Maximum grade,"
    "Grade can be changed,Last modified (grade),Feedback comments\r\n"
    'Participant 123456,Ann Ünal,Submitted,,100,Yes,"Friday, 20 November 2026, 4:00 PM",\r\n'
    "Participant 99,Bob,No submission,3,100,Yes,-,kept\r\n"
)


def test_moodle_worksheet_is_filled_in_and_else_unchanged() -> None:
    header, ann, bob = rows(moodle_csv.worksheet(SHEET, "ex01", {"123456": ANN}))
    assert header[0] == "Identifier"
    assert ann[3] == "4.5"
    assert ann[6] == "Friday, 20 November 2026, 4:00 PM"
    assert ann[7] == "&lt;b&gt;well&lt;/b&gt; done"
    assert bob == ["Participant 99", "Bob", "No submission", "3", "100", "Yes", "-", "kept"]
    assert {len(row) for row in (header, ann, bob)} == {8}


def test_table_that_is_no_worksheet_is_refused() -> None:
    with pytest.raises(CourseError, match="Last modified"):
        moodle_csv.worksheet("Identifier,Grade\nParticipant 1,\n", "ex01", {})


@pytest.mark.parametrize("name", ["Ann_Ünal", "../../etc", "-rf", "$(rm)", "a\nb", ".hidden", "_"])
def test_moodle_takes_every_entry_whatever_the_name_is(name: str) -> None:
    entry = moodle_feedback.entry(Feedback(name, "123456", "x"), "my_feedback.html")
    folder, file = entry.split("/")
    parts = folder.split("_", 4)
    assert parts[1:] == ["123456", "assignfeedback", "file"]
    assert not parts[0].startswith((".", "~"))
    assert file == "my-feedback.html"


def test_same_feedback_is_the_same_zip() -> None:
    pages = [Feedback("Ann Ünal", "123456", "<p>hi</p>"), Feedback("Bob", "99", "x")]
    whole = moodle_feedback.write(pages)
    assert whole == moodle_feedback.write(pages)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.read("Ann Ünal_123456_assignfeedback_file/feedback.html") == b"<p>hi</p>"


def test_results_json_holds_everything() -> None:
    whole = json.loads(results_json.write([ANN, EVIL], {"ann": [RACE, SAVAGE]}))
    ann, evil = whole["students"]
    assert ann["scores"] == {"ex01": 4.5, "ex04": 1234}
    assert [each["schema"] for each in ann["results"]] == ["grader/result/v1"] * 2
    assert (evil["scores"], evil["results"]) == ({"ex01": 0.67, "ex04": None}, [])
