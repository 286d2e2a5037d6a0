"""The pytest plugin: gives checks their `box`, and turns what they raise into results.

Two ways in. `grade` passes a `Sessions` that already holds the answer's session; plain
`pytest exercises/ex04_printers` makes one for the working tree's answer, and shows the same verdicts.
Tests that are not declared with @check are none of its business.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from grader.checks.case import CheckFailed, Replayed
from grader.checks.declaring import DECLARED, Declared
from grader.checks.judging import Judge
from grader.checks.session import Session
from grader.course import read_course
from grader.errors import CourseError, SubmissionError
from grader.exercises import find_exercise, find_root
from grader.results import Finding, Rerun
from grader.submissions import read_own

SESSIONS = pytest.StashKey["Sessions"]()
JUDGE = pytest.StashKey[Judge]()
NAME = re.compile("[a-z0-9_]+")
BACKSTOP = 30.0
"""Seconds that pytest-timeout allows beyond the box's own limits; only a fault of ours reaches it."""


class Sessions:
    """The session that each check belongs to, and what became of the run as a whole.

    `grade` passes one as a plug-in of its own, and reads it afterwards.
    """

    def __init__(self, only: Session | None = None) -> None:
        self.broken = ""
        """Why a check module could not be collected."""
        self.failed = ""
        """A fault of ours, inside pytest."""
        self.stopped = False
        """Somebody typed Ctrl-C. Pytest ends in good order, and the checks so far are no grade."""
        self.replayed: Rerun | None = None
        self._only = only
        self._by_folder: dict[Path, Session | SubmissionError] = {}

    def of(self, path: Path) -> Session:
        """Raises SubmissionError where the answer cannot be read, CourseError where the course is wrong."""
        session = self._only or self._found(path.parent)
        if isinstance(session, SubmissionError):
            raise session
        return session

    def unread(self, path: Path) -> SubmissionError | None:
        """Why the answer cannot be read. Raises CourseError where the course is wrong."""
        session = self._only or self._found(path.parent)
        return session if isinstance(session, SubmissionError) else None

    def _found(self, folder: Path) -> Session | SubmissionError:
        if folder not in self._by_folder:
            try:
                self._by_folder[folder] = _working_tree(folder)
            except SubmissionError as error:
                self._by_folder[folder] = error
        return self._by_folder[folder]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken += report.longreprtext + "\n"
        elif isinstance(report.longrepr, tuple):
            file, _, why = report.longrepr
            self.broken += f"{Path(file).name} is skipped whole ({why}): skip in each check instead\n"

    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.failed = f"{excinfo.exconly()}\n{excrepr}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if isinstance(excinfo.value, KeyboardInterrupt):
            self.stopped = True
        else:
            self.broken += f"{excinfo.exconly()}\nwhat ends pytest leaves out the checks that come after it\n"

    def refuse(self, error: CourseError, items: list[pytest.Item]) -> None:
        """Run nothing, and say why: a check that cannot be what it is meant to be must not be left out in silence."""
        items.clear()
        self.broken += str(error)
        if self._only is None:
            raise pytest.UsageError(str(error)) from None

    def close(self) -> None:
        for session in self._by_folder.values():
            if isinstance(session, Session):
                session.close()


def pytest_configure(config: pytest.Config) -> None:
    given = [plugin for plugin in config.pluginmanager.get_plugins() if isinstance(plugin, Sessions)]
    config.stash[SESSIONS] = given[0] if given else Sessions()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SESSIONS].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sessions = config.stash[SESSIONS]
    try:
        checks = [item for item in items if _declared(item) is not None and sessions.unread(item.path) is None]
        for place, item in enumerate(checks):
            session = sessions.of(item.path)
            item.add_marker(pytest.mark.timeout(10 * session.exercise.spec.time_limit + BACKSTOP))
            _must_have_a_name(item, [_id(other) for other in checks[:place] if sessions.of(other.path) is session])
    except CourseError as error:
        sessions.refuse(error, items)


def _must_have_a_name(item: pytest.Item, taken: list[str]) -> None:
    """Raises CourseError unless a replay token can name this check, and no other."""
    message = f"the name {item.name!r} is taken by another check of this exercise" if _id(item) in taken else ""
    if not NAME.fullmatch(_id(item)):
        message = f"{item.name!r} is no name for a check: replay tokens spell it"
    if message:
        remedy = "give each check a name of its own in lower-case letters, digits and _, and no parameters"
        raise CourseError(message, remedy=remedy, where=item.path.name, slug="check-name")


@pytest.fixture
def box(request: pytest.FixtureRequest) -> Judge:
    """The judge of this check: asks the box, and says whether what it saw is allowed."""
    declared = _declared(request.node)
    sessions = request.config.stash[SESSIONS]
    if declared is None:
        error = CourseError(
            f"{request.node.name} takes `box` but is not declared",
            remedy='write @check(kind="SAFE", points=1, hint="...") above it',
            where=str(request.node.path.name),
            slug="check-undeclared",
        )
        sessions.broken += str(error)
        raise error
    session = sessions.of(request.node.path)
    judge = session.judge(_id(request.node), declared)
    request.node.stash[JUDGE] = judge
    return judge


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    declared = _declared(item)
    if declared is None or call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
        return report
    error = call.excinfo.value if call.excinfo else None
    if unread := item.config.stash[SESSIONS].unread(item.path):
        # As below: no error of the set-up. Nor has a check passed that did not need the answer.
        report.when, report.outcome, report.longrepr = "call", "failed", str(unread)
        return report
    if isinstance(error, Replayed):
        told = Rerun(_title(item), error.ran, error.saw, error.expected, declared.hint, error.trace)
        item.config.stash[SESSIONS].replayed = told
        return report
    _record(item, declared, error, report)
    return report


def _record(item: pytest.Item, declared: Declared, error: BaseException | None, report: pytest.TestReport) -> None:
    session = item.config.stash[SESSIONS].of(item.path)
    judge = item.stash.get(JUDGE, None)
    if error is None and judge is not None and judge.asked == 0:
        error = CourseError(f"{item.name} asks the box nothing, so it judges nothing", slug="check-empty")
        report.outcome = "failed"
    finding = error.finding if isinstance(error, CheckFailed) else None
    skipped = isinstance(error, pytest.skip.Exception)
    if finding is not None:
        report.when = "call"  # an answer that cannot be loaded fails its checks: it is no error of their set-up
        told = finding == session.problem and session.results
        report.longrepr = f"{finding.title}: see above" if told else _five_lines(finding, session.exercise.spec.id)
    elif error is not None and not skipped:
        report.longrepr = f"{type(error).__name__}: {error}\n(this check itself failed; it costs no points)"
    session.record(
        _id(item),
        _title(item),
        declared,
        "pass" if error is None else "fail" if finding else "skip" if skipped else "error",
        hidden=item.path.parent != session.exercise.folder,
        duration=round(report.duration, 4),
        judge=judge,
        findings=(finding,) if finding else _our_fault(error) if error and not skipped else (),
        notes=(f"not measured here, so no points: {error}",) if skipped else (),
    )


def _our_fault(error: BaseException) -> tuple[Finding, ...]:
    words = f"{type(error).__name__}: {error}"
    return (Finding("crash", "the check itself failed", "the check", words, "a verdict; this costs no points"),)


def _five_lines(finding: Finding, exercise: str) -> str:
    lines = [
        finding.title,
        f"  ran       {finding.ran}",
        f"  saw       {finding.saw}",
        f"  expected  {finding.expected}",
    ]
    if finding.trace:
        width = max(map(len, finding.trace.threads), default=1)
        for step in finding.trace.steps:
            value = f" = {step.value}" if step.value else ""
            who = finding.trace.threads[step.thread].ljust(width)
            lines.append(
                f"      {who}  line {step.line:<4} {step.operation} {step.target}{value}  {step.note}".rstrip()
            )
        lines.extend(f"      {sentence}" for sentence in finding.trace.ending)
    if finding.hint:
        lines.append(f"  hint      {finding.hint}")
    if finding.replay:
        lines.append(f"  replay    grade replay {exercise} {finding.replay}")
    return "\n".join(lines)


def _declared(item: pytest.Item) -> Declared | None:
    function: Any = getattr(item, "function", None)
    return getattr(function, DECLARED, None)


def _id(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def _title(item: pytest.Item) -> str:
    doc: str = getattr(getattr(item, "function", None), "__doc__", None) or _id(item).replace("_", " ")
    return doc.strip().split("\n")[0].rstrip(".")


def _working_tree(folder: Path) -> Session:
    """The session of the answer that lies in the exercise's own folder, read as `grade` reads it."""
    exercise = find_exercise(read_course(find_root(folder), stubs=False), folder.name)
    return Session(exercise, read_own(exercise).files)
