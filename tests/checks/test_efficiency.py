"""The efficiency figure, from made-up counters: what it sees, and what does not fool it."""

from __future__ import annotations

import pytest

from grader.checks.efficiency import offered, paired, spent, verdict
from grader.results import TimedPair
from grader.trace import Metered, Share

SERIAL = Metered(wall=1.0, shares=(Share(1.0, 0.0),), birth=0.1)


def figure(answer: Metered, alone: Metered = SERIAL) -> float:
    return paired(alone, answer, alone).figure


def run(wall: float, *shares: tuple[float, float], one_lock: bool = True, born: bool = False) -> Metered:
    return Metered(wall, tuple(Share(ran, waited, born) for ran, waited in shares), 0.1, one_lock=one_lock)


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
    assert figure(apart(0.5, (0.5, 0.0), (0.5, 0.0))) == pytest.approx(2.0)
    assert figure(apart(1.0, (0.5, 0.0), (0.5, 0.0))) == pytest.approx(1.0)


def apart(wall: float, *threads: tuple[float, float]) -> Metered:
    """A run whose threads compute at the same time."""
    return Metered(wall, tuple(Share(ran, waited, beside=True) for ran, waited in threads), one_lock=False)


def test_threads_that_spin_at_a_lock_on_a_busy_machine_are_never_called_faster() -> None:
    """Each computes half of the time and looks ready for the rest: so do two that wait for a processor."""
    pair = paired(SERIAL, apart(1.0, (0.5, 0.5), (0.5, 0.5)), SERIAL)
    assert (pair.figure, pair.certain) == (pytest.approx(2.0), pytest.approx(1.0))
    assert verdict([pair] * 9, 1.3) is None
    assert verdict([pair] * 10, 1.3) == "unsure"


def test_threads_that_ran_at_the_same_time_are_faster_however_busy_the_machine_is() -> None:
    pair = paired(SERIAL, apart(0.7, (0.5, 0.2), (0.5, 0.2)), SERIAL)
    assert pair.certain == pytest.approx(1 / 0.7)
    assert verdict([pair] * 4, 1.3) == "faster"


def test_starting_interpreters_is_taken_off_as_far_as_one_start_goes() -> None:
    spawned = run(0.6, (0.6, 0.0), (0.6, 0.0), born=True)
    assert spent(spawned, birth=0.1) == pytest.approx(1.0)
    assert spent(spawned, birth=0.7) == 0.0
    assert spent(run(0.6, (0.6, 0.0)), birth=0.1) == pytest.approx(0.6)


def test_work_done_while_importing_is_work() -> None:
    early = Metered(0.1, (Share(0.1, 0.0),), early=1.0)
    assert figure(early) < 1.1
    alone = Metered(1.0, (Share(1.0, 0.0),), early=0.1)
    honest = Metered(0.5, (Share(0.5, 0.0), Share(0.5, 0.0)), early=0.15)
    assert figure(honest, alone) == pytest.approx(2.0)


def test_work_of_others_while_importing_is_work_however_fast_the_scenario_then_is() -> None:
    children = Metered(0.03, tuple(Share(0.03, 0.0) for _ in range(8)), early=1.0, unseen=1.0)
    assert figure(children) < 1.1


@pytest.mark.parametrize(
    ("wall", "decoys"), [(1.0, [(0.5, 0.5)] * 2), (1.0, [(0.25, 0.75)] * 4), (2.0, [(0.25, 1.75)] * 4)]
)
def test_decoys_that_are_always_ready_help_nobody(wall: float, decoys: list[tuple[float, float]]) -> None:
    assert figure(run(wall, (1.0, wall - 1.0), *decoys)) == pytest.approx(1.0)


def test_interpreters_that_do_nothing_are_not_forgiven() -> None:
    idle = [Share(0.1, 0.0, born=True)] * 6
    assert figure(Metered(1.0, (Share(1.0, 0.0), *idle), 0.1)) < 1.15


def test_each_worker_is_forgiven_one_start() -> None:
    spawned = [Share(0.6, 0.0, born=True)] * 2
    assert figure(Metered(0.6, (*spawned, Share(0.1, 0.0, born=True)), 0.1)) == pytest.approx(2.0)
    forked = [Share(0.5, 0.0)] * 2
    server = Share(0.1, 0.0, born=True)
    assert figure(Metered(0.6, (server, *forked), 0.1)) == pytest.approx(1.1 / 0.6)


def test_a_process_for_each_item_is_no_slower_for_what_nobody_saw() -> None:
    seen = tuple(Share(0.0325, 0.0) for _ in range(20))
    assert figure(Metered(0.55, seen, 0.1, unseen=0.35)) == pytest.approx(1.0 / 0.55)


def test_the_beside_is_the_mean_of_before_and_after() -> None:
    slower = Metered(1.2, (Share(1.2, 0.0),), 0.1)
    assert paired(SERIAL, run(1.1, (1.1, 0.0)), slower).figure == pytest.approx(1.0)


def test_a_run_of_no_time_is_no_figure() -> None:
    assert offered(run(0.0)) == 0.0
    assert figure(run(0.0)) == 0.0


def said(figure: float, ready: float = 2.0) -> TimedPair:
    return TimedPair(1.0, 1.0 / figure if figure else 0.0, 1.0, 1.0, ready, 1.0, 2)


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [
        ([], None),
        ([1.8, 1.8], "faster"),
        ([1.5, 1.5], None),
        ([1.5, 1.5, 1.5, 1.5], "faster"),
        ([1.9, 1.1, 1.9, 1.7], "faster"),
        ([0.0, 0.0], None),
        ([0.0] * 4, None),
        ([0.0] * 6, "slower"),
        ([1.0] * 6, None),
        ([1.0] * 8, "slower"),
        ([1.3] * 8, None),
        ([1.3] * 10, "unsure"),
        ([1.7, 0.9] * 5, "unsure"),
    ],
)
def test_what_the_pairs_say_adds_up(figures: list[float], wanted: str | None) -> None:
    assert verdict([said(figure) for figure in figures], 1.3) == wanted


@pytest.mark.parametrize(("ready", "wanted"), [(1.0, "slower"), (1.29, "slower"), (1.31, None)])
def test_whoever_had_too_little_ready_is_slower_at_once(ready: float, wanted: str | None) -> None:
    assert verdict([said(0.9, ready)] * 4, 1.3) == wanted


def test_a_loud_pair_does_not_drown_the_others() -> None:
    assert verdict([said(9.0), said(0.1)], 1.3) is None


def test_nobody_computes_less_than_the_work_takes() -> None:
    """A processor that was faster just then makes no serial answer parallel."""
    assert figure(run(0.5, (0.5, 0.0))) == pytest.approx(1.0)
    assert figure(run(0.25, (0.25, 0.0), (0.25, 0.0))) == pytest.approx(2.0)


def test_work_done_after_the_scenario_is_work() -> None:
    late = Metered(0.1, (Share(0.1, 0.0),), late=0.9)
    assert figure(late) < 1.1
    alone = Metered(1.0, (Share(1.0, 0.0),), birth=0.1, late=0.02)
    ends = Metered(0.5, (Share(0.5, 0.0), Share(0.5, 0.0)), birth=0.1, late=0.03)
    assert paired(alone, ends, alone).figure == pytest.approx(2.0)
    assert paired(alone, ends, alone).work == pytest.approx(1.0)


def test_waiting_for_a_word_is_no_parallelism() -> None:
    """A caller that wakes for each answer of a pool waits as long as a worker that computes."""
    workers = [Share(0.5, 2.0, turns=100)] * 2
    caller = Share(0.01, 2.5, turns=30)
    assert figure(Metered(6.0, (*workers, caller), 0.1)) < 1.0


def test_a_worker_that_got_less_of_a_busy_machine_is_a_worker_all_the_same() -> None:
    """Of two that are always ready one may be kept waiting longer; the other then does more of the items."""
    assert offered(Metered(0.65, (Share(0.283, 0.229, turns=90), Share(0.059, 0.563, turns=20)), 0.1)) > 1.7


def test_whoever_is_always_ready_and_hardly_runs_gives_nothing() -> None:
    """Idle priority, or a loop of sched_yield, on a machine whose processors are all taken."""
    words = [Share(0.01, 0.99, turns=1000)] * 2
    assert figure(Metered(1.0, (Share(0.98, 0.02, turns=3), *words), 0.1)) < 1.05
