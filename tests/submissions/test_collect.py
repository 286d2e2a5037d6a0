"""Everybody's answers are found in whatever a teacher points at, and one broken submission stays one."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import CourseError, SubmissionError
from grader.submissions.collect import Handed, collect, read_handed

BANK = "class InsufficientFunds(Exception): ...\nclass Account: ...\n"
PRINTERS = "def alternate(emit, parts): ...\ndef numbers_and_letters(): ...\n"
Lay = Callable[..., Path]


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def found(handed: tuple[Handed, ...]) -> dict[tuple[str, str], str]:
    """By person and exercise: the way to the file; a problem in angle brackets."""
    return {(h.student, h.exercise): "/".join(h.inside) if h.problem is None else f"<{h.problem}>" for h in handed}


def texts(handed: tuple[Handed, ...]) -> dict[tuple[str, str], str]:
    modules = {"ex01": "bank_account.py", "ex04": "printers.py"}
    return {(h.student, h.exercise): read_handed(h, modules[h.exercise]).files[modules[h.exercise]] for h in handed}


def test_a_folder_with_something_of_each_student(course: Course, lay: Lay) -> None:
    lay("subs/alice.py")
    lay("subs/ex04_bob.ipynb.json", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    lay("subs/carol/printers.py")
    lay("subs/carol/ex01/bank_account.py", BANK)
    lay("subs/dan.zip", zipped({"dan/exercises/ex04_printers/printers.py": PRINTERS, "__MACOSX/._x.py": ""}))
    lay("subs/eve/printers (1).py")
    subs = lay("subs/.DS_Store", "")
    handed = collect([subs], course)
    assert found(handed) == {
        ("alice", "ex04"): "alice.py",
        ("bob", "ex04"): "ex04_bob.ipynb.json",
        ("carol", "ex01"): "ex01/bank_account.py",
        ("carol", "ex04"): "printers.py",
        ("dan", "ex04"): "dan/exercises/ex04_printers/printers.py",
        ("eve", "ex04"): "printers (1).py",
    }
    assert {text for key, text in texts(handed).items() if key[0] != "bob"} == {BANK, PRINTERS}


def test_only_the_exercise_that_is_asked_for_is_collected(course: Course, lay: Lay) -> None:
    lay("subs/alice/printers.py")
    lay("subs/alice/bank_account.py", BANK)
    subs = lay("subs/bob.py", "x = 1\n")
    assert found(collect([subs], course, exercise="ex04")) == {
        ("alice", "ex04"): "printers.py",
        ("bob", "ex04"): "bob.py",
    }


@pytest.mark.parametrize(
    "name", ["alice.py", "alice/printers.py", "alice/ex04/printers.py", "alice/exercises/ex04_printers/printers.py"]
)
def test_a_path_may_be_one_persons(course: Course, lay: Lay, name: str) -> None:
    path = lay(name)
    assert set(found(collect([path], course))) == {("alice", "ex04")}


def test_several_paths_are_one_collection(course: Course, lay: Lay) -> None:
    paths = [lay("alice.py"), lay("bob/printers.py"), lay("more/carol.py")]
    assert {student for student, _ in found(collect(paths, course))} == {"alice", "bob", "carol"}


def test_broken_hostile_and_empty_ones_are_a_problem_each_and_no_more(course: Course, lay: Lay) -> None:
    lay("subs/alice.py")
    lay("subs/b.zip", b"PK\x03\x04 cut off")
    lay("subs/c/notes.pdf", "%PDF")
    lay("subs/d.py", "x = 1\n")
    lay("subs/e.docx", "PK")
    lay("subs/f/ex04_a.py")
    lay("subs/f/ex04_b.py")
    lay("subs/g.zip", b"")
    subs = lay("subs/h/x", "")
    os.remove(subs / "h/x")
    (subs / "i.py").symlink_to("/etc/passwd")
    (subs / "j").symlink_to("/etc")
    os.mkfifo(subs / "k.py")
    handed = collect([subs], course)
    problems = {h.student: h.problem or "" for h in handed}
    assert problems["alice"] == ""
    said = {
        "b": "is damaged", "c": "there is: notes.pdf", "d": "neither its name nor",
        "e": "neither its name nor", "f": "may both be",
        "g": "not an archive", "h": "there is: nothing", "i": "is a link", "j": "is a link", "k": "is a named pipe",
    }  # fmt: skip
    assert {student: part for student, part in said.items() if part not in problems[student]} == {}
    assert set(problems) == {"alice", *said}
    with pytest.raises(SubmissionError, match="is damaged"):
        read_handed(next(h for h in handed if h.student == "b"), "printers.py")


def test_a_folder_inside_a_folder_is_looked_into(course: Course, lay: Lay) -> None:
    lay("subs/unpacked/alice/printers.py")
    subs = lay("subs/unpacked/bob/printers.py")
    assert {student for student, _ in found(collect([subs], course))} == {"alice", "bob"}
    packed = lay("all.zip", zipped({f"top/{name}/printers.py": PRINTERS for name in ("alice", "bob")}))
    assert {student for student, _ in found(collect([packed], course))} == {"alice", "bob"}


@pytest.mark.parametrize("unpacked", [True, False])
def test_canvas(course: Course, lay: Lay, unpacked: bool) -> None:
    files = {
        "unalann_LATE_11_101_printers.py": PRINTERS,
        "unalann_LATE_11_202_printers-1.py": PRINTERS,
        "kimbo_12_103_my_work.py": PRINTERS,
        "kimbo_12_104_readme.md": "",
        "LATE_anon_x9_105_printers.ipynb": "{}",
        "leecy_13_text.html": "<p>see above</p>",
        "fooda_14_106_all.zip": zipped({"ex04/printers.py": PRINTERS}),
        "bareva_15_107_x.py": PRINTERS,
        "bareva_15_text.html": "",
    }
    for name, content in files.items() if unpacked else ():
        lay(f"course-ex04-printers_submissions/{name}", content)
    name = "course-ex04-printers_submissions"
    path = lay(f"{name}/grades.csv", "") if unpacked else lay(f"{name}.zip", zipped(files))
    handed = collect([path], course)
    assert found(handed) == {
        ("11", "ex04"): "unalann_LATE_11_202_printers-1.py",
        ("12", "ex04"): "kimbo_12_103_my_work.py",
        ("13", "ex04"): "<it was typed into the form or is a link: there is no file>",
        ("14", "ex04"): "ex04/printers.py" if unpacked else "fooda_14_106_all.zip/ex04/printers.py",
        ("15", "ex04"): "bareva_15_107_x.py",
        ("x9", "ex04"): "LATE_anon_x9_105_printers.ipynb",
    }
    by = {h.student: h for h in handed}
    assert (by["11"].name, by["11"].late, by["12"].late, by["x9"].late) == ("unalann", True, False, True)
    assert any("is the latest; 'unalann_LATE_11_101_printers.py' came before" in note for note in by["11"].notes)
    assert {h.system for h in handed} == {"canvas"}
    assert read_handed(by["14"], "printers.py").files == {"printers.py": PRINTERS}


def test_moodle_in_both_layouts(course: Course, lay: Lay) -> None:
    files = {
        "Ann Ünal_77_assignsubmission_file_/printers.py": PRINTERS,
        "Ann Ünal_77_assignsubmission_onlinetext_/onlinetext.html": "",
        "Bo_78_assignsubmission_file/sub/bank_account.py": BANK,
        "Cy_79_assignsubmission_file_printers.py": PRINTERS,
        "Di_80_assignsubmission_onlinetext/onlinetext.html": "",
    }
    handed = collect([lay("moodle.zip", zipped(files))], course)
    assert {(h.student, h.name, h.exercise, h.problem is None) for h in handed} == {
        ("77", "Ann Ünal", "ex04", True),
        ("78", "Bo", "ex01", True),
        ("79", "Cy", "ex04", True),
        ("80", "Di", "", False),
    }


def test_gradescope_gives_each_of_a_group_the_same_work(course: Course, lay: Lay) -> None:
    metadata = (
        "submission_1:\n  :submitters:\n  - :name: Ann\n    :sid: '7'\n    :email: a@x\n"
        "  - :name: Bo\n    :sid: ''\n    :email: b@x\n"
        "  :created_at: 2026-11-20 10:00:00 Z\n"
    )
    files = {
        "submission_metadata.yml": metadata,
        "submission_1/printers.py": PRINTERS,
        "submission_2/printers.py": PRINTERS,
    }
    handed = collect(
        [lay("e.zip", zipped({f"assignment_5_export/{name}": text for name, text in files.items()}))], course
    )
    assert [(h.student, h.name) for h in handed] == [("7", "Ann"), ("b@x", "Bo"), ("submission_2", "")]
    assert handed[0].at == datetime.fromisoformat("2026-11-20T10:00:00+00:00")
    assert texts(handed)["b@x", "ex04"] == PRINTERS


def test_gradescopes_metadata_that_is_broken_stops_the_run(course: Course, lay: Lay) -> None:
    lay("e/submission_1/printers.py")
    export = lay("e/submission_metadata.yml", "a: [")
    with pytest.raises(CourseError, match="submission_metadata"):
        collect([export], course)


def test_blackboard_keeps_the_latest_attempt_in_the_courses_time(course: Course, lay: Lay) -> None:
    for at in ("2026-11-20-10-00-00", "2026-11-19-10-00-00"):
        lay(f"gb/Home_work_ann_attempt_{at}.txt", "Name: Ann Unal (ann)")
        folder = lay(f"gb/Home_work_ann_attempt_{at}_printers.py", PRINTERS + at)
    (handed,) = collect([folder], course)
    assert read_handed(handed, "printers.py").files["printers.py"].endswith("2026-11-20-10-00-00")
    assert handed.at is not None
    assert handed.at.utcoffset() == timedelta(hours=1)
    assert any("is the latest" in note for note in handed.notes)


def test_github_classroom_clones_are_read_without_git(course: Course, lay: Lay) -> None:
    lay("ex04-submissions/ex04-al-ice/printers.py")
    lay("ex04-submissions/ex04-al-ice/.git/hooks/printers.py", "evil")
    lay("ex04-submissions/ex04-bob/exercises/ex04_printers/printers.py")
    lay("ex04-submissions/ex04-carol/HEAD")
    lay("ex04-submissions/ex04-carol/objects/x")
    lay("ex04-submissions/ex04-carol/refs/x")
    clones = lay(
        "ex04-submissions/classroom_roster.csv", "identifier,github_username,github_id,name\nu1,Al-Ice,1,Alice A.\n"
    )
    handed = collect([clones], course)
    assert [(h.student, h.name, h.system) for h in handed] == [
        ("al-ice", "Alice A.", "github"),
        ("bob", "", "github"),
        ("carol", "", "github"),
    ]
    assert "bare repository" in (handed[2].problem or "")
    assert texts(handed[:2]) == {("al-ice", "ex04"): PRINTERS, ("bob", "ex04"): PRINTERS}


def test_clones_in_a_folder_of_another_name_lose_what_they_share(course: Course, lay: Lay) -> None:
    for login in ("alice", "albert"):
        lay(f"clones/hw-{login}/printers.py")
        clones = lay(f"clones/hw-{login}/.git/HEAD", "ref: x")
    assert set(found(collect([clones], course))) == {("alice", "ex04"), ("albert", "ex04")}


def test_classroom_50_is_known_by_its_settings_file(course: Course, lay: Lay) -> None:
    lay("d/cs-ex04-Ann/.classroom50.yaml", "classroom: CS\nassignment: ex04\n")
    lay("d/cs-ex04-Ann/printers.py")
    folder = lay("d/roster.csv", "username,first_name,last_name,email,section,github_id\nann,Ann,Unal,a@x,1,2\n")
    (handed,) = collect([folder], course)
    assert (handed.student, handed.name, handed.system) == ("Ann", "Ann Unal", "classroom50")


def test_nbgraders_folders_bring_the_time(course: Course, lay: Lay) -> None:
    lay("submitted/alice/ex04/printers.py")
    lay("submitted/bob/ex04/printers.py")
    folder = lay("submitted/alice/ex04/timestamp.txt", "2026-02-02 15:58:23.948203 UTC")
    alice, bob = collect([folder], course)
    assert (alice.student, bob.student, bob.at) == ("alice", "bob", None)
    assert alice.at == datetime.fromisoformat("2026-02-02T15:58:23.948203+00:00")


def test_the_teachers_pattern_comes_first(course: Course, lay: Lay) -> None:
    folder = lay("subs/11_unal_12_34_printers.py")
    (handed,) = collect([folder], course, pattern=re.compile(r"^(?P<student_id>\d+)_(?P<last_name>\w+?)_"))
    assert (handed.student, handed.name) == ("11", "unal")


@pytest.mark.parametrize(
    ("name", "student"),
    [("alice.py", "alice"), ("ex04_alice.py", "alice"), ("alice-ex4.py", "alice"), ("alice_printers.ipynb", "alice"),
     ("exercise 4 - Alice B.py", "Alice B"), ("alice (2).py", "alice"), ("printers.py", "printers"),
     ("max_printers_x.py", "max_x")],
)  # fmt: skip
def test_people_are_found_in_plain_names(course: Course, lay: Lay, name: str, student: str) -> None:
    lay(f"subs/{name}")
    lay("subs/yy/printers.py")
    subs = lay("subs/zz/printers.py")
    assert student in {h.student for h in collect([subs], course)}


def test_a_second_copy_of_a_plain_file_is_the_later_one(course: Course, lay: Lay) -> None:
    lay("subs/alice_ex04 (1).py", "later")
    subs = lay("subs/alice_ex04.py", "earlier")
    (handed,) = collect([subs], course)
    assert read_handed(handed, "printers.py").files == {"printers.py": "later"}
    assert any("is the latest" in note for note in handed.notes)


def test_a_broken_second_try_is_said_beside_the_first(course: Course, lay: Lay) -> None:
    lay("subs/alice/printers.py")
    subs = lay("subs/alice.zip", b"broken")
    (handed,) = collect([subs], course)
    assert handed.problem is None
    assert any("'alice.zip' was handed in, too, but" in note for note in handed.notes)


def test_one_notebook_may_hold_several_exercises(course: Course, lay: Lay) -> None:
    subs = lay("subs/alice.py", BANK + PRINTERS)
    assert set(found(collect([subs], course))) == {("alice", "ex01"), ("alice", "ex04")}


def test_the_stub_that_a_students_edition_keeps_is_no_answer(course: Course, lay: Lay) -> None:
    lay("subs/alice/exercises/ex04_printers/printers.py")
    subs = lay("subs/alice/exercises/ex04_printers/.given/printers.py", "raise NotImplementedError")
    (alice,) = collect([subs], course)
    assert (alice.inside, alice.notes) == (("exercises/ex04_printers/printers.py",), ())


def test_what_teachers_leave_beside_is_not_a_submission(course: Course, lay: Lay) -> None:
    for name in ("grades.csv", "README.txt", "notes.md", "Thumbs.db", "LICENSE", "results.json"):
        lay(f"subs/{name}", "")
    subs = lay("subs/alice.py")
    assert set(found(collect([subs], course))) == {("alice", "ex04")}


def test_a_path_that_is_not_there_is_the_callers_error(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is no file or folder"):
        collect([tmp_path / "nowhere"], course)


def test_names_are_made_printable(course: Course, lay: Lay) -> None:
    subs = lay("subs/a\x1b[2J\nb/printers.py")
    (handed,) = collect([subs], course, exercise="ex04")
    assert handed.student == r"a\x1b[2J\nb"


def test_names_that_differ_only_in_what_cannot_be_printed_are_different_people(course: Course, lay: Lay) -> None:
    subs = lay("subs/alice.py")
    for name in (b"M\xfcller", b"M\xe4ller", b"a_b", b"a__b"):
        os.mkdir(os.fsencode(subs) + b"/" + name)
        with open(os.fsencode(subs) + b"/" + name + b"/printers.py", "wb"):
            pass
    students = sorted(each.student for each in collect([subs], course))
    assert students == [r"M\udce4ller", r"M\udcfcller", "a__b", "a_b", "alice"]


def test_a_folder_of_links_says_that_links_are_not_followed(course: Course, lay: Lay) -> None:
    subs = lay("subs/alice.py")
    (subs / "bob").mkdir()
    (subs / "bob" / "printers.py").symlink_to(subs / "alice.py")
    (bob,) = [each for each in collect([subs], course) if each.student == "bob"]
    assert bob.problem
    assert "(there is: nothing); links are not followed: printers.py" in bob.problem


def test_names_that_are_no_text_reach_no_report(course: Course, lay: Lay) -> None:
    subs = lay("subs/alice/ex04/x.py")
    hostile = os.fsencode(subs) + b"/bob\xff/\xff\n-rf.pdf"
    os.mkdir(os.path.dirname(hostile))
    with open(hostile, "wb"), open(os.fsencode(subs) + b"/\x1b]52;c;ex04.py", "wb"), open(hostile[:-4] + b".py", "wb"):
        pass
    handed = collect([subs], course, exercise="ex04")
    answers = [read_handed(each, "printers.py") for each in handed]
    for text in (*(h.student for h in handed), *(t for a in answers for t in (a.origin, *a.notes))):
        assert text.isprintable()
    assert len(handed) == 3


def test_a_folder_without_end_is_one_persons_problem(course: Course, lay: Lay, tmp_path: Path) -> None:
    lay("subs/alice.py")
    subs = lay("subs/bob/" + "d/" * 40 + "printers.py")
    handed = collect([subs], course)
    assert [(h.student, h.problem is None) for h in handed] == [("alice", True), ("bob", False)]


@pytest.mark.parametrize("below", ["subs", "subs/unpacked"])
def test_a_folder_that_is_to_be_left_out_is_as_if_it_were_not_there(course: Course, lay: Lay, below: str) -> None:
    lay(f"{below}/alice/printers.py")
    subs = lay(f"{below}/bob/printers.py")
    before = collect([subs], course)
    lay("subs/results/feedback/alice.html", "")
    lay("subs/results/printers.py")
    (subs.parent / "link").symlink_to(subs)
    for without in (subs / "results", subs.parent / "link" / "results"):
        assert collect([subs], course, without=without) == before


def test_an_empty_folder_holds_nobody(course: Course, tmp_path: Path) -> None:
    assert collect([tmp_path], course) == ()
