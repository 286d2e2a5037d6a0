"""The standard library inside: same meaning, virtual time, and a word for everything that escapes."""

import threading
import warnings

import pytest
from running import many, run, sure, values

from grader.interleave.execution import Execution


def outcome(lines: str, **options) -> object:
    body = "def s(answer):\n" + "\n".join(f"    {line}" for line in lines.strip().splitlines())
    execution = run(body, **options)
    assert execution.detail == ()
    return execution.value


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("threading.Lock().release()", "RuntimeError: release unlocked lock"),
        ("threading.RLock().release()", "RuntimeError: cannot release un-acquired lock"),
        ("threading.Condition().wait()", "RuntimeError: cannot wait on un-acquired lock"),
        ("threading.Condition().notify()", "RuntimeError: cannot notify on un-acquired lock"),
        ("threading.Lock().acquire(False, 1)", "ValueError: can't specify a timeout for a non-blocking call"),
        ("threading.Thread().join()", "RuntimeError: cannot join thread before it is started"),
        ("threading.current_thread().join()", "RuntimeError: cannot join current thread"),
        ("queue.Queue().get_nowait()", "Empty"),
        ("queue.Queue().task_done()", "ValueError: task_done() called too many times"),
        ("threading.BoundedSemaphore(1).release()", "ValueError: Semaphore released too many times"),
        ("time.sleep(-1)", "ValueError: sleep length must be non-negative"),
    ],
)
def test_misuse_has_the_messages_of_the_standard_library(line, says):
    error = run(f"def s(answer):\n    {line}").error
    assert (f"{error.type}: {error.message}" if error.message else error.type) == says


def test_threads_tell_who_they_are():
    body = """
        def s(answer):
            def who():
                me = threading.current_thread()
                return [me.name, me.ident == threading.get_ident(), me.is_alive(), threading.active_count()]
            main = threading.current_thread()
            return [main is threading.main_thread(), main.name, together(who)[0]["value"], threading.active_count()]
    """
    assert sure(body) == [True, "MainThread", ["A", True, True, 2], 1]


def test_the_old_way_to_ask_for_a_name_says_that_it_is_old():
    """The same words as Python's, at the line that asked."""
    lines = """
import warnings
thread = threading.Thread(name="asked")
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    name = thread.getName()
return name, [(str(one.message), one.category.__name__, one.lineno) for one in warned]
"""
    with warnings.catch_warnings(record=True) as real:
        warnings.simplefilter("always")
        threading.Thread(name="asked").getName()
    assert outcome(lines) == ["asked", [[str(real[0].message), "DeprecationWarning", 8]]]


def test_default_names_count_from_one_in_each_execution():
    body = """
        def s(answer):
            def work(): pass
            return [threading.Thread(target=work).name, threading.Thread().name]
    """
    assert sure(body) == ["Thread-1 (work)", "Thread-2"]


def test_thread_locals_are_one_for_each_thread():
    body = """
        class Mine(threading.local):
            def __init__(self): self.n = 0
        def s(answer):
            mine, plain = Mine(), threading.local()
            plain.x = 1
            def work():
                mine.n += 1
                return [mine.n, hasattr(plain, "x")]
            return [one["value"] for one in together(work, work)] + [mine.n, plain.x]
    """
    assert sure(body) == [[1, False], [1, False], 0, 1]


def test_an_event_wakes_everybody():
    body = """
        def s(answer):
            event = threading.Event()
            def wait(): return event.wait()
            def set_(): event.set()
            return [one["value"] for one in together(wait, wait, set_)][:2]
    """
    assert sure(body) == [True, True]


def test_a_timer_fires_at_its_time_unless_cancelled():
    lines = """
fired = []
timers = [threading.Timer(seconds, fired.append, [seconds]) for seconds in (3, 1, 2)]
for timer in timers: timer.start()
timers[2].cancel()
for timer in timers: timer.join()
return fired, time.monotonic()
"""
    assert outcome(lines, clock="exact") == [[1, 3], 3.0]


@pytest.mark.parametrize("seconds", [0.01, 0.5, 3, 100])
def test_who_looks_at_the_clock_until_it_is_late_enough_goes_on_soon(seconds):
    lines = f"""
end = time.monotonic() + {seconds}
while time.monotonic() < end: pass
return time.monotonic() - end
"""
    beside = "threading.Thread(target=time.sleep, args=(0,)).start()\n"
    for program in (lines, beside + lines):
        assert 0 <= outcome(program, clock="exact") <= seconds / 10 + 0.001


def test_a_join_with_a_timeout_gives_up_on_the_exact_clock():
    lines = """
thread = threading.Thread(target=time.sleep, args=(5,))
thread.start()
thread.join(2)
early = thread.is_alive(), time.monotonic()
thread.join()
return early, thread.is_alive(), time.monotonic()
"""
    assert outcome(lines, clock="exact") == [[True, 2.0], False, 5.0]


def test_a_timed_wait_both_fires_and_does_not_on_the_free_clock():
    body = """
        def s(answer):
            lock = threading.Lock()
            def hold():
                with lock: pause(); pause()
            def ask():
                if lock.acquire(timeout=1):
                    lock.release()
                    return True
                return False
            return together(hold, ask)[1]["value"]
    """
    assert sorted(values(many(body))) == [False, True]
    assert values(many(body, clock="exact")) == [True]


def test_a_try_sees_a_lock_that_is_held():
    body = """
        def s(answer):
            lock = threading.Lock()
            def hold():
                with lock: pass
            def ask():
                taken = lock.acquire(blocking=False)
                if taken: lock.release()
                return taken
            return together(hold, ask)[1]["value"]
    """
    assert sorted(values(many(body))) == [False, True]


def test_a_condition_times_out_and_takes_its_lock_again():
    lines = """
told = threading.Condition()
with told:
    woken = told.wait(2)
    return woken, told._is_owned(), time.monotonic()
"""
    assert outcome(lines, clock="exact") == [False, True, 2.0]


def test_a_bounded_queue_holds_back_who_puts():
    body = """
        def s(answer):
            box, most, got = queue.Queue(2), [0], []
            def put():
                for item in range(4):
                    box.put(item)
                    most[0] = max(most[0], box.qsize())
            def get():
                for _ in range(4):
                    got.append(box.get())
                    box.task_done()
            together(put, get)
            box.join()
            return got, most[0] <= 2, box.unfinished_tasks
    """
    assert sure(body) == [[0, 1, 2, 3], True, 0]


@pytest.mark.parametrize(
    ("kind", "order"), [("LifoQueue", [3, 2, 1]), ("PriorityQueue", [1, 2, 3]), ("SimpleQueue", [1, 2, 3])]
)
def test_each_kind_of_queue_keeps_its_order(kind, order):
    assert (
        outcome(f"q = queue.{kind}()\nfor item in (1, 2, 3): q.put(item)\nreturn [q.get() for _ in range(3)]") == order
    )


def test_a_queue_of_the_answers_own_kind_works():
    body = """
        class Twice(queue.Queue):
            def _put(self, item): self.queue.extend([item, item])
        def s(answer):
            box = Twice()
            together(lambda: box.put(1), lambda: box.get())
            return box.qsize()
    """
    assert sure(body) == 1


def test_a_pool_runs_everything_and_waits_in_parallel():
    lines = """
from concurrent.futures import ThreadPoolExecutor, as_completed
with ThreadPoolExecutor(4) as pool:
    futures = [pool.submit(time.sleep, 0.3) for _ in range(10)]
    done = [future.result() for future in as_completed(futures)]
return len(done), round(time.monotonic(), 6)
"""
    assert outcome(lines, clock="exact") == [10, 0.9]


def test_a_pool_that_nobody_shuts_down_does_not_hang():
    body = """
        from concurrent.futures import ThreadPoolExecutor
        def s(answer):
            return ThreadPoolExecutor(2).submit(lambda: 3).result()
    """
    assert sure(body) == 3


def test_a_task_that_waits_for_its_own_pool_deadlocks():
    body = """
        from concurrent.futures import ThreadPoolExecutor
        def s(answer):
            pool = ThreadPoolExecutor(1)
            return pool.submit(lambda: pool.submit(lambda: 3).result()).result()
    """
    assert values(many(body, 20)) == ["deadlock"]


def test_excepthook_may_be_replaced():
    body = """
        def s(answer):
            caught = []
            threading.excepthook = lambda args: caught.append(args.exc_type.__name__)
            def fail(): raise KeyError
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            return caught
    """
    assert sure(body) == ["KeyError"]


def escaped(lines: str) -> Execution:
    body = "def s(answer):\n" + "\n".join(f"    {line}" for line in lines.splitlines())
    execution = run(body)
    assert execution.ending == "uncontrolled"
    return execution


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("import socket\nsocket.create_connection(('localhost', 1))", "socket.create_connection at test_it.py:5"),
        ("import subprocess\nsubprocess.run(['true'])", "subprocess.run at test_it.py:5"),
        ("from multiprocessing import Process\nProcess()", "multiprocessing.Process at test_it.py:5"),
        ("import os\nos.fork()", "os.fork at test_it.py:5"),
        ("import ctypes\nctypes.CDLL(None)", "ctypes.CDLL at test_it.py:5"),
        ("input('name? ')", "input at test_it.py:4"),
        ("import sys\nsys.stdin.readline()", "sys.stdin.readline at test_it.py:5"),
        ("import os\nreading, writing = os.pipe()\nos.read(reading, 1)", "os.read, which would block, at test_it.py:6"),
        ("import _socket\n_socket.socket()", "_socket.socket at test_it.py:5"),
    ],
)
def test_what_escapes_is_said_with_its_place(lines, what):
    assert escaped(lines).detail == (f"not under control: {what}",)


def test_an_escape_cannot_be_caught():
    escaped("import subprocess\ntry: subprocess.run(['true'])\nexcept BaseException: pass\nreturn 1")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_library_that_uses_a_socket_by_itself_is_noticed():
    body = "import smtplib\ntry: smtplib.SMTP('127.0.0.1', 9)\nexcept OSError: pass"
    assert "socket" in escaped(body).detail[0]


def test_importing_what_would_escape_does_no_harm():
    assert outcome(
        "import socket, subprocess, asyncio\nreturn subprocess.PIPE, issubclass(socket.timeout, OSError)"
    ) == [-1, True]


def test_import_module_gives_the_stand_in():
    assert outcome("import importlib\nreturn importlib.import_module('threading') is threading") is True


def test_constants_of_modules_that_leave_control_are_the_real_ones():
    body = """
    import socket, subprocess
    def s(answer):
        return [int(socket.AF_UNSPEC), subprocess.PIPE, issubclass(socket.timeout, Exception)]
    """
    assert sure(body, times=2) == [0, -1, True]


def test_classes_of_stand_ins_take_the_types_of_what_they_hold():
    body = """
    def s(answer):
        import socketserver
        kinds = queue.SimpleQueue, queue.Queue, socketserver.TCPServer
        return [kind[int].__args__ == (int,) and kind[int].__origin__ is kind for kind in kinds]
    """
    assert sure(body) == [True, True, True]
