"""The `__main__` file of a real run, in a fresh interpreter inside the box: loads answer and scenario, runs it.

    GRADER_STAGE=FOLDER python -P -s -S -B stage.py

A real file with a guard: children that are spawned, and the fork server, import it again under another name,
and thereby find the answer, the scenario and the signal that tells their lines. Standard library only.

Twice it stops itself (SIGSTOP), before and after the scenario, so that the supervisor can count what is open
and who lives while nothing moves. In a controlled run (`controlled`) it is forked anew for each line on standard
input, never stops, and parks at the gate instead.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import importlib.util
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from multiprocessing import resource_tracker
from types import ModuleType
from typing import Any

FOLDER = os.environ["GRADER_STAGE"]
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LONGEST_SAYING = 300
STILL_ROUNDS = 30
"""For so many looks, a millisecond apart, nobody has moved: nobody is just ending."""
ENDING_ROUNDS = 3000


def furnish() -> None:
    """Makes the answer, the scenario and the kit's tools importable, and lets SIGUSR1 tell this process's lines."""
    if FOLDER not in sys.path:
        sys.path.append(FOLDER)  # behind the standard library, so that nothing in it can stand in front
    kit = sys.modules.setdefault("grader", ModuleType("grader"))
    kit.__path__ = [PACKAGE]
    if "grader.checks" not in sys.modules:
        sys.modules["grader.checks"] = _tools()
    from grader.processes import life

    _listen()
    os.register_at_fork(after_in_child=_listen)
    life.note_segments(FOLDER)
    life.note_semaphores(FOLDER)
    life.note_forks(FOLDER)
    if os.environ.get("GRADER_GATE") and __name__ != "__main__":
        _put_under_control(-os.getpid())


def _put_under_control(number: int) -> Any:
    """From now on steps park, and what is imported from the folder has its loads and stores rewritten."""
    from importlib.machinery import FileFinder

    from grader.processes import points
    from grader.processes.files import gate_files
    from grader.processes.gate import Gate
    from grader.processes.rewriting import Loader

    gate = Gate(FOLDER, number)
    points.install(gate)
    gate_files(gate, FOLDER)
    made: Any = lambda name, path: Loader(name, path, gate)  # noqa: E731
    sys.path_hooks.insert(0, _only_in_folder(FileFinder.path_hook((made, [".py"]))))
    sys.path_importer_cache.pop(FOLDER, None)
    return gate


def _only_in_folder(hook: Any) -> Any:
    def find(path: str) -> Any:
        if path != FOLDER:
            raise ImportError
        return hook(path)

    return find


def _tools() -> ModuleType:
    """What a scenario imports as `grader.checks`: its tools; what only the parent needs is there, and of no use."""
    module = ModuleType("grader.checks")
    path = os.path.join(PACKAGE, "checks", "tools.py")
    module.__dict__.update(_pause=lambda: None, scenario=lambda function: function, __getattr__=_stays_outside)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def _stays_outside(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)

    def useless(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{name} belongs to the parent: a scenario says what it saw, and judges nothing")

    return useless


def _listen() -> None:
    lines = open(os.path.join(FOLDER, f"lines.{os.getpid()}"), "wb", 0)  # noqa: SIM115  (faulthandler keeps it)
    faulthandler.register(signal.SIGUSR1, file=lines, all_threads=True)


def main() -> None:
    """Runs the scenario of job.json and writes result.json; the supervisor reads it when this process has stopped."""
    with open(os.path.join(FOLDER, "job.json"), encoding="utf-8") as file:
        job = json.load(file)
    os.chdir(FOLDER)
    _set_start_method(job["start_method"])
    _note_pairs()
    me = os.getpid()
    gc.freeze()  # the collection at the end is for what the answer left
    result = _played(job)
    if os.getpid() != me:
        _mark("strayed")
        os._exit(0)
    gc.collect()
    _let_helpers_end()
    _write("result.json", {**result, "own": _own_descriptors()})
    os.kill(me, signal.SIGSTOP)


def bring_forth() -> None:
    """For each line that comes in: one process, orphaned at once so that the supervisor gets it, plays the scenario."""
    for name in ("json", "multiprocessing.managers", "multiprocessing.queues", "concurrent.futures.process"):
        importlib.import_module(name)  # once for all
    from grader.processes import points, rewriting  # noqa: F401

    # What is frozen is not touched by the collector, so that its pages stay shared with every fork.
    gc.collect()
    gc.freeze()
    while sys.stdin.readline():
        middle = os.fork()
        if middle == 0:
            if os.fork() == 0:
                _play_under_control()
            os._exit(0)
        os.waitpid(middle, 0)


def _play_under_control() -> None:
    with open(os.path.join(FOLDER, "job.json"), encoding="utf-8") as file:
        job = json.load(file)
    os.setsid()
    os.chdir(FOLDER)
    gate = _put_under_control(0)
    _set_start_method(job["start_method"])
    _note_pairs()
    me = os.getpid()
    try:
        answer = importlib.import_module(job["module"])
        scenario = getattr(importlib.import_module(job["file"].removesuffix(".py")), job["scenario"])
        gate.park("yield", "", None)
        result = {"ending": "returned", "value": _plain(scenario(answer, **job["arguments"]))}
    except BaseException as error:
        result = {"ending": "raised", **_told(error, job["files"])}
    if os.getpid() == me:
        _write("result.json", result)
        gate.say("over")
        signal.pause()
    os._exit(0)


def _set_start_method(asked: str | None) -> None:
    """Where none is asked for, an answer may set one; the default is not Python's, which is another from 3.14 on: a
    verdict does not depend on the version."""
    if asked:
        multiprocessing.set_start_method(asked)
    else:
        context: Any = multiprocessing.context
        context._default_context._default_context = multiprocessing.get_context("fork")


def _played(job: dict[str, Any]) -> dict[str, Any]:
    from grader.processes.children import Children
    from grader.processes.life import Unheard

    one_lock = getattr(sys, "_is_gil_enabled", lambda: True)  # taken before the answer can put another there
    unheard = Unheard()
    unheard.install()
    try:
        answer = importlib.import_module(job["module"]) if job["module"] else None
        scenario = getattr(importlib.import_module(job["file"].removesuffix(".py")), job["scenario"])
        locks = [one_lock()]
        os.kill(os.getpid(), signal.SIGSTOP)
        with Children() as children:
            value = scenario(answer, **job["arguments"])
        # An extension can switch the lock on at any time: what counts is before and after.
        locks.append(one_lock())
        return {
            "ending": "returned",
            "value": _plain(value),
            "daemons": children.daemons(),
            "exit_codes": children.exit_codes(),
            "unheard": unheard.told(),
            "locks": locks,
        }
    except BaseException as error:
        return {"ending": "raised", **_told(error, job["files"])}


def _let_helpers_end() -> None:
    """Waits until only threads of the answer are left, or nobody moves. The library's helpers (of a queue that is gone,
    of a program that asyncio has waited for) end when they get a processor, and the kernel takes its time, too."""
    from grader.processes import kernel

    me, still, last = os.getpid(), 0, None
    answers = sum(map(_is_of_answer, threading.enumerate()))
    for _ in range(ENDING_ROUNDS):
        threads = kernel.threads(me)
        if len(threads) <= 1 + answers or still == STILL_ROUNDS:
            return
        moved = {tid: (kernel.time_spent(me, tid), kernel.state(me, tid)) for tid in threads if tid != me}
        waits = all(state == "S" for _, state in moved.values())
        still, last = (still + 1 if waits and moved == last else 0), moved
        time.sleep(0.001)


def _is_of_answer(thread: threading.Thread) -> bool:
    """Whether it runs what the answer wrote, or something that has no code to tell by."""
    code = getattr(getattr(thread, "_target", None) or thread.run, "__code__", None)
    return code is None or os.path.dirname(code.co_filename) == FOLDER


def _told(error: BaseException, files: list[str]) -> dict[str, Any]:
    """The exception in words, and the innermost place in the answer's own files."""
    place = ("", 0)
    for frame in traceback.extract_tb(error.__traceback__):
        name = os.path.basename(frame.filename)
        if os.path.dirname(frame.filename) == FOLDER and name in files:
            place = (name, frame.lineno or 0)
    try:
        saying = str(error)[:LONGEST_SAYING]
    except BaseException:  # its __str__ is the answer's own code
        saying = "(its text cannot be shown)"
    words = f"{type(error).__name__}: {saying}" if saying else type(error).__name__
    return {"saying": words, "file": place[0], "line": place[1]}


def _plain(value: Any, depth: int = 0) -> Any:
    """Exactly the types of JSON; anything else says what it was. `box.plain` looks again."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple) and depth < 40:
        return [_plain(item, depth + 1) for item in value]
    if kind is dict and depth < 40:
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    return {"not JSON": f"object of type {kind.__name__}"}


def _note_pairs() -> None:
    """Keeps a list of which two sockets are one pair: the kernel does not tell."""
    import socket

    plain = socket.socketpair

    def noted(*args: Any, **kwargs: Any) -> tuple[socket.socket, socket.socket]:
        one, other = plain(*args, **kwargs)
        inodes = [str(os.fstat(each.fileno()).st_ino) for each in (one, other)]
        with open(os.path.join(FOLDER, "pairs"), "a", encoding="ascii") as file:
            file.write(" ".join(inodes) + "\n")
        return one, other

    socket.socketpair = noted


def _own_descriptors() -> list[int]:
    """Those that multiprocessing keeps open for itself, whatever the answer does."""
    mine = [getattr(resource_tracker._resource_tracker, "_fd", None)]
    forkserver = sys.modules.get("multiprocessing.forkserver")
    if forkserver is not None:
        mine.append(forkserver._forkserver._forkserver_alive_fd)
    return [descriptor for descriptor in mine if descriptor is not None] + _of_shared_values()


def _of_shared_values() -> list[int]:
    """Where Value and Array keep what they hold: files of multiprocessing, each open twice, as long as it lives."""
    heap = sys.modules.get("multiprocessing.heap")
    if heap is None or not os.path.exists("/proc/self/fd"):
        return []
    files = {os.fstat(arena.fd).st_ino for arena in heap.BufferWrapper._heap._arenas if arena.fd >= 0}
    found = []
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            if os.fstat(descriptor).st_ino in files:
                found.append(descriptor)
    return found


def _write(name: str, value: Any) -> None:
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(value, file)


def _mark(name: str) -> None:
    with open(os.path.join(FOLDER, name), "w", encoding="ascii"):
        pass


furnish()
if __name__ == "__main__":
    bring_forth() if os.environ.get("GRADER_GATE") else main()
