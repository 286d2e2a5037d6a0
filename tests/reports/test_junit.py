from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from sample_results import DEADLOCK, EVERY, LAYOUT, OURS, RACE, SAVAGE

from grader.reports.junit import write
from grader.results import ExerciseResult

OWN = Path(__file__).parent.parent / "data" / "junit-strict.xsd"
PUBLISHED = os.environ.get("JUNIT_10_XSD", "")


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(OWN)


@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_document_is_valid(result: ExerciseResult, schema: xmlschema.XMLSchema) -> None:
    schema.validate(write([result], LAYOUT))


@pytest.mark.skipif(not PUBLISHED, reason="JUNIT_10_XSD does not name pytest's junit-10.xsd")
def test_document_is_valid_by_the_published_schema() -> None:
    published = xmlschema.XMLSchema(PUBLISHED)
    for result in EVERY.values():
        published.validate(write([result, DEADLOCK], LAYOUT))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("</testcase>", "<properties/></testcase>"),
        ('name="keeps_the_books"', 'name="keeps_the_books" file="x.py"'),
        ('tests="3"', 'tests="0"'),
    ],
)
def test_schema_refuses_what_pytest_itself_gets_wrong(right: str, wrong: str, schema: xmlschema.XMLSchema) -> None:
    text = write([RACE], LAYOUT)
    assert right in text
    assert not schema.is_valid(text.replace(right, wrong, 1))


def test_points_are_properties_of_the_suite() -> None:
    suite = ET.fromstring(write([RACE], LAYOUT))[0]
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["points.never_overdraws"] == "0/2"
    assert (properties["score"], properties["max_score"]) == ("2", "4")


def test_verdicts_are_counted_as_they_are() -> None:
    suite = ET.fromstring(write([OURS], LAYOUT))[0]
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "0", "1", "1"]
    assert [len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")] == [0, 1, 1]


def test_illegal_characters_are_spelt_out() -> None:
    text = write([SAVAGE], LAYOUT)
    assert r"\x00\x0b\ufffe\ud800" in text
    ET.fromstring(text)


def test_failure_says_kind_and_shows_the_interleaving() -> None:
    failure = ET.fromstring(write([RACE], LAYOUT)).find(".//failure")
    assert failure is not None
    assert failure.get("type") == "race"
    assert "withdraw-1" in (failure.text or "")
