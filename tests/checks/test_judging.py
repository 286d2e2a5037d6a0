"""The judge: every way to fail is seen to fail, and the right answer to pass. Silence is never a pass."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from fake_box import TRACE, FakeBox, done

from grader.box.protocol import BoxRefused, ExploreJob, Problem, Ran, RunJob
from grader.checks import scenario, wording
from grader.checks.judging import CheckFailed, Judge, Replayed, same
from grader.errors import BoxBroke, BoxDied, BoxError, BoxTimeout
from grader.results import Finding
from grader.trace import Coverage, LockOrder, Nesting, Outcome, Race, Side, Spin, Stall, Token


@scenario
def two_deposits(answer: Any, amount: int) -> Any:
    """two threads deposit {amount}"""
    return answer.deposit(amount)


def judge_over(box: FakeBox, **options: Any) -> Judge:
    return Judge(box, check="adds_up", hint="which line?", seed=7, races=options.pop("races", "warn"), **options)  # type: ignore[arg-type]


def finding_of(box: FakeBox, **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as failed:
        judge_over(box, **options).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    return failed.value.finding


def test_an_allowed_outcome_passes_and_is_counted() -> None:
    judge = judge_over(FakeBox([done(2)]))
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.exploration is not None
    assert (judge.exploration.schedules, judge.exploration.exhausted) == (1, True)
    assert judge.asked == 1


def test_an_outcome_wrong_on_some_schedules_only_is_a_race_with_a_token() -> None:
    finding = finding_of(FakeBox([done(2), done(1)]))
    assert finding.kind == "race"
    assert finding.ran == "two threads deposit 1"
    assert finding.saw == "1"
    assert finding.replay == "adds_up~0~7~1.0-2"
    assert finding.trace == TRACE


def test_an_outcome_wrong_on_every_schedule_is_wrong() -> None:
    assert finding_of(FakeBox([done(1)])).kind == "wrong"


def test_the_first_outcome_may_be_the_bad_one_of_a_race() -> None:
    assert finding_of(FakeBox([done(1), done(2)])).kind == "race"


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("raised", "crash"),
        ("deadlock", "deadlock"),
        ("livelock", "livelock"),
        ("busy-wait", "busy-wait"),
        ("leak", "leak"),
        ("uncontrolled", "uncontrolled"),
    ],
)
def test_every_bad_ending_is_a_finding_of_its_own_kind(ending: Any, kind: str) -> None:
    finding = finding_of(FakeBox([Outcome(ending, detail=("B waits",), file="answer.py", line=4)]))
    # What is said is what the picture shows: the shortest interleaving may end a little differently.
    assert (finding.kind, finding.saw, finding.line) == (kind, TRACE.ending[0], 4)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(BoxTimeout("too long"), "timeout"), (BoxDied("exit 0"), "crash"), (BoxBroke("a frame"), "crash")],
)
def test_no_answer_from_the_box_is_never_a_pass(error: BoxError, kind: str) -> None:
    assert finding_of(FakeBox(error=error)).kind == kind


def test_an_exploration_that_saw_nothing_is_never_a_pass() -> None:
    assert finding_of(FakeBox([])).kind == "crash"


def test_an_answer_that_cannot_be_loaded_is_named() -> None:
    problem = Problem(
        "forbidden", "concurrent.futures may not be imported", "answer.py", 1, "import concurrent.futures"
    )
    finding = finding_of(FakeBox(error=BoxRefused(problem)))
    assert finding.kind == "forbidden"
    assert "concurrent.futures may not be imported" in finding.saw


def test_a_predicate_that_raises_has_not_been_satisfied() -> None:
    box = FakeBox([done("a string where a number was wanted")])
    with pytest.raises(CheckFailed):
        judge_over(box).explore(two_deposits, allowed=lambda seen: seen - 1 == 1, expected="2", amount=1)


class Forger(FakeBox):
    """Goes on telling outcomes after it was told to stop."""

    def explore(self, job: ExploreJob, judge: Callable[[Outcome], bool]) -> Coverage:
        self.jobs.append(job)
        for outcome in self._outcomes:
            judge(outcome)
        return Coverage(len(self._outcomes), True, None, (1,) * len(self._outcomes))


def test_outcomes_after_a_forbidden_one_do_not_take_it_back() -> None:
    finding = finding_of(Forger([done(1), done(2), done(2)]))
    assert (finding.kind, finding.saw) == ("race", "1")


def test_outcomes_after_the_first_of_a_plain_call_do_not_replace_it() -> None:
    with pytest.raises(CheckFailed) as failed:
        judge_over(Forger([done(1), done(2)])).call(two_deposits, expected=2, amount=1)
    assert failed.value.finding.saw == "1"


@pytest.mark.parametrize("ask", ["explore", "possible", "call", "makespan"])
def test_silence_is_never_a_pass_whatever_is_asked(ask: str) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "explore": {"allowed": lambda _: True, "expected": "anything"},
        "possible": {"wanted": lambda _: True, "expected": "anything"},
        "call": {"allowed": lambda _: True, "expected": "anything"},
        "makespan": {"at_most": 1e9},
    }
    for box in (FakeBox([]), FakeBox(error=BoxDied("it ended"))):
        with pytest.raises(CheckFailed) as failed:
            getattr(judge_over(box), ask)(two_deposits, amount=1, **arguments[ask])
        assert failed.value.finding.kind == "crash"


def test_a_box_that_dies_half_way_takes_its_good_outcomes_with_it() -> None:
    class Dying(FakeBox):
        def explore(self, job: ExploreJob, judge: Callable[[Outcome], bool]) -> Coverage:
            judge(done(2))
            raise BoxDied("exit code 0")

    assert finding_of(Dying()).kind == "crash"


@pytest.mark.parametrize("error", [BoxTimeout("too long"), BoxDied("exit 0"), BoxBroke("a frame"), BoxError("?")])
def test_a_real_run_that_gives_no_answer_is_never_a_pass(error: BoxError) -> None:
    with pytest.raises(CheckFailed):
        judge_over(FakeBox(error=error)).run(two_deposits, allowed=lambda _: True, expected="anything", amount=1)


def test_a_traceback_from_inside_the_box_is_not_for_students() -> None:
    inside = BoxBroke('the box failed inside:\nTraceback (most recent call last):\n  File "a.py"\nKeyError: 3\n')
    assert finding_of(FakeBox(error=inside)).saw == "the box failed inside: KeyError: 3"


def test_input_is_told_as_what_it_is() -> None:
    asked = Outcome("uncontrolled", detail=("not under control: input at answer.py:3",))
    other = Outcome("uncontrolled", detail=("not under control: socket at answer.py:3",))
    assert "input()" in finding_of(FakeBox([asked])).title
    assert "input()" not in finding_of(FakeBox([other])).title


@pytest.mark.parametrize("problem", [ZeroDivisionError, RecursionError, AttributeError, KeyError])
def test_no_exception_of_a_predicate_gets_out_or_through(problem: type[Exception]) -> None:
    def raising(_: Any) -> bool:
        raise problem

    judge = judge_over(FakeBox([done(2)]))
    for ask in (
        lambda: judge.explore(two_deposits, allowed=raising, expected="2", amount=1),
        lambda: judge.possible(two_deposits, wanted=raising, expected="2", amount=1),
        lambda: judge.call(two_deposits, allowed=raising, expected="2", amount=1),
    ):
        with pytest.raises(CheckFailed):
            ask()


def test_a_check_may_ask_for_races_where_its_exercise_does_not() -> None:
    box = FakeBox([done(2)], races=(RACE,))
    with pytest.raises(CheckFailed):
        judge_over(box, races="ignore").explore(
            two_deposits, allowed=lambda seen: seen == 2, expected="2", races="fail", amount=1
        )
    assert isinstance(box.jobs[0], ExploreJob)
    assert box.jobs[0].races == "fail"


def test_a_race_is_noted_once_however_often_it_is_met() -> None:
    judge = judge_over(FakeBox([done(2)], races=(RACE, RACE)), races="warn")
    for _ in range(2):
        judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert len(judge.notes) == 1


def test_a_deadlock_everywhere_is_no_over_locking_but_a_deadlock() -> None:
    stuck = Outcome("deadlock", detail=("B waits",))
    with pytest.raises(CheckFailed) as failed:
        judge_over(FakeBox([stuck])).possible(two_deposits, wanted=lambda _: True, expected="overlap", amount=1)
    assert failed.value.finding.kind == "deadlock"


def test_what_a_deadlock_would_have_satisfied_is_not_possible() -> None:
    stuck = Outcome("deadlock", value=2)
    with pytest.raises(CheckFailed) as failed:
        judge_over(FakeBox([stuck, done(1)])).possible(
            two_deposits, wanted=lambda seen: seen == 2, expected="overlap", amount=1
        )
    assert failed.value.finding.kind == "over-locking"


def test_explorations_of_one_check_are_added_up() -> None:
    judge = judge_over(FakeBox([done(2), done(2)]))
    assert judge.exploration is None
    for _ in range(2):
        judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.exploration is not None
    assert judge.exploration.schedules == 4


RACE = Race("self.x", "read-modify-write", Side("A", "answer.py", 3, "read"), Side("B", "answer.py", 3, "write"), "s")


def test_a_harmful_race_is_a_finding_a_note_or_nothing_as_the_policy_says() -> None:
    assert finding_of(FakeBox([done(2)], races=(RACE,)), races="fail").kind == "race"
    judge = judge_over(FakeBox([done(2)], races=(RACE,)), races="warn")
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert len(judge.notes) == 1
    judge = judge_over(FakeBox([done(2)], races=(RACE,)), races="ignore")
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.notes == []


@pytest.mark.parametrize("policy", ["warn", "fail"])
def test_a_lost_update_fails_whatever_came_before_it_and_though_no_result_shows_it(policy: str) -> None:
    lost = Race("self.x", "read-modify-write", RACE.first, RACE.second, "s", lost=True)
    finding = finding_of(FakeBox([done(2)], races=(RACE, lost)), races=policy)
    assert (finding.kind, finding.title) == ("race", wording.LOST_UPDATE)
    judge = judge_over(FakeBox([done(2)], races=(lost,)), races="ignore")
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)


LOCK_ORDER = LockOrder((Nesting("A", "left", "answer.py", 3, "right", "answer.py", 4),) * 2, "s")


@pytest.mark.parametrize("policy", ["ignore", "warn", "fail"])
def test_locks_in_different_orders_are_a_note_whatever_races_cost(policy: str) -> None:
    judge = judge_over(FakeBox([done(2)], lock_orders=(LOCK_ORDER, LOCK_ORDER)), races=policy)
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.notes == [wording.lock_order_saw(LOCK_ORDER)]


def test_where_a_bad_outcome_was_seen_a_possible_one_is_not_told() -> None:
    judge = judge_over(FakeBox([Outcome("deadlock")], lock_orders=(LOCK_ORDER,)))
    with pytest.raises(CheckFailed):
        judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.notes == []


def test_a_race_on_single_accesses_never_fails() -> None:
    harmless = Race("self.stop", "single access", RACE.first, RACE.second)
    judge = judge_over(FakeBox([done(2)], races=(harmless,)), races="fail")
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)


def test_a_spin_fails_only_where_the_check_is_about_blocking() -> None:
    box = FakeBox([done(2)], spins=(Spin("B", "answer.py", 9, "s"),))
    judge_over(box).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    with pytest.raises(CheckFailed) as failed:
        judge_over(box).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", spin="fail", amount=1)
    assert failed.value.finding.kind == "busy-wait"


def test_a_task_that_blocks_its_loop_is_a_finding_where_the_check_says_so() -> None:
    box = FakeBox([done(2)], stalls=(Stall("Task-2", "answer.py", 9, "for 1 s", "s"),))
    judge_over(box).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    with pytest.raises(CheckFailed) as failed:
        judge_over(box).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", stall="fail", amount=1)
    finding = failed.value.finding
    assert (finding.kind, finding.line) == ("too-slow", 9)
    assert "Task-2 blocks at line 9 for 1 s" in finding.saw


def test_what_never_overlaps_is_over_locking() -> None:
    wanted = {"wanted": lambda seen: seen == 2, "expected": "both inside at once"}
    judge_over(FakeBox([done(1), done(2)])).possible(two_deposits, amount=1, **wanted)
    with pytest.raises(CheckFailed) as failed:
        judge_over(FakeBox([done(1)])).possible(two_deposits, amount=1, **wanted)
    assert failed.value.finding.kind == "over-locking"


def test_some_reads_the_table_of_outcomes() -> None:
    seen = judge_over(FakeBox([done(1), done(2)])).explore(
        two_deposits, allowed=lambda value: value < 3, expected="overlap", amount=1
    )
    seen.some(lambda value: value == 2)
    with pytest.raises(CheckFailed):
        seen.some(lambda value: value == 3)


def test_a_plain_call_compares_types_too() -> None:
    judge_over(FakeBox([done(1)])).call(two_deposits, expected=1, amount=1)
    for value in (True, 1.0, "1", [1]):
        with pytest.raises(CheckFailed) as failed:
            judge_over(FakeBox([done(value)])).call(two_deposits, expected=1, amount=1)
        assert failed.value.finding.kind == "wrong"


def test_waiting_longer_than_allowed_is_too_slow() -> None:
    judge_over(FakeBox([Outcome("done", makespan=4.0)])).makespan(two_deposits, at_most=4, amount=1)
    with pytest.raises(CheckFailed) as failed:
        judge_over(FakeBox([Outcome("done", makespan=6.0)])).makespan(two_deposits, at_most=4, amount=1)
    assert failed.value.finding.kind == "too-slow"


@pytest.mark.parametrize(
    ("ending", "kind"), [("raised", "crash"), ("deadlock", "deadlock"), ("timeout", "timeout"), ("died", "crash")]
)
def test_a_real_run_that_does_not_return_fails(ending: Any, kind: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        judge_over(FakeBox(ran=Ran(ending, detail=("why",)))).run(
            two_deposits, allowed=lambda _: True, expected="2", amount=1
        )
    assert failed.value.finding.kind == kind


def test_leftovers_of_a_real_run_are_a_leak_where_the_check_says_so() -> None:
    box = FakeBox(ran=Ran("returned", 2, leftovers=("child 1 still runs",)))
    with pytest.raises(CheckFailed) as failed:
        judge_over(box).run(two_deposits, allowed=lambda seen: seen == 2, expected="2", leftovers="fail", amount=1)
    assert failed.value.finding.kind == "leak"


@pytest.mark.parametrize("value", [2, 3])
def test_leftovers_that_a_check_ignores_are_noted_once(value: int) -> None:
    judge = judge_over(FakeBox(ran=Ran("returned", value, leftovers=("child 1 still runs", "a pipe is open"))))
    for _ in range(2):
        with suppress(CheckFailed):
            judge.run(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    assert judge.notes == ["left behind: child 1 still runs", "left behind: a pipe is open"]


@pytest.mark.parametrize(
    ("tier", "method", "used"),
    [("full", "forkserver", "forkserver"), ("landlock", "forkserver", "spawn"), ("landlock", "fork", "fork")],
)
def test_a_start_method_that_the_tier_cannot_have_costs_nobody_points(tier: Any, method: Any, used: str) -> None:
    box = FakeBox(ran=Ran("returned", 2), tier=tier)
    judge = judge_over(box)
    judge.run(two_deposits, allowed=lambda seen: seen == 2, expected="2", start_method=method, amount=1)
    (job,) = box.jobs
    assert isinstance(job, RunJob)
    assert job.start_method == used
    told = ["forkserver cannot be used in a box of tier landlock: run with spawn instead"]
    assert judge.notes == (told if used != method else [])


def test_a_token_replays_the_exploration_that_it_names() -> None:
    judge = judge_over(FakeBox([done(2)]), replay=Token("adds_up", 1, 7, "1.0-2"))
    judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    with pytest.raises(Replayed):
        judge.explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)


def test_the_oracle_does_not_enter_the_box() -> None:
    box = FakeBox([done(2)])
    judge_over(box).explore(two_deposits, allowed=lambda seen: seen == 2, expected="2", amount=1)
    source = box.jobs[0].source
    assert "def two_deposits" in source
    assert "def test_" not in source
    assert source.splitlines()[two_deposits.__code__.co_firstlineno - 1] == "@scenario"


def test_draws_come_from_the_seed_and_the_check() -> None:
    draws = [
        Judge(FakeBox(), check=name, hint="", seed=seed, races="warn").random.random()
        for name, seed in [("a", 1), ("a", 1), ("a", 2), ("b", 1)]
    ]  # type: ignore[arg-type]
    assert draws[0] == draws[1]
    assert len(set(draws)) == 3


def test_same_compares_types_all_the_way_down() -> None:
    assert same({"a": [1, "x"]}, {"a": [1, "x"]})
    assert not same([1], [True])
    assert not same({"a": 1}, {"a": 1.0})
    assert not same([1], [1, 2])
    assert not same({"a": 1}, {"b": 1})
