"""The parent's end: what it hears, what it refuses to believe, and how it begins again."""

from __future__ import annotations

import signal
import threading
from itertools import count
from random import Random

import pytest
from boxes import SCENARIO, exploring, give, namespace_of, running, seen

from grader.box import conversation, parent
from grader.box.parent import Box
from grader.box.protocol import BoxRefused, ExploreJob, Limits, Preflight, Preflighted
from grader.confirm.witness import Witness
from grader.errors import BoxBroke, BoxDied, BoxTimeout, CourseError
from grader.trace import Json, Outcome

LOST_UPDATE = """\
class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1
"""
TWO = """\
import threading
from itertools import count
from random import Random


def two(answer):
    counter = answer.Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter.value
"""


def returning(box: Box, expression: str) -> Box:
    return give(box, {"solution.py": f"def f(**given):\n    return {expression}\n"})


def test_what_the_answer_returns_is_seen(box: Box) -> None:
    outcomes = seen(returning(box, "[given['n'] + 1, 'text', None]"), exploring(n=41))
    assert [(outcome.ending, outcome.value) for outcome in outcomes] == [("done", [42, "text", None])]


def in_a_row(box: Box, *jobs: ExploreJob) -> list[Json]:
    """The first value of each of `jobs`, nothing between them."""
    values: list[Json] = []

    def note(outcome: Outcome) -> bool:
        values.append(outcome.value)
        return False

    for job in jobs:
        box.explore(job, note)
    return values


PID = "import posix\ndef f(**given):\n    return posix.getpid()\n"


def test_short_explorations_in_a_row_share_a_process_until_they_are_parted(box: Box) -> None:
    give(box, {"solution.py": PID})
    first, second = in_a_row(box, exploring(), exploring(n=1))
    box.part()
    (third,) = in_a_row(box, exploring())
    assert first == second != third


def test_what_was_looked_at_ahead_is_not_looked_at_again(box: Box) -> None:
    give(box, {"solution.py": "def f():\n    pass\n"})
    before = box._jobs
    box.look_ahead(Preflight(required=("f", "g")))
    box.look_ahead(Preflight())
    answer = box.preflight(Preflight(required=("f", "g")))
    assert answer.problem is not None
    assert "g" in answer.problem.message
    assert box._jobs == before + 1


def test_whoever_looks_ahead_may_then_ask_something_else(box: Box) -> None:
    give(box, {"solution.py": PID})
    box.look_ahead(Preflight())
    (first,) = in_a_row(box, exploring())
    assert box.preflight(Preflight()).problem is None
    assert in_a_row(box, exploring()) != [first]


def test_an_import_that_ends_the_process_is_told_when_it_is_waited_for(box: Box) -> None:
    give(box, {"solution.py": "import os\nos._exit(0)\n"})
    box.look_ahead(Preflight())
    problem = box.preflight(Preflight()).problem
    assert problem is not None
    assert problem.kind == "died"


def test_after_many_schedules_a_process_is_given_no_more(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "FEW_SCHEDULES", 2)
    give(box, {"solution.py": PID})
    pids = in_a_row(box, *[exploring(n=n) for n in range(4)])
    assert pids[0] == pids[1] == pids[2] != pids[3]


def test_what_confirms_goes_on_in_the_process_all_the_same(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "FEW_SCHEDULES", 0)
    give(box, {"solution.py": PID})
    (explored,) = in_a_row(box, exploring())
    witness = Witness(Random(0), box.files, 1000, 1)
    box.drive(exploring(), witness)
    (again,) = in_a_row(box, exploring())
    assert [one.value for one in witness.outcomes] == [explored] != [again]


def test_whoever_explains_or_runs_begins_afresh(box: Box) -> None:
    give(box, {"solution.py": PID})
    (first,) = in_a_row(box, exploring())
    assert box.run(running()).value != first
    assert in_a_row(box, exploring()) != [first]


def test_each_of_them_has_processor_time_of_its_own(walls_stand: None) -> None:
    burn = (
        "import time\ndef f(**given):\n    end = time.process_time() + 0.7\n    while time.process_time() < end: pass\n"
    )
    with Box({"solution.py": burn}, "solution", Limits(seconds=1)) as box:
        assert in_a_row(box, exploring(), exploring(n=1)) == [None, None]


def test_a_process_that_speaks_before_it_is_asked_is_not_believed(box: Box) -> None:
    give(box, {"solution.py": PID})
    in_a_row(box, exploring())
    assert box._lasting is not None
    box._lasting._frames.feed(b"\0\0\0\1{")
    with pytest.raises(BoxBroke, match="out of turn"):
        in_a_row(box, exploring())


def test_every_distinct_outcome_is_judged_once(box: Box) -> None:
    outcomes = seen(give(box, {"solution.py": LOST_UPDATE}), exploring(TWO, "two"))
    assert sorted(outcome.value for outcome in outcomes) == [1, 2]


def test_a_judge_that_says_stop_ends_the_search(box: Box) -> None:
    heard: list[Outcome] = []

    def stop(outcome: Outcome) -> bool:
        heard.append(outcome)
        return False

    coverage = give(box, {"solution.py": LOST_UPDATE}).explore(exploring(TWO, "two"), stop)
    assert (len(heard), coverage.exhausted) == (1, False)


def test_a_judge_that_raises_leaves_the_box_usable(box: Box) -> None:
    def judge(outcome: Outcome) -> bool:
        raise KeyError(outcome.value)

    with pytest.raises(KeyError):
        returning(box, "1").explore(exploring(), judge)
    assert seen(box, exploring())[0].value == 1


def test_the_same_exploration_gives_the_same_outcomes(box: Box) -> None:
    give(box, {"solution.py": LOST_UPDATE})
    assert seen(box, exploring(TWO, "two")) == seen(box, exploring(TWO, "two"))


def test_a_schedule_can_be_explained_and_replayed(box: Box) -> None:
    job = exploring(TWO, "two")
    lost = next(outcome for outcome in seen(give(box, {"solution.py": LOST_UPDATE}), job) if outcome.value == 1)
    explained, replayed = box.explain(job, lost.schedule), box.replay(job, lost.schedule)
    assert any("value" in step.target and step.line == 6 for step in explained.steps)
    assert len(replayed.steps) >= len(explained.steps)


def test_a_real_run_tells_what_it_returned(box: Box) -> None:
    ran = returning(box, "given['n'] * 2").run(running(n=21))
    assert (ran.ending, ran.value) == ("returned", 42)


def test_an_answer_that_cannot_be_loaded_is_refused_with_the_problem(box: Box) -> None:
    with pytest.raises(BoxRefused) as refused:
        seen(give(box, {"solution.py": "x = 1\ndef f(:\n"}), exploring())
    assert (refused.value.problem.kind, refused.value.problem.line) == ("syntax", 2)


def test_a_scenario_that_is_not_there_is_refused(box: Box) -> None:
    with pytest.raises(BoxRefused, match="no_such"):
        seen(returning(box, "1"), exploring(SCENARIO, "no_such"))


def test_what_one_job_does_to_modules_the_next_does_not_see(box: Box) -> None:
    give(box, {"solution.py": "import os\nos.marked = getattr(os, 'marked', 0) + 1\ndef f():\n    return os.marked\n"})
    job = exploring()
    assert [seen(box, job)[0].value, seen(box, job)[0].value] == [1, 1]


def test_strings_hash_alike_in_every_box(walls_stand: None) -> None:
    values = []
    for _ in range(2):
        with Box({"solution.py": "def f():\n    return list({'a', 'b', 'c', 'd'})\n"}, "solution") as box:
            values.append(seen(box, exploring())[0].value)
    assert values[0] == values[1]


def test_exit_is_there_as_in_any_python(box: Box) -> None:
    assert seen(returning(box, "repr(exit)[:3]"), exploring())[0].value == "Use"


def test_a_value_too_large_to_send_is_named(box: Box) -> None:
    outcome = seen(returning(box, "['x' * 1000] * 1000"), exploring())[0]
    assert "not JSON" in outcome.value


def test_after_its_time_the_box_is_killed_and_the_next_call_has_a_new_one(walls_stand: None) -> None:
    with Box({"solution.py": "def f(**given):\n    return max(iter(int, 1))\n"}, "solution", Limits(seconds=2)) as box:
        namespace = namespace_of(box)
        with pytest.raises(BoxTimeout, match="within 2 s of processor time"):
            seen(box, exploring())
        assert namespace.alive() == []
        box._limits = Limits(seconds=60)
        assert seen(returning(box, "7"), exploring())[0].value == 7


WAITS = """
import _signal as signal  # whose calls the engine knows nothing of

def f():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    return signal.sigwait({signal.SIGALRM})
"""


def test_the_limit_is_processor_time_so_that_a_busy_machine_changes_no_verdict(walls_stand: None) -> None:
    with Box({"solution.py": WAITS}, "solution", Limits(seconds=0.2, patience=300)) as box:
        assert seen(box, exploring())[0].value == signal.SIGALRM


def test_a_job_that_waits_for_ever_ends_by_the_clock(walls_stand: None) -> None:
    limits = Limits(seconds=1, patience=2)
    with (
        Box({"solution.py": WAITS.replace("0.5", "0")}, "solution", limits) as box,
        pytest.raises(BoxTimeout, match=r"within 2 s\Z"),
    ):
        seen(box, exploring())


RACE = """
from threading import Thread

def f():
    wait()
    seen = []
    threads = [Thread(target=seen.append, args=(number,)) for number in (1, 2)]
    for one in threads: one.start()
    for one in threads: one.join()
    return seen
"""


def test_time_in_which_we_stood_still_is_not_the_answers(walls_stand: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after Ctrl-Z and `fg`: at each look at the clock, much more has passed than was waited for. Between two
    answers the box is made to wait, so that none is there at once."""
    now = count(step=1e6)
    monkeypatch.setattr(conversation.time, "monotonic", lambda: next(now))
    source = WAITS.replace("def f", "def wait").replace("0.5", "0.02") + RACE
    with Box({"solution.py": source}, "solution", Limits(seconds=3000)) as box:
        assert [outcome.value for outcome in seen(box, exploring())] == [[1, 2], [2, 1]]


def test_a_job_that_dies_costs_only_itself(box: Box) -> None:
    give(box, {"solution.py": "import _signal as signal\ndef f():\n    signal.raise_signal(9)\n"})
    with pytest.raises(BoxDied, match="signal 9"):
        seen(box, exploring())
    assert seen(returning(box, "7"), exploring())[0].value == 7


def test_a_job_that_stops_itself_has_ended(box: Box) -> None:
    give(box, {"solution.py": "import _signal as signal\ndef f():\n    signal.raise_signal(signal.SIGSTOP)\n"})
    with pytest.raises(BoxDied, match="signal 9"):
        seen(box, exploring())


@pytest.mark.parametrize("whom", ["os.getppid()", "-1"])
def test_a_run_that_stops_who_looks_after_it_has_ended(box: Box, whom: str) -> None:
    give(
        box, {"solution.py": f"import os, signal\ndef f():\n    os.kill({whom}, signal.SIGSTOP)\n    signal.pause()\n"}
    )
    with pytest.raises(BoxDied, match="signal 9"):
        box.run(running(seconds=50))
    assert seen(returning(box, "7"), exploring())[0].value == 7


def test_a_box_opened_by_a_thread_that_has_ended_is_replaced(walls_stand: None) -> None:
    """The kernel ends it with the thread, not with the process (PR_SET_PDEATHSIG)."""
    opened: list[Box] = []

    def open_one() -> None:
        opened.append(returning(Box({}, "solution", Limits(seconds=60), tier="full"), "7"))
        namespace_of(opened[0])

    thread = threading.Thread(target=open_one)
    thread.start()
    thread.join()
    with opened[0] as box:
        assert seen(box, exploring())[0].value == 7


def test_a_box_that_was_brought_down_between_two_jobs_is_replaced(box: Box) -> None:
    returning(box, "7")
    box._open().walls.kill()
    box._exchange = None
    assert seen(box, exploring())[0].value == 7


def test_a_box_that_nobody_used_leaves_nothing(walls_stand: None) -> None:
    box = Box({"solution.py": ""}, "solution")
    namespace = namespace_of(box)
    box.close()
    box.close()
    assert namespace.alive() == []


def test_a_reply_out_of_turn_is_no_answer(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "_talk", lambda *_: Preflighted(None))
    with pytest.raises(BoxBroke, match="out of turn"):
        box.explore(exploring(), lambda _: True)


def test_a_python_that_does_not_exist_is_the_courses_fault(walls_stand: None) -> None:
    with pytest.raises(CourseError, match="no-such-python"):
        Box({}, "solution", python="/no-such-python")
