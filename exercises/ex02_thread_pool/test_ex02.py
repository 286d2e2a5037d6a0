"""The public checks of ex02. The hidden ones look at the moments in which two things meet."""

from __future__ import annotations

import threading
import time

from grader.checks import Inside, attempt, check, pause, same, scenario, together


def minus(one, other=0):
    return one - other


def slowly(seconds):
    time.sleep(seconds)
    return seconds


@scenario
def results(answer, workers, one, other, waits):
    """a pool of {workers}: submit, submit with keywords, map over two lists, map over tasks that take {waits} s"""
    with answer.ThreadPool(workers) as pool:
        plain, named = pool.submit(minus, one, other), pool.submit(minus, one, other=other)
        return {
            "submit": [plain.result(), named.result(), plain.result()],
            "exception": plain.exception(),
            "done": plain.done(),
            "map": list(pool.map(minus, [one, other], [1, 2])),
            "map, slow ones first": list(pool.map(slowly, waits)),
        }


@check(
    kind="EDGE", points="1/2", hint="A future holds the value; map asks the futures in the order in which it made them."
)
def test_gives_results(box):
    """submit and map give what the tasks return, keywords and the order of the input kept."""
    one, other = box.random.sample(range(10, 99), 2)
    waits = [0.3, 0.1, 0.2]
    wanted = {
        "submit": [one - other] * 3,
        "exception": None,
        "done": True,
        "map": [one - 1, other - 2],
        "map, slow ones first": waits,
    }
    for workers in (1, 3):
        box.call(results, workers=workers, one=one, other=other, waits=waits, expected=wanted)


@scenario
def refusals(answer):
    """pools of 0 and -1 workers; submit after shutdown; shutdown twice; submit after a `with` block"""
    said = [refusal(ValueError, answer.ThreadPool, workers) for workers in (0, -1)]
    pool = answer.ThreadPool(1)
    pool.shutdown()
    pool.shutdown(wait=True)
    said.append(refusal(RuntimeError, pool.submit, minus, 1))
    with answer.ThreadPool(2) as another:
        pass
    said.append(refusal(RuntimeError, another.submit, minus, 1))
    return said


def refusal(error, call, *args):
    """The name of `error` when the call raised it (or one derived from it), else what happened."""
    try:
        call(*args)
    except error:
        return error.__name__
    except Exception as other:
        return type(other).__name__
    return "accepted"


@check(kind="EDGE", points="1/2", hint="What does a task get that comes when the workers have gone home?")
def test_refuses_what_it_must(box):
    """No pool without workers, no task after shutdown; shutdown may be called again."""
    box.call(refusals, expected=["ValueError", "ValueError", "RuntimeError", "RuntimeError"])


@scenario
def impatient(answer, patience):
    """result(timeout={patience}) and exception(timeout={patience}) of a task that waits to be let go, then result()"""
    gate = threading.Event()
    with answer.ThreadPool(1) as pool:
        future = pool.submit(gate.wait)
        begin = time.monotonic()
        said = [refusal(TimeoutError, ask, patience) for ask in (future.result, future.exception)]
        waited = time.monotonic() - begin
        done = future.done()
        gate.set()
        return {"said": said, "waited": round(waited, 3), "done": done, "then": future.result(patience)}


@check(kind="EDGE", points="1/2", hint="wait(timeout) says whether it was worth waiting: look at what it returns.")
def test_a_timeout_is_kept(box):
    """result and exception raise TimeoutError when their time is over; the task goes on."""
    patience = box.random.randint(1, 9) / 4
    box.call(
        impatient,
        patience=patience,
        allowed=lambda seen: (
            same({**seen, "waited": 0}, {"said": ["TimeoutError"] * 2, "waited": 0, "done": False, "then": True})
            and 2 * patience <= seen["waited"] <= 2.5 * patience
        ),
        expected=f"TimeoutError twice, each after {patience} s, done() False; then the result, True",
    )


@scenario
def called_back(answer):
    """three callbacks before the task ends, of which the second raises; two after it has ended, of which one raises"""
    calls, gate = [], threading.Event()

    def noting(name, error=None):
        def callback(future):
            calls.append([name, future is task, task.done(), future.result()])
            if error is not None:
                raise error

        return callback

    with answer.ThreadPool(1) as pool:
        task = pool.submit(gate.wait)
        task.add_done_callback(noting("first"))
        task.add_done_callback(noting("second", OSError("swallow me")))
        task.add_done_callback(noting("third"))
        early = len(calls)
        gate.set()
        after = pool.submit(minus, 5).result()
        task.add_done_callback(noting("late", OSError("swallow me too")))
        task.add_done_callback(noting("last"))
        at_once = len(calls)
    return {"calls": calls, "before the end": early, "after the late ones": at_once, "next task": after}


@check(kind="EDGE", points="1/2", hint="Take the callbacks out under the lock, call them outside it, each in a try.")
def test_callbacks(box):
    """Callbacks are called once, with the future, in order, or at once when it is done; their errors hurt nobody."""
    calls = [[name, True, True, True] for name in ("first", "second", "third", "late", "last")]
    box.call(
        called_back,
        allowed=lambda seen: same(
            seen, {"calls": calls, "before the end": 0, "after the late ones": 5, "next task": 5}
        ),
        expected="first, second, third when the task ends, late and last at once; the next task runs",
    )


@scenario
def all_tasks(answer, workers, numbers):
    """a pool of {workers}, a task for each of {numbers}"""
    ran = []

    def task(number):
        ran.append(number)
        return number * number

    with answer.ThreadPool(workers) as pool:
        futures = [pool.submit(task, number) for number in numbers]
        values = [future.result() for future in futures]
    return {"ran": sorted(ran), "results": values}


@check(kind="SAFE", points="1/2", hint="Who takes the next task, and can two take the same one? A queue knows.")
def test_runs_every_task_once(box):
    """Every task is run exactly once, and its result reaches its own future."""
    numbers = sorted(box.random.sample(range(2, 50), 3))
    for tasks, executions in ((numbers[:2], 1000), (numbers, 100)):
        wanted = {"ran": tasks, "results": [number * number for number in tasks]}
        box.explore(
            all_tasks,
            workers=2,
            numbers=tasks,
            allowed=lambda seen, wanted=wanted: same(seen, wanted),
            expected="each task has run once and has its own result",
            executions=executions,
        )


@scenario
def how_many_at_once(answer, workers, tasks):
    """a pool of {workers} with {tasks} tasks: how many are at work at once?"""
    inside = Inside()

    def task():
        with inside:
            pause()

    with answer.ThreadPool(workers) as pool:
        for _ in range(tasks):
            pool.submit(task)
    return {"at work at once": inside.most}


@check(kind="PAR", points="1/2", hint="How many threads take from the queue? Is a lock held while a task runs?")
def test_uses_all_its_workers(box):
    """A pool of n workers has never more than n tasks at work, and can have n."""
    for workers in (1, 2):
        seen = box.explore(
            how_many_at_once,
            workers=workers,
            tasks=2,
            allowed=lambda seen, workers=workers: seen["at work at once"] <= workers,
            expected=f"never more than {workers} at work at once, and {workers} on some schedule",
            executions=300,
        )
        seen.some(lambda seen, workers=workers: seen["at work at once"] == workers)


@scenario
def who_works(answer, workers, tasks):
    """a pool of {workers} with {tasks} tasks, each noting its thread"""
    threads = []

    def task():
        threads.append(threading.current_thread())

    with answer.ThreadPool(workers) as pool:
        for _ in range(tasks):
            pool.submit(task)
    different = {id(thread) for thread in threads}
    return {"threads": len(different), "the caller too": id(threading.current_thread()) in different}


@check(kind="SAFE", points="1/2", hint="A worker takes the next task when it has ended one; it does not end with it.")
def test_threads_are_used_again(box):
    """All tasks together are run by no more threads than the pool has workers, and never by the caller."""
    for workers in (1, 2):
        box.explore(
            who_works,
            workers=workers,
            tasks=3,
            allowed=lambda seen, workers=workers: seen["threads"] <= workers and not seen["the caller too"],
            expected=f"never more than {workers} threads, none of them the caller's",
            executions=150,
        )


@scenario
def after_an_error(answer, workers):
    """a pool of {workers}: as many tasks that raise ValueError('boom', i) as workers, then one that returns 7"""

    def boom(number):
        raise ValueError("boom", number)

    with answer.ThreadPool(workers) as pool:
        broken = [pool.submit(boom, number) for number in range(workers)]
        fine = pool.submit(minus, 7)
        return {
            "result()": [attempt(future.result) for future in broken],
            "exception()": [repr(future.exception()) for future in broken],
            "the next task": attempt(fine.result),
        }


@check(kind="EXC", points="1/2", hint="What becomes of a worker whose task raises, and who is told?")
def test_a_task_that_raises(box):
    """A task's exception comes out of its future, and the worker goes on to the next task."""
    for workers in (1, 2):
        wanted = {
            "result()": [{"raised": "ValueError", "args": ["boom", number]} for number in range(workers)],
            "exception()": [f"ValueError('boom', {number})" for number in range(workers)],
            "the next task": {"value": 7},
        }
        box.explore(
            after_an_error,
            workers=workers,
            allowed=lambda seen, wanted=wanted: same(seen, wanted),
            expected="result() raises the task's exception, exception() returns it; the next task returns 7",
            executions=300,
        )


@scenario
def shut_down(answer, workers, tasks, wait):
    """a pool of {workers} with {tasks} tasks, then shutdown(wait={wait}) at once"""
    pool = answer.ThreadPool(workers)
    futures = [pool.submit(minus, number) for number in range(tasks)]
    pool.shutdown(wait=wait)
    done = [future.done() for future in futures]
    return {"done": done, "results": [future.result() for future in futures]}


@check(
    kind="LIVE",
    points="1/2",
    hint="Which word tells a worker to go home: one that overtakes the tasks, or one behind them?",
)
def test_shutdown_runs_what_is_queued(box):
    """What is queued at shutdown is still run; with wait=True it has been run when shutdown returns."""
    for wait in (True, False):
        box.explore(
            shut_down,
            workers=2,
            tasks=2,
            wait=wait,
            allowed=lambda seen, wait=wait: seen["results"] == [0, 1] and (all(seen["done"]) or not wait),
            expected="both tasks are run" + (" before shutdown returns" if wait else ""),
            executions=1000 if wait else 200,
        )


@scenario
def waiting(answer, waiters):
    """a pool of 2 with one task that waits at a gate; {waiters} ask for its result, one opens the gate"""
    gate = threading.Event()
    with answer.ThreadPool(2) as pool:
        future = pool.submit(gate.wait)
        return together(gate.set, *[future.result] * waiters)


@scenario
def timetable(answer, seconds):
    """a pool of 1 with two tasks of {seconds} s each: when does what go on?"""
    begin, started = time.monotonic(), []

    def task():
        started.append(time.monotonic() - begin)
        time.sleep(seconds)

    pool = answer.ThreadPool(1)
    first, second = pool.submit(task), pool.submit(task)
    times = {}
    first.result()
    times["result() of the first"] = time.monotonic() - begin
    second.exception()
    times["exception() of the second"] = time.monotonic() - begin
    pool.shutdown()
    times["shutdown()"] = time.monotonic() - begin
    return {"tasks start": [round(each, 6) for each in started], **{name: round(at, 6) for name, at in times.items()}}


@check(
    kind="BLOCK",
    points="1/2",
    hint="Whoever waits must be woken by whoever has the news: a queue, a Condition, an Event.",
)
def test_waits_by_blocking(box):
    """Idle workers, result() and shutdown() sleep until they are woken: no spinning, no looking again and again."""
    for waiters in (1, 2):
        box.explore(
            waiting,
            waiters=waiters,
            spin="fail",
            allowed=lambda seen, waiters=waiters: seen[1:] == [{"value": True}] * waiters,
            expected="everybody who waits blocks until woken; result() is True",
            executions=1000,
        )
    seconds = round(box.random.randint(1_000, 9_000) / 7_919, 6)  # no multiple of any pause that one would poll with
    once, twice = round(seconds, 6), round(2 * seconds, 6)
    wanted = {
        "tasks start": [0.0, once],
        "result() of the first": once,
        "exception() of the second": twice,
        "shutdown()": twice,
    }
    box.call(
        timetable,
        seconds=seconds,
        allowed=lambda seen: all(near(seen[name], wanted[name]) for name in wanted),
        expected=f"{wanted}: each goes on in the instant in which it can",
    )


def near(seen, wanted):
    """Equal but for the last digit of the clock."""
    if isinstance(wanted, list):
        return len(seen) == len(wanted) and all(map(near, seen, wanted))
    return abs(seen - wanted) < 0.00001


@scenario
def left_behind(answer, workers, tasks):
    """a `with` block round a pool of {workers} with {tasks} tasks; then every daemon thread is waited for"""
    with answer.ThreadPool(workers) as pool:
        for number in range(tasks):
            pool.submit(minus, number)
    for thread in threading.enumerate():
        if thread.daemon:  # the engine looks after the others
            thread.join()
    return "all have ended"


@check(kind="CLEAN", points="1/2", hint="How many workers hear the word that sends them home?")
def test_leaves_no_thread_behind(box):
    """After shutdown every worker ends, whether it ever had a task or not."""
    for tasks in (0, 1):
        box.explore(
            left_behind,
            workers=2,
            tasks=tasks,
            allowed=lambda seen: seen == "all have ended",
            expected="every worker ends",
            executions=300,
        )
