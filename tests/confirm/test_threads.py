"""What the parent keeps of threads and locks, and what it refuses to believe."""

from __future__ import annotations

import pytest

from grader.confirm.threads import Contradiction, Threads
from grader.happens_before.events import (
    ABLE,
    ANEW,
    ANNOUNCED,
    DONE,
    ENDED,
    FAILED,
    HELD,
    KINDS,
    RELEASED,
    SPAWNED,
    TOOK,
    Event,
)

LOCK, QUEUE = 2, 4


def says(thread: int, kind: str, key: int = LOCK) -> Event:
    return ANNOUNCED, thread, KINDS.index(kind), key, -1


def does(thread: int) -> Event:
    return DONE, thread, 0, 0, 0


def started(first: str = "acquire", second: str = "acquire", key: int = LOCK) -> Threads:
    """Main has started 1 and 2 and waits for 1; each has announced something at `key`."""
    threads = Threads()
    for event in [
        (ANEW, 0, 0, 0, 0),
        (SPAWNED, 0, 1, 0, -1),
        says(1, first, key),
        (SPAWNED, 0, 2, 0, -1),
        says(2, second, key),
        says(0, "join", 3),
    ]:
        threads.apply(event)
    return threads


def apply(threads: Threads, *events: Event) -> None:
    for event in events:
        threads.apply(event)


def test_who_waits_for_a_lock_can_go_on_when_it_is_free() -> None:
    threads = started()
    assert threads.able() == [1, 2]
    threads.choose([(1, 1)])
    apply(threads, does(1), says(1, "write", 6))
    assert (threads.holders, threads.able()) == ({LOCK: (1, -1)}, [1])
    apply(threads, does(1), (RELEASED, 1, LOCK, 0, -1), says(1, "end", 3))
    assert (threads.holders, threads.able()) == ({}, [1, 2])


def test_a_join_can_go_on_when_its_thread_has_ended() -> None:
    threads = started("end", "end", 3)
    threads.choose([(1, 1)])
    apply(threads, does(1), (ENDED, 1, 0, 0, 0))
    assert sorted(threads.able()) == [0, 2]


def test_a_row_ends_where_its_thread_cannot_go_on() -> None:
    threads = started("acquire", "read")
    threads.choose([(1, 5)])
    apply(threads, does(1), says(1, "acquire"))
    assert threads.able() == [2]
    apply(threads, does(2), says(2, "yield", -1), does(2), says(2, "read"))


def test_in_a_row_nobody_is_asked() -> None:
    threads = started("read", "read")
    threads.choose([(1, 2)])
    apply(threads, does(1), says(1, "read"), does(1), says(1, "read"))
    with pytest.raises(Contradiction, match="it was the turn of nobody"):
        threads.apply(does(1))


def test_of_locks_that_main_took_alone_the_parent_is_told_before_others_live() -> None:
    threads = Threads()
    apply(threads, (ANEW, 0, 0, 0, 0), (HELD, 0, LOCK, 0, 0), (SPAWNED, 0, 1, 0, -1), says(1, "acquire"))
    apply(threads, says(0, "read", 6))
    assert threads.able() == [0]


def test_a_thread_at_a_queue_can_go_on_when_the_box_says_so() -> None:
    threads = started("wait", "notify", QUEUE)
    apply(threads, (ABLE, 1, 0, 0, 0))
    assert threads.able() == [2]
    apply(threads, does(2), says(2, "end", 5), (ABLE, 1, 1, 0, 0))
    assert threads.able() == [1, 2]


FORGED: dict[str, tuple[Threads, list[Event], str]] = {
    "a thread moves that was not chosen": (started("read", "read"), [does(2)], "it was the turn of nobody"),
    "a thread says nothing of what it does next": (
        started(),
        [(SPAWNED, 0, 3, 0, -1), does(1)],
        "does not say what it does next",
    ),
    "a thread announces two things": (started(), [says(0, "read")], "two things at once"),
    "somebody else announces": (Threads(), [says(1, "read")], "not its turn"),
    "a thread is started twice": (started(), [(SPAWNED, 0, 1, 0, -1)], "there was before"),
    "a lock is held since main was alone, with others about": (started(), [(HELD, 0, LOCK, 0, 0)], "main was alone"),
    "main is alone, with others about": (started(), [(ANEW, 0, 0, 0, 0)], "while others lived"),
    "a thread ends that has not said so": (Threads(), [(SPAWNED, 0, 1, 0, -1), (ENDED, 1, 0, 0, 0)], "without having"),
    "a try fails that nobody made": (started(), [(FAILED, 0, LOCK, 0, 0)], "did not try"),
    "a lock is taken that nobody tried to take": (started(), [(TOOK, 0, LOCK, 0, 0)], "did not try"),
    "the box knows whether a lock is free": (started(), [(ABLE, 1, 0, 0, 0)], "only the box could know"),
    "an event that there is not": (started(), [(11, 0, 0, 0, 0)], "no event 11"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_cannot_have_happened_is_refused(name: str) -> None:
    threads, events, words = FORGED[name]
    with pytest.raises(Contradiction, match=words):
        apply(threads, *events)


def test_nobody_takes_a_lock_that_another_holds() -> None:
    threads = started("acquire", "try")
    threads.choose([(1, 1)])
    apply(threads, does(1), says(1, "read", 6))
    threads.choose([(2, 1)])
    threads.apply(does(2))
    with pytest.raises(Contradiction, match="not free"):
        threads.apply((TOOK, 2, LOCK, 0, 0))


def test_what_a_thread_waits_for_does_not_come_by_itself() -> None:
    threads = started("wait", "read", QUEUE)
    apply(threads, (ABLE, 1, 0, 0, 0), does(2), says(2, "read", 6), does(2), says(2, "read", 6))
    with pytest.raises(Contradiction, match="nobody had touched it"):
        threads.apply((ABLE, 1, 1, 0, 0))
