"""Looks at data that nobody writes are no steps; the first write shows the mistake, and the search begins anew."""

from __future__ import annotations

from random import Random

import pytest
from running import program, run

from grader.interleave import explorer
from grader.interleave.conclusions import operations_of
from grader.interleave.schedule import Replay, deviations
from grader.interleave.strategies.random_walk import RandomWalk
from grader.interleave.unwritten import Unwritten

TABLE = """
    def s(answer):
        table, seen = [3, 4, 5], []
        def work():
            total = 0
            for one in table:
                total += one
            with lock:
                seen.append(total)
        lock = threading.Lock()
        together(work, work)
        return seen
"""
RARELY_WRITTEN = """
    def s(answer):
        flags, seen = {"stop": False}, []
        def looks():
            seen.append(flags["stop"])
        def tries(first=threading.Lock()):
            if gate.acquire(False):
                gate.release()
            else:
                flags["stop"] = True
        def holds():
            with gate:
                pause()
        gate = threading.Lock()
        together(looks, tries, holds)
        return seen
"""


def explored(body: str, **plan):
    values = []
    made = program(body)
    coverage = explorer.explore(
        made, "s", {}, explorer.Plan(**plan), lambda outcome: values.append(outcome.value) or True
    )
    return coverage, values


def test_looks_at_a_table_are_no_choices_but_count_as_operations():
    all_steps, fewer = run(TABLE), run(TABLE, unwritten=Unwritten())
    assert len(fewer.choices) < len(all_steps.choices)
    assert deviations(operations_of(fewer)) == deviations(operations_of(all_steps)) == {}
    assert len(operations_of(fewer)) == len(all_steps.choices)


def test_a_write_shows_which_looks_were_steps_after_all():
    unwritten = Unwritten()
    unwritten.begin()
    assert unwritten.looks(key=2, site=10)
    assert unwritten.looks(key=4, site=11)
    unwritten.changes(key=2)
    assert unwritten.mistaken
    unwritten.begin()
    assert not unwritten.mistaken
    assert not unwritten.looks(key=2, site=10)
    assert unwritten.looks(key=4, site=11)


def test_a_look_after_a_write_is_a_step_at_once():
    unwritten = Unwritten()
    unwritten.begin()
    unwritten.changes(key=2)
    assert not unwritten.mistaken
    assert not unwritten.looks(key=2, site=10)
    assert unwritten.mistaken


def test_a_write_that_only_some_schedules_reach_is_seen_from_before_and_after():
    coverage, values = explored(RARELY_WRITTEN)
    assert coverage.exhausted
    assert sorted(values) == [[False], [True]]


def test_a_thread_that_waits_for_a_flag_nobody_sets_still_counts_as_spinning():
    body = """
        def s(answer):
            box = {"go": False}
            def work():
                while not box["go"]:
                    pass
            together(work)
    """
    made, endings = program(body), []
    explorer.explore(made, "s", {}, explorer.Plan(executions=20), lambda one: endings.append(one.ending) or True)
    assert endings == ["busy-wait"]


@pytest.mark.parametrize("look", ["lock.locked()", "threads[0].is_alive()", "jobs.qsize()", "event.is_set()"])
def test_what_locks_and_threads_say_of_themselves_is_always_a_step(look):
    body = f"""
        def s(answer):
            lock, jobs, event = threading.Lock(), queue.Queue(), threading.Event()
            def work():
                with lock:
                    pause()
                jobs.put(1)
                event.set()
            threads = [threading.Thread(target=work)]
            threads[0].start()
            seen = int({look})
            threads[0].join()
            return seen
    """
    _, values = explored(body)
    assert sorted(values) == [0, 1]


def test_a_long_row_of_looks_ends_where_it_does_when_all_looks_are_steps():
    body = """
        def s(answer):
            table, seen = [1, 2, 3], []
            def counts(me):
                done = 0
                while done < 150:
                    done += len(table) // 3
                    done *= table[0]
                with lock:
                    seen.append(me)
            lock = threading.Lock()
            together(lambda: counts("a"), lambda: counts("b"))
            return seen
    """
    for seed in range(3):
        walk = RandomWalk(Random(seed))
        walk.begin()
        found = run(body, walk, unwritten=Unwritten())
        again = Replay(deviations(operations_of(found)))
        again.begin()
        assert run(body, again).value == found.value
