"""The efficiency figure, from made-up counters: what it sees, and what does not fool it."""

from __future__ import annotations

import pytest

from grader.checks.efficiency import ENOUGH, LOUDEST, offered, paired, spent, verdict
from grader.trace import Metered, Share

SERIAL = Metered(wall=1.0, shares=(Share(1.0, 0.0),), birth=0.1)


def figure(answer: Metered, alone: Metered = SERIAL) -> float:
    return paired(alone, answer, alone).figure


def run(wall: float, *shares: tuple[float, float], one_lock: bool = True, born: bool = False) -> Metered:
    return Metered(wall, tuple(Share(ran, waited, born) for ran, waited in shares), 0.1, one_lock)


def test_two_workers_on_free_processors_are_twice_as_fast() -> None:
    assert figure(run(0.5, (0.5, 0.0), (0.5, 0.0))) == pytest.approx(2.0)


def test_two_workers_that_share_one_processor_are_as_good() -> None:
    assert figure(run(1.0, (0.5, 0.5), (0.5, 0.5))) == pytest.approx(2.0)


def test_one_worker_on_a_busy_machine_gets_nothing_for_waiting() -> None:
    assert figure(run(3.0, (1.0, 2.0))) == pytest.approx(1.0)


def test_what_is_computed_twice_counts_for_nothing() -> None:
    assert figure(run(1.0, (1.0, 0.0), (1.0, 0.0))) == pytest.approx(1.0)


def test_whoever_spins_meanwhile_counts_for_nothing() -> None:
    assert figure(run(1.0, (1.0, 0.0), (1.0, 0.0), (1.0, 0.0))) == pytest.approx(1.0)


def test_workers_that_take_turns_are_one_worker() -> None:
    assert figure(run(1.0, (0.5, 0.0), (0.5, 0.0))) == pytest.approx(1.0)


def test_threads_that_push_each_other_are_one_process_under_the_lock() -> None:
    assert figure(run(1.0, (1.0, 0.9))) == pytest.approx(1.0)


def test_without_the_lock_threads_count_like_processes() -> None:
    assert figure(run(0.5, (1.0, 0.0), one_lock=False)) == pytest.approx(2.0)


def test_a_faster_program_is_faster_even_alone() -> None:
    assert figure(run(0.25, (0.25, 0.0))) == pytest.approx(4.0)


def test_starting_interpreters_is_taken_off_as_far_as_one_start_goes() -> None:
    spawned = run(0.6, (0.6, 0.0), (0.6, 0.0), born=True)
    assert spent(spawned, birth=0.1) == pytest.approx(1.0)
    assert spent(spawned, birth=0.7) == 0.0
    assert spent(run(0.6, (0.6, 0.0)), birth=0.1) == pytest.approx(0.6)


def test_work_done_while_importing_is_work() -> None:
    early = Metered(0.1, (Share(0.1, 0.0),), birth=1.0)
    assert figure(early) < 1.1
    honest = Metered(0.5, (Share(0.5, 0.0), Share(0.5, 0.0)), birth=0.15)
    assert figure(honest) == pytest.approx(2.0)


def test_the_beside_is_the_mean_of_before_and_after() -> None:
    slower = Metered(1.2, (Share(1.2, 0.0),), 0.1)
    assert paired(SERIAL, run(1.1, (1.1, 0.0)), slower).figure == pytest.approx(1.0)


def test_a_run_of_no_time_is_no_figure() -> None:
    assert offered(run(0.0)) == 0.0
    assert figure(run(0.0)) == 0.0


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [
        ([], None),
        ([9.0], None),
        ([0.01], None),
        ([0.0, 0.0], "slower"),
        ([1.95, 1.95], "faster"),
        ([1.7, 1.7], None),
        ([1.7, 1.7, 1.7], "faster"),
        ([1.0, 1.0], None),
        ([1.0, 1.0, 1.0], "slower"),
        ([1.9, 1.1, 1.9], None),
        ([1.9, 1.1, 1.9, 1.7], "faster"),
        ([1.3] * 6, None),
        ([1.3] * 7, "unsure"),
        ([1.9, 0.9] * 3 + [1.4], "unsure"),
    ],
)
def test_what_the_pairs_say_adds_up(figures: list[float], wanted: str | None) -> None:
    assert verdict(figures, 1.3) == wanted


def test_one_pair_never_decides() -> None:
    assert LOUDEST < ENOUGH


def test_waiting_for_a_word_is_no_parallelism() -> None:
    """A caller that wakes for each answer of a pool waits as long as a worker that computes."""
    alternating = run(6.0, (0.5, 2.0), (0.5, 2.0), (0.01, 2.5))
    assert figure(alternating) < 1.0
    assert figure(run(5.0, (1.0, 4.0))) == pytest.approx(1.0)


def test_whoever_is_always_ready_and_hardly_runs_gives_nothing() -> None:
    """Idle priority, or a loop of sched_yield, on a machine whose processors are all taken."""
    assert figure(run(1.0, (0.98, 0.02), (0.01, 0.99), (0.01, 0.99))) < 1.05
