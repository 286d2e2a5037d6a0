"""The efficiency figure, from made-up counters: what it sees, and what does not fool it."""

from __future__ import annotations

import pytest

from grader.checks.efficiency import offered, paired, spent, verdict
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
        ([1.9, 1.9], None),
        ([1.9, 1.8, 1.3], "faster"),
        ([1.2, 1.0, 1.1], "slower"),
        ([1.9, 1.2, 1.9], None),
        ([1.9, 1.2, 1.9, 1.9], None),
        ([1.9, 1.2, 1.9, 1.9, 1.9], "faster"),
        ([1.2, 1.4, 1.2, 1.4, 1.2, 1.2, 1.2], "slower"),
        ([1.2, 1.4, 1.2, 1.4, 1.2, 1.4, 1.2], "unsure"),
    ],
)
def test_a_side_wins_with_a_lead_of_three(figures: list[float], wanted: str | None) -> None:
    assert verdict(figures, 1.3) == wanted
