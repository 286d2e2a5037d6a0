"""What is told of an outcome is that outcome, by its name, and what the program itself does comes first."""

from __future__ import annotations

from running import program

from grader.interleave import explorer
from grader.trace import Outcome, Trace


def told(body: str, answer: str = "") -> list[tuple[Outcome, Trace]]:
    """Each outcome of `s`, with its explanation."""
    made, plan = program(body, answer), explorer.Plan(executions=600)
    outcomes: list[Outcome] = []
    explorer.explore(made, "s", {}, plan, lambda outcome: outcomes.append(outcome) or True)
    return [(outcome, explorer.explain(made, "s", {}, outcome.schedule, plan)) for outcome in outcomes]


def test_of_two_deadlocks_each_is_told_with_the_thread_that_is_left_waiting_in_it() -> None:
    body = """
        def s(answer):
            q = queue.Queue()
            def consume():
                while q.get() is not None: pass
            consumers = [threading.Thread(target=consume) for _ in range(2)]
            for one in consumers: one.start()
            q.put(1); q.put(None)
            for one in consumers: one.join()
    """
    both = told(body)
    assert len(both) == 2
    for outcome, trace in both:
        assert trace.ending == outcome.detail
        assert trace.threads[trace.steps[-1].thread] in outcome.detail[1]
