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


def test_an_item_that_is_gone_after_it_was_asked_for_is_check_then_act_and_its_container_is_shown() -> None:
    answer = """
        from collections import OrderedDict
        class Lru:
            def __init__(self): self.d = OrderedDict()
            def get(self, k):
                if k in self.d:
                    self.d.move_to_end(k)
                    return self.d[k]
            def put(self, k, v):
                self.d[k] = v
                if len(self.d) > 1: self.d.popitem(last=False)
    """
    body = """
        def s(answer):
            c = answer.Lru()
            c.put("a", 1)
            got = []
            def look():
                try: got.append(c.get("a"))
                except KeyError: got.append("KeyError")
            together(look, lambda: c.put("b", 2))
            return got
    """
    traces = [trace for outcome, trace in told(body, answer) if outcome.value == ["KeyError"]]
    assert [trace.idiom for trace in traces] == ["check-then-act"]
    values = [step.value for step in traces[0].steps]
    assert "OrderedDict({'b': 2})" in values


def test_what_a_pool_does_when_a_call_is_through_is_not_told_at_the_calls_last_line() -> None:
    answer = """
        from concurrent.futures import ThreadPoolExecutor
        class Stat:
            hits = 0
            @classmethod
            def hit(cls): cls.hits += 1
    """
    body = """
        def s(answer):
            with answer.ThreadPoolExecutor(2) as pool: list(pool.map(lambda _: answer.Stat.hit(), range(2)))
            return answer.Stat.hits
    """
    (trace,) = [trace for outcome, trace in told(body, answer) if outcome.value == 1]
    assert trace.idiom == "lost update"
    at_the_line = [step.operation for step in trace.steps if step.target == "cls.hits"]
    assert at_the_line == ["read", "write", "write"]
    assert len(trace.steps) <= 4
