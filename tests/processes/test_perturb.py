"""Short reads and short writes that happen every time; processes whose end is known."""

from __future__ import annotations

import os

import pytest

from grader.processes.children import Children
from grader.processes.perturb import PAGE, filled, trickle, written


def test_each_read_of_a_trickle_gives_one_byte_and_then_the_end():
    with trickle(b"abc") as fd:
        assert [os.read(fd, 100) for _ in range(5)] == [b"a", b"b", b"c", b"", b""]


def test_a_trickle_may_be_left_early():
    with trickle(bytes(10_000)) as fd:
        assert os.read(fd, 4) == b"\0"


def test_a_filled_pipe_holds_everything_and_then_ends():
    with filled(b"abc") as fd:
        assert [os.read(fd, 2), os.read(fd, 9), os.read(fd, 9)] == [b"ab", b"c", b""]


@pytest.mark.parametrize("size", [PAGE + 1, 2 * PAGE, 100_000])
def test_an_interrupted_write_is_short_by_exactly_what_the_page_does_not_hold(size):
    taken: list[int] = []
    data = written(lambda fd: taken.append(os.write(fd, bytes(size))), interrupted=True)
    assert (taken, len(data)) == ([PAGE], PAGE)


def test_a_loop_writes_everything_in_spite_of_the_interruption():
    def write(fd: int) -> None:
        left = b"0123456789" * 5000
        while left:
            left = left[os.write(fd, left) :]

    assert written(write, interrupted=True) == b"0123456789" * 5000


@pytest.mark.parametrize("data", [b"", b"abc", b"abcdefgh"])
def test_little_is_written_whole(data):
    assert written(lambda fd: os.write(fd, data), interrupted=True) == data


def test_an_error_of_the_writer_comes_out():
    with pytest.raises(LookupError):
        written(lambda fd: {}[fd], interrupted=True)


def test_children_know_how_each_process_ended():
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    with Children() as children:
        process = context.Process(target=os._exit, args=(3,))
        process.start()
        process.join()
        process.close()
    assert children.exit_codes() == [3]
