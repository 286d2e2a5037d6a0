"""The comparison with one process: every way to pass, to fail, and to be judged by something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fake_box import FakeBox

from grader.box.protocol import Ran, RunJob
from grader.checks import comparing, measurable, scenario
from grader.checks.comparing import Comparison
from grader.checks.judging import CheckFailed, Judge
from grader.errors import InternalError
from grader.results import TimedPair
from grader.trace import Metered, Share

ALONE = Ran("returned", 7, metered=Metered(1.0, (Share(1.0, 0.0),)))
FAST = Ran("returned", 7, metered=Metered(0.5, (Share(0.5, 0.0), Share(0.5, 0.0))))
SLOW = Ran("returned", 7, metered=Metered(1.0, (Share(1.0, 0.0),)))
CLOSE = Ran("returned", 7, metered=Metered(0.77, (Share(0.5, 0.0), Share(0.5, 0.0))))
BLIND = Ran("returned", 7)


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "cores", lambda: 2)
    monkeypatch.setattr(measurable, "quota", lambda: None)


def compared(answers: Sequence[Ran], *, evidence: bool = True, alone: Ran = ALONE, **options: Any) -> Comparison:
    """What follows the last of `answers` is that one again."""
    turns: Iterator[Ran] = iter(answers)
    return Comparison(
        answer=lambda metered: next(turns, answers[-1]),
        alone=lambda: alone,
        allowed=lambda seen, beside: seen == beside,
        evidence=lambda seen: evidence,
        at_least=1.3,
        **options,
    )


def test_two_clear_pairs_are_enough() -> None:
    comparison = compared([FAST])
    assert comparison.finding() is None
    assert comparison.timing is not None
    assert (len(comparison.timing.pairs), comparison.timing.counted) == (2, True)
    assert comparison.notes == []


def test_slow_pairs_fail_and_say_why() -> None:
    finding = compared([SLOW]).finding()
    assert finding is not None
    kind, title, saw = finding
    assert (kind, title) == ("too-slow", "more workers do not make it faster")
    assert saw == (
        "1.00 times as fast as one process (at least 1.3 is asked for); one process did nearly all of the work; "
        "on average 1.0 processes had something to do"
    )


def test_many_short_processes_are_not_called_one() -> None:
    many = Ran("returned", 7, metered=Metered(1.0, tuple(Share(0.05, 0.0) for _ in range(20))))
    finding = compared([many]).finding()
    assert finding is not None
    assert "one process" not in finding[2].partition(";")[2]


def test_a_wrong_value_is_told_after_one_run() -> None:
    runs: list[bool] = []
    comparison = compared([SLOW])
    comparison._answer = lambda metered: runs.append(metered) or Ran("returned", 8, metered=FAST.metered)
    assert comparison.finding() is not None
    assert len(runs) == 1


def test_work_done_twice_is_named() -> None:
    twice = Ran("returned", 7, metered=Metered(1.0, (Share(1.0, 0.0), Share(1.0, 0.0))))
    finding = compared([twice]).finding()
    assert finding is not None
    assert "all together they computed 2.0 times as much as one process needs" in finding[2]


@pytest.mark.parametrize("evidence", [True, False])
def test_too_close_is_judged_by_evidence_and_never_by_the_figure(evidence: bool) -> None:
    comparison = compared([CLOSE], evidence=evidence)
    finding = comparison.finding()
    assert (finding is None) is evidence
    assert comparison.timing is not None
    assert (len(comparison.timing.pairs), comparison.timing.counted) == (10, False)
    assert comparison.notes == [
        "the speed-up cannot be measured here: too close to 1.3 in 10 tries. Judged by how the work was shared out"
    ]


@pytest.mark.parametrize("evidence", [True, False])
def test_under_a_quota_evidence_is_judged(monkeypatch: pytest.MonkeyPatch, evidence: bool) -> None:
    monkeypatch.setattr(measurable, "quota", lambda: 0.5)
    comparison = compared([SLOW], evidence=evidence)
    finding = comparison.finding()
    assert (finding is None) is evidence
    assert comparison.timing is None
    assert "the control group allows 0.5 of a processor's time, and it takes 2" in comparison.notes[0]


def test_where_the_kernel_tells_nothing_evidence_is_judged() -> None:
    comparison = compared([BLIND], alone=BLIND)
    assert comparison.finding() is None
    assert "the kernel does not tell what waits for a processor" in comparison.notes[0]


def test_elsewhere_than_on_linux_evidence_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurable.sys, "platform", "darwin")
    comparison = compared([BLIND], evidence=False)
    assert comparison.finding() == ("too-slow", "the work is not shared out", "7")
    assert "darwin does not tell" in comparison.notes[0]


def test_one_processor_is_enough_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "cores", lambda: 1)
    comparison = compared([FAST])
    assert comparison.finding() is None
    assert comparison.notes[0].startswith("this machine has 1 processor for us: judged by how much work was ready")


def test_a_wrong_value_fails_however_fast() -> None:
    finding = compared([Ran("returned", 8, metered=FAST.metered)]).finding()
    assert finding == ("wrong", "not what the contract says", "8")


def test_a_wrong_value_fails_where_nothing_can_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurable, "quota", lambda: 1.0)
    finding = compared([Ran("returned", 8)]).finding()
    assert finding is not None
    assert finding[0] == "wrong"


def test_priorities_are_forbidden() -> None:
    meddling = Metered(0.5, (Share(0.5, 0.0), Share(0.5, 0.0)), meddling=("priority", "processors"))
    finding = compared([Ran("returned", 7, metered=meddling)]).finding()
    assert finding is not None
    assert (finding[0], finding[2]) == ("forbidden", "a process or thread changed its priority, processors")


def test_threads_are_explained_under_the_lock_and_judged_without_it() -> None:
    locked = compared([SLOW], by="threads")
    assert locked.finding() is None
    assert "this Python runs one thread at a time (the GIL)" in locked.notes[0]
    free = Ran("returned", 7, metered=Metered(0.5, (Share(0.5, 0.0, beside=True),) * 2, one_lock=False))
    assert compared([free], by="threads").finding() is None
    one_after_the_other = Ran("returned", 7, metered=Metered(1.0, (Share(1.0, 0.0),), one_lock=False))
    slow = compared([one_after_the_other], by="threads").finding()
    assert slow is not None
    assert slow[0] == "too-slow"
    assert "one thread did nearly all of the work; on average 1.0 threads had something to do" in slow[2]


@scenario
def work(answer: Any, size: int) -> Any:
    """work of size {size}"""
    return answer.work(size)


class TwoSided(FakeBox):
    """Answers runs with and without the answer."""

    def __init__(self, answer: Ran, alone: Ran) -> None:
        super().__init__()
        self._sides = {False: answer, True: alone}

    def run(self, job: RunJob) -> Ran:
        self.jobs.append(job)
        return self._sides[job.without_answer]


def judged(answer: Ran, alone: Ran = ALONE, **options: Any) -> tuple[Judge, TwoSided]:
    box = TwoSided(answer, alone)
    judge = Judge(box, check="is_fast", hint="how many?", seed=7, races="warn", **options)  # type: ignore[arg-type]
    judge.speedup(
        work, beside=work, size=3, allowed=lambda seen, beside: seen == beside, expected="2 times", evidence=bool
    )
    return judge, box


def test_the_judge_keeps_the_times_and_asks_in_turns() -> None:
    judge, box = judged(FAST)
    assert judge.timing is not None
    assert judge.timing.pairs[0] == TimedPair(1.0, 0.5, 1.0, 0.5, 2.0, 1.0, 2)
    assert [job.without_answer for job in box.jobs] == [True, False, False, True]  # type: ignore[union-attr]
    assert all(job.metered for job in box.jobs)  # type: ignore[union-attr]


def test_the_judge_asks_for_as_much_as_the_course_says() -> None:
    with pytest.raises(CheckFailed) as failed:
        judged(FAST, speedup=2.5)
    assert failed.value.finding.kind == "too-slow"
    assert failed.value.finding.ran == "work of size 3"


def test_work_beside_that_fails_is_our_fault() -> None:
    with pytest.raises(InternalError, match="which the answer is compared with, failed"):
        judged(FAST, Ran("raised", None, ("ValueError: no",)))
