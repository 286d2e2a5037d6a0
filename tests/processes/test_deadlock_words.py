"""A deadlock of real processes: that it is seen, and who is told to wait where, and for what."""

from __future__ import annotations

import pytest
from playing import QUEUE, TALK, play


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
def test_a_copy_of_the_other_end_that_stays_open_is_named(start_method):
    seen = play(TALK.replace("        ours.close()\n        while", "        while"), start_method=start_method)
    assert seen.ending == "deadlock"
    assert seen.detail[0].startswith("the parent waits in join() at answer.py:14")
    assert seen.detail[1] == (
        "child 1 waits in recv() at answer.py:20: only child 1 itself still has the other end open, "
        "so the end of the stream never comes"
    )
    assert (seen.file, seen.line) == ("answer.py", 14)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            TALK.replace("answers.append(ours.recv())", "answers.append(ours.recv() + ours.recv())"),
            "still open in child 1",
        ),
        (TALK.replace("ours.send(number)", "ours.send('x' * 3_000_000)").replace("theirs.recv()", "'x' * 3_000_000"),
         "the parent waits in send() at answer.py:11: the pipe is full, and child 1 does not read from it"),
        ("import os\n\ndef main():\n    reading, writing = os.pipe()\n    os.read(reading, 1)\n",
         "the parent waits in os.read() at answer.py:5: only the parent itself still has the other end open"),
        ("import os\n\ndef main():\n    reading, writing = os.pipe()\n    os.write(writing, b'x' * 100_000)\n",
         "the parent waits in os.write() at answer.py:5: the pipe is full, and nobody else could read from it"),
        ("import threading\n\ndef main():\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()\n",
         "at answer.py:6 for a lock, or for another thread"),
        (QUEUE.replace("        got = len(queue.get())\n        child.join()", "        child.join()\n        got = 0"),
         "the parent waits in join() at answer.py:8 for child 1 to end"),
    ],
)  # fmt: skip
def test_a_deadlock_is_seen_and_its_words_say_who_waits_for_what(program, words):
    seen = play(program)
    assert seen.ending == "deadlock"
    assert any(words in sentence for sentence in seen.detail), seen.detail


@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"])
def test_a_child_that_cannot_end_before_its_queue_is_read_is_told_as_that(start_method):
    joined_first = QUEUE.replace(
        "        got = len(queue.get())\n        child.join()", "        child.join()\n        got = 0"
    )
    told = play(joined_first, start_method=start_method).detail[1]
    assert told == "child 1 waits at its end until somebody reads what it put into a Queue"


def test_a_deadlock_is_found_long_before_the_time_limit():
    assert play("import signal\n\ndef main():\n    signal.pause()\n", time_limit=3600.0).ending == "deadlock"


def test_the_same_run_is_told_in_the_same_words():
    broken = TALK.replace("        ours.close()\n        while", "        while")
    assert play(broken) == play(broken)


def test_a_child_that_died_is_named_in_a_deadlock():
    program = TALK.replace("theirs.close()\n        answers", "answers").replace(
        "theirs.send(theirs.recv())", "theirs.send(1 / 0)"
    )
    seen = play(program)
    assert seen.ending == "deadlock"
    assert "an exception ended a child: ZeroDivisionError: division by zero" in seen.detail


def test_a_deadlock_names_the_lines_of_threads_too():
    seen = play(
        """
        import queue, threading

        def main():
            inbox = queue.Queue()
            thread = threading.Thread(target=listen, args=(inbox,))
            thread.start()
            thread.join()

        def listen(inbox):
            inbox.get()
        """
    )
    assert seen.ending == "deadlock"
    assert "a thread of the parent waits in get() at answer.py:11" in seen.detail


FORK_BESIDE_A_THREAD = """
    import multiprocessing, threading
    lock, held, over = threading.Lock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            over.wait()

    def want():
        with lock:
            pass

    def main():
        threading.Thread(target=hold, daemon=True).start()
        held.wait()
        {first}
        child = multiprocessing.Process(target=want)
        child.start()
        child.join()
"""


def test_a_deadlock_names_the_line_that_forked_while_a_thread_held_a_lock():
    seen = play(FORK_BESIDE_A_THREAD.format(first="pass"))
    assert seen.ending == "deadlock"
    assert seen.detail[-1].startswith("answer.py:19 forks while another thread runs: locks that it holds")
    assert play(FORK_BESIDE_A_THREAD.format(first="over.set(); lock.acquire(); lock.release()")).ending == "returned"


HELD = """
    import multiprocessing

    def main():
        queue = multiprocessing.Queue()
        with queue._wlock:
            child = multiprocessing.Process(target=queue.put, args=(1,))
            child.start()
            child.join()
"""


def test_a_child_whose_queue_cannot_be_filled_for_want_of_a_lock_is_not_told_to_be_read():
    assert play(HELD).detail[1] == "child 1 waits at its end for the thread that fills its Queue"


NAMESAKE = """
    import signal

    def main():
        _bootstrap()

    def _bootstrap():
        signal.pause()
"""


def test_a_function_of_the_answer_may_be_called_like_the_beginning_of_a_child():
    seen = play(NAMESAKE)
    assert (seen.ending, seen.line) == ("deadlock", 8)


STOPPED = """
    import multiprocessing, os, signal

    def main():
        gate = multiprocessing.SimpleQueue()
        child = multiprocessing.Process(target=stop, args=(gate,))
        child.start()
        {after}
        child.join()
        return "joined"

    def stop(gate):
        gate.put(1)
        os.kill(os.getpid(), signal.SIGSTOP)
"""
LET_GO = "gate.get()\n        os.waitpid(child.pid, os.WUNTRACED)\n        os.kill(child.pid, signal.SIGCONT)"


def test_a_child_that_stops_itself_and_is_never_let_go_is_told_at_once():
    seen = play(STOPPED.format(after="pass"), time_limit=3600.0)
    assert seen.ending == "deadlock"
    assert "child 1 was stopped by a signal, and nobody lets it go on" in seen.detail
    assert "the parent waits in join() at answer.py:9 for child 1 to end" in seen.detail
    assert play(STOPPED.format(after=LET_GO)).value == "joined"
