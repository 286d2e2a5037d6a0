"""`--format junit`: XML after the strict junit-10 schema that pytest and Jenkins publish.

One suite an exercise, one case a check. Points stand in the suite's properties (`points.never_overdraws` = 0/2),
because that schema has no properties in a case. There is no timestamp and no host name: the same result is the same
bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.reports import Layout, Source, phrases
from grader.reports.diagram import as_text
from grader.reports.safe_text import harmless
from grader.results import CheckResult, ExerciseResult, Finding
from grader.scoring import shown

COLUMNS = 100


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The document, indented, with an XML declaration."""
    root = ET.Element("testsuites", name="grader")
    for result in results:
        root.append(_suite(harmless(result), layout.source(result.exercise)))
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _suite(result: ExerciseResult, source: Source) -> ET.Element:
    verdicts = [check.verdict for check in result.checks] or ["fail"]
    suite = ET.Element(
        "testsuite",
        name=result.exercise,
        tests=str(len(verdicts)),
        failures=str(verdicts.count("fail")),
        errors=str(verdicts.count("error")),
        skipped=str(verdicts.count("skip")),
        time=_seconds(sum(check.duration for check in result.checks)),
    )
    suite.append(_properties(result))
    for check in result.checks:
        suite.append(_case(check, result, source))
    if not result.checks and result.problem:
        case = ET.SubElement(suite, "testcase", classname=result.exercise, name="can_be_run", time="0.000")
        case.append(_complaint("failure", result.problem, result, source))
    return suite


def _properties(result: ExerciseResult) -> ET.Element:
    properties = ET.Element("properties")
    facts = {
        "title": result.title,
        "score": shown(result.score),
        "max_score": shown(result.max_score),
        "seed": str(result.seed),
        "tier": result.tier,
        "python": result.python,
        "grader": result.grader,
        "submission": result.submission.path,
        "sha256": result.submission.sha256,
    }
    facts |= {f"points.{check.id}": phrases.points(check) for check in result.checks}
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=value)
    return properties


def _case(check: CheckResult, result: ExerciseResult, source: Source) -> ET.Element:
    case = ET.Element("testcase", classname=result.exercise, name=check.id, time=_seconds(check.duration))
    tag = {"fail": "failure", "error": "error"}.get(check.verdict)
    if tag:
        found = check.findings or (None,)
        case.extend(_complaint(tag, finding, result, source) for finding in found)
    if check.verdict == "skip":
        ET.SubElement(case, "skipped", message="; ".join(check.notes) or "could not be measured here")
    ET.SubElement(case, "system-out").text = _about(check)
    return case


def _complaint(tag: str, finding: Finding | None, result: ExerciseResult, source: Source) -> ET.Element:
    if finding is None:
        return ET.Element(tag, type="wrong", message="no reason was recorded")
    complaint = ET.Element(tag, type=finding.kind, message=finding.title)
    told = phrases.lines(finding, result.exercise, source)
    text = [f"{label:<10}" + words.replace("\n", f"\n{'':10}") for label, words in told]
    if where := phrases.place(finding, source):
        text.append(f"{'at':<10}{where}")
    drawn = phrases.drawing(finding, source)
    if drawn:
        text += ["", *as_text(drawn, COLUMNS)]
    complaint.text = "\n" + "\n".join(text) + "\n"
    return complaint


def _about(check: CheckResult) -> str:
    return "\n".join(text for text in (check.title, phrases.coverage(check.exploration), *check.notes) if text)


def _seconds(duration: float) -> str:
    """Three decimals and no thousands separator, as the schema's pattern wants it."""
    return f"{duration:.3f}"
