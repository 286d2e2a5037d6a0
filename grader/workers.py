"""Worker processes on this machine: one task at a time each, and a task that breaks its worker costs only itself.

A worker is a fresh interpreter. It runs tasks in its main thread, because a box dies with the thread that started
it. What a worker sends is trusted (it is our own code), so it is pickled; answers never run in it, only boxes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from types import TracebackType
from typing import Any, TypeAlias

from msgspec import Struct

from grader import quiet
from grader.errors import GraderError, InternalError

ATTEMPTS = 2
"""How often a task may lose its worker before it is given up: once can be bad luck of the machine."""


class Task(Struct, frozen=True):
    number: int
    """The caller's name for it."""
    function: Callable[..., Any]
    """A function of a module, so that a fresh interpreter finds it."""
    arguments: tuple[Any, ...]
    seconds: float
    """A worker that takes longer is killed: the backstop behind all limits of the box."""


Outcome: TypeAlias = Any
"""What the task returned, or the GraderError that it raised; InternalError when it lost its workers."""


class _Worker:
    """One process, its end of the pipe, and the task that it has."""

    def __init__(self, shared: Sequence[Path]) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs, os.getpid(), shared), daemon=False)
        self.process.start()
        theirs.close()  # or the end of the worker would not be the end of the stream
        self.task: Task | None = None
        self.deadline = 0.0

    def begin(self, task: Task) -> None:
        self.task, self.deadline = task, monotonic() + task.seconds
        self.pipe.send((task.function, task.arguments))

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()


class LocalPool:
    """Runs tasks in `size` worker processes. A context manager: at its end no worker is left."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()
        self._losses: dict[int, int] = {}
        # Files without a name, which workers open anew through /proc: whoever kills us leaves nothing behind.
        self._locks = [TemporaryFile() for _ in range(2)]  # noqa: SIM115  (closed at the end)

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        for file in self._locks:
            file.close()

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def next(self) -> tuple[int, Outcome] | None:
        """Wait for the next task to be finished; its number and outcome. None when there is nothing left to do."""
        while self._waiting or any(worker.task for worker in self._workers):
            self._hand_out()
            for worker in self._ready():
                outcome = self._collect(worker)
                if outcome is not None:
                    return outcome
        return None

    def _hand_out(self) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while self._waiting and (idle or len(self._workers) < self._size):
            worker = idle.pop() if idle else self._hire()
            task = self._waiting.popleft()
            try:
                worker.begin(task)
            except OSError:  # it died between two tasks: not this task's doing
                self._dismiss(worker)
                self._waiting.appendleft(task)

    def _hire(self) -> _Worker:
        shared = [Path(f"/proc/{os.getpid()}/fd/{file.fileno()}") for file in self._locks]
        self._workers.append(_Worker(shared))
        return self._workers[-1]

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.kill()

    def _ready(self) -> list[_Worker]:
        """The workers that have said something, have died, or are over their time."""
        busy = {worker.pipe: worker for worker in self._workers if worker.task}
        patience = max(0.0, min(worker.deadline for worker in busy.values()) - monotonic())
        heard = wait(list(busy), patience)
        if heard:
            return [busy[pipe] for pipe in heard if isinstance(pipe, Connection)]
        return [worker for worker in busy.values() if worker.deadline <= monotonic()]

    def _collect(self, worker: _Worker) -> tuple[int, Outcome] | None:
        task = worker.task
        assert task is not None  # only busy workers are ready
        try:
            outcome = worker.pipe.recv() if worker.pipe.poll() else None
        except (EOFError, OSError):
            outcome = None
        if outcome is None:
            return self._lost(worker, task)
        worker.task = None
        return task.number, outcome[0]

    def _lost(self, worker: _Worker, task: Task) -> tuple[int, Outcome] | None:
        late = worker.deadline <= monotonic()
        worker.process.join(0 if late else 1)
        how = f"took longer than {task.seconds:g} s" if late else f"died ({_ending(worker.process.exitcode)})"
        self._dismiss(worker)
        losses = self._losses[task.number] = self._losses.get(task.number, 0) + 1
        if losses < ATTEMPTS:
            self._waiting.appendleft(task)
            return None
        return task.number, InternalError(f"the worker process {how}, {losses} times")


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"


def _work(pipe: Connection, parent: int, shared: Sequence[Path]) -> None:
    """The life of a worker: a task in, its outcome out, until the pipe ends."""
    # a handler and not SIG_IGN: ignoring would be inherited by the boxes
    signal.signal(signal.SIGINT, lambda *_: None)
    _die_with(parent)
    with contextlib.suppress(OSError):  # where there is no /proc, timed runs bear company
        quiet.here.share(*shared)
    # Garbage is looked for between two tasks, and not in what the first one imported.
    gc.disable()
    for begun in count():
        try:
            function, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            with quiet.here.at_work():
                outcome = _outcome(function, arguments)
            pipe.send((outcome,))
        except BrokenPipeError:
            return
        gc.collect()
        if begun == 0:
            gc.freeze()


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    try:
        return function(*arguments)
    except GraderError as error:
        return error
    except Exception as error:
        return InternalError(f"{type(error).__name__}: {error}\n{traceback.format_exc()}")


def _die_with(parent: int) -> None:
    """Be killed when the parent is, and the boxes with it. Linux only; elsewhere the end of the pipe tells."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
