"""Who waits where, for whom, and who holds the other end: one sentence a process, without pids or addresses."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

from grader.processes import kernel
from grader.processes.watch import Role, Watch

DUMP_ROUNDS = 200
"""Milliseconds that a process has to tell its lines."""
_READS = ("read", "readv", "recvfrom", "recvmsg")
_WRITES = ("write", "writev", "sendto", "sendmsg")
_BEGINNINGS = (("_bootstrap", "multiprocessing/process.py"), ("_launch", "multiprocessing/popen_fork.py"))
_FRAME = re.compile(r'  File "(.*)", line (\d+) in (.*)')


class Frame(NamedTuple):
    path: str
    line: int
    function: str


class Place(NamedTuple):
    """A line of the answer, and what it called there (empty: something without a Python frame)."""

    file: str
    line: int
    function: str
    call: str


class Witness:
    """Asks the living processes of a run where they are."""

    def __init__(self, watch: Watch, folder: str, files: Collection[str]) -> None:
        self._watch = watch
        self._folder = folder
        self._files = files
        self._names = self._numbered()
        self._pairs = _pairs(folder)

    def of_standstill(self, names: Mapping[int, str], known: Mapping[int, str]) -> list[str]:
        """A sentence for each process of a controlled run; of those at the gate it is `known` what they wait for."""
        self._names = dict(names)
        told = [f"{self.name(pid)}{known[pid]}" for pid in sorted(known)]
        return [*told, *self.of_deadlock(frozenset(known))[0]]

    def of_deadlock(self, told: Collection[int] = ()) -> tuple[list[str], Place | None]:
        """A sentence for each process that waits, but those already `told` of, and the line to point at."""
        present = [pid for pid in self._present() if pid not in told]
        calls = {pid: kernel.blocked_in(pid, pid) for pid in present}
        # Before anybody is asked: the signal may cut a write short, and then its process moves on.
        reasons = {pid: self._reason(pid, calls[pid]) for pid in present}
        draining = {pid: _draining(pid) for pid in present}
        stopped = [pid for pid in present if self._watch.stopped(pid)]
        said = [f"{self.name(pid)} was stopped by a signal, and nobody lets it go on" for pid in stopped]
        places: list[Place] = []
        for pid, threads in self._ask([pid for pid in present if pid not in stopped]).items():
            place = self._place(threads[0]) if threads else None
            reason = draining[pid] if _is_draining(threads) else reasons[pid]
            said.append(f"{self.name(pid)} waits{_where(calls[pid], place, threads)}{reason}")
            places += [place] if place else []
            others = sorted({at for thread in threads[1:] if (at := self._place(thread))})
            said += [
                f"a thread of {self.name(pid)} waits in {at.call or 'a call'} at {at.file}:{at.line}" for at in others
            ]
        return said, places[0] if places else None

    def of_timeout(self, sources: dict[str, str]) -> tuple[list[str], Place | None]:
        """Which function of the answer each process is in. Not the line: that would be another one each time."""
        said: list[str] = []
        first: Place | None = None
        for pid, threads in self._ask(self._present()).items():
            frames = [frame for thread in threads for frame in reversed(thread) if self._is_answer(frame)]
            if not frames:
                continue
            name, function = os.path.basename(frames[0].path), frames[0].function
            said.append(f"{self.name(pid)} is still in {function}()")
            first = first or Place(name, _line_of(function, sources.get(name, "")), function, "")
        return said, first

    def of_no_end(self) -> str:
        """What keeps the parent from ending after its scenario. A function, not a line, as for a timeout."""
        parent = self._watch.parent
        call, draining = kernel.blocked_in(parent, parent), _draining(parent)
        threads = self._ask([parent])[parent]
        busy = [frame.function for thread in threads for frame in reversed(thread) if self._is_answer(frame)]
        if busy:
            reason = f": a thread of the parent is still in {busy[0]}()"
        elif _is_draining(threads):
            reason = f": it waits{draining}"
        elif _is_in("_shutdown", threads):
            reason = ": it waits for a thread"
        else:
            reason = f": it waits{self._reason(parent, call)}" if call and call.name in ("wait4", "waitid") else ""
        return f"the program does not end{reason}"

    def name(self, pid: int) -> str:
        return self._names.get(pid, "a program that was started")

    def _present(self) -> list[int]:
        return [p for p in self._watch.processes() if self._watch.role(p) is not Role.HELPER and self._watch.alive(p)]

    def _numbered(self) -> dict[int, str]:
        """Every Python process of the run left a file named after it, the dead too, so the numbers do not shift."""
        left = sorted(int(name.partition(".")[2]) for name in os.listdir(self._folder) if name.startswith("lines."))
        born = [pid for pid in left if self._watch.role(pid) is Role.CHILD]
        names = {pid: f"child {number}" for number, pid in enumerate(born, 1)}
        return {**names, self._watch.parent: "the parent"}

    def _ask(self, pids: list[int]) -> dict[int, list[list[Frame]]]:
        """The stacks of their threads, innermost frame first, the main thread first. Empty for one that cannot tell."""
        willing = {pid: f"{self._folder}/lines.{pid}" for pid in pids if kernel.catches(pid, signal.SIGUSR1)}
        willing = {pid: path for pid, path in willing.items() if os.path.exists(path)}
        # All at once: writing down its stack takes a process longer than it takes us to reach the next.
        for pid in willing:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGUSR1)
        stacks: dict[int, list[list[Frame]]] = {pid: [] for pid in pids}
        return stacks | {pid: _stacks(_complete(path)) for pid, path in willing.items()}

    def _is_answer(self, frame: Frame) -> bool:
        return os.path.dirname(frame.path) == self._folder and os.path.basename(frame.path) in self._files

    def _place(self, frames: list[Frame]) -> Place | None:
        for number, frame in enumerate(frames):
            if self._is_answer(frame):
                call = f"{frames[number - 1].function}()" if number else ""
                return Place(os.path.basename(frame.path), frame.line, frame.function, call)
        return None

    def _reason(self, pid: int, call: kernel.Call | None) -> str:
        if call is None:
            return ""
        if call.name in ("wait4", "waitid"):
            awaited = call.arguments[0 if call.name == "wait4" else 1]
            return f" for {self.name(awaited)} to end" if awaited in self._names else " for a child to end"
        if call.name == "futex":
            return " for a lock, or for another thread"
        if call.name in _READS:
            return self._reading(pid, call.arguments[0])
        if call.name in _WRITES:
            return self._writing(pid, call.arguments[0])
        return ""

    def _reading(self, pid: int, number: int) -> str:
        holders = self._holders_of_other_end(pid, number, writes=True)
        if holders == [pid]:
            return f": only {self.name(pid)} itself still has the other end open, so the end of the stream never comes"
        if pid in holders:
            return f": the other end is open in {self._listed(holders)}; its own copy was never closed"
        if holders:
            return f": nothing comes, and the other end is still open in {self._listed(holders)}"
        return ": nothing comes"

    def _writing(self, pid: int, number: int) -> str:
        readers = [holder for holder in self._holders_of_other_end(pid, number, writes=False) if holder != pid]
        if not readers:
            return ": the pipe is full, and nobody else could read from it"
        return f": the pipe is full, and {self._listed(readers)} does not read from it"

    def _holders_of_other_end(self, pid: int, number: int, *, writes: bool) -> list[int]:
        mine = [each.target for each in kernel.descriptors(pid) if each.number == number]
        if not mine:
            return []
        other = self._pairs.get(mine[0], mine[0])
        return [holder for holder in self._present() if _holds(holder, other, writes, is_pipe=other == mine[0])]

    def _listed(self, pids: list[int]) -> str:
        return " and ".join(self.name(pid) for pid in pids)


def _holds(pid: int, target: str, writes: bool, *, is_pipe: bool) -> bool:
    for each in kernel.descriptors(pid):
        if each.target == target and (not is_pipe or (each.writes if writes else each.reads)):
            return True
    return False


def _pairs(folder: str) -> dict[str, str]:
    """Which socket is the other end of which."""
    try:
        with open(os.path.join(folder, "pairs"), encoding="ascii") as file:
            lines = [line.split() for line in file]
    except OSError:
        return {}
    both = [(one, other) for one, other in lines] + [(other, one) for one, other in lines]
    return {f"socket:[{one}]": f"socket:[{other}]" for one, other in both}


def _where(call: kernel.Call | None, place: Place | None, threads: list[list[Frame]]) -> str:
    if place:
        return f" in {place.call or _named(call)} at {place.file}:{place.line}"
    return " at its end" if _is_in("_exit_function", threads) else ""


def _draining(pid: int) -> str:
    """Why the thread that feeds a queue of this process would be waited for: for want of a reader, or of a lock."""
    calls = [kernel.blocked_in(pid, tid) for tid in kernel.threads(pid)]
    unread = any(call and call.name in _WRITES for call in calls)
    return " until somebody reads what it put into a Queue" if unread else " for the thread that fills its Queue"


def _is_draining(threads: list[list[Frame]]) -> bool:
    """Whether a process that ends waits for what it put into a queue of multiprocessing to be on its way."""
    return _is_in("_finalize_join", threads)


def _is_in(function: str, threads: list[list[Frame]]) -> bool:
    """Of the main thread."""
    return any(frame.function == function for thread in threads[:1] for frame in thread)


def _complete(path: str) -> str:
    """The text of a file that is just being written, when nothing more has come for a moment."""
    size = 0
    for _ in range(DUMP_ROUNDS):
        time.sleep(0.001)
        was, size = size, os.path.getsize(path)
        if size == was > 0:
            break
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _named(call: kernel.Call | None) -> str:
    return f"os.{call.name}()" if call and call.name in ("read", "write", "readv", "writev") else "a call"


def _stacks(text: str) -> list[list[Frame]]:
    stacks: list[list[Frame]] = []
    for block in _blocks(text):
        frames = [Frame(m[1], int(m[2]), m[3]) for m in map(_FRAME.match, block[1:]) if m]
        frames = list(takewhile(_is_its_own, frames))
        if block[0].startswith("Current thread"):
            stacks.insert(0, frames)
        else:
            stacks.append(frames)
    return stacks


def _is_its_own(frame: Frame) -> bool:
    """What called the beginning of a forked child is its parent's past."""
    return not any(frame.function == name and frame.path.endswith(file) for name, file in _BEGINNINGS)


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if line.startswith(("Thread ", "Current thread ")):
            if block:
                yield block
            block = [line]
        elif block:
            block.append(line)
    if block:
        yield block


def _line_of(function: str, source: str) -> int:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return 0
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
    ]
    return lines[0] if lines else 0
