"""One execution of real processes under a schedule: everybody parks at the gate, one goes on, all settle, again.

No primitive is modelled: the kernel is the model. After each step the supervisor waits until the whole tree has
settled: every thread that is not parked waits in a call that only somebody else can end. Then those parked say
whether they could go on (a lock is free, something has arrived), and the strategy chooses among them. When nobody
can go on, the first timeout fires; when there is none, it is a deadlock. So time never decides anything.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from grader.interleave.execution import Execution, Failure, Observer, Site
from grader.interleave.operations import Operation, thread_key
from grader.interleave.recorder import Recorder, Told
from grader.interleave.strategies import Strategy
from grader.processes import kernel
from grader.processes.gate import GO, LATE
from grader.processes.hearing import Hearing
from grader.processes.life import forks_beside_threads
from grader.processes.nursery import Nursery
from grader.processes.watch import Role, Watch
from grader.processes.words import Witness

LOOK_SECONDS = 0.001
COUNT_SECONDS = 0.25
TICK_SECONDS = 0.012
"""Who waits for the GIL wakes every 5 ms; a thread in a timed wait that has not run for longer than this sleeps."""
_KINDS = ("read", "write", "acquire", "try", "wait", "notify", "sleep", "start", "join", "yield")

Mark = bytes


class Actor:
    """A process of the run that parks."""

    __slots__ = ("late", "number", "operation", "pid", "refused", "waits")

    def __init__(self, number: int, pid: int) -> None:
        self.number = number
        self.pid = pid
        self.operation: Operation | None = None
        """What it parks before; None while it goes on."""
        self.waits = False
        """It parks before something that it might have to wait for."""
        self.late = False
        """That has a timeout."""
        self.refused = -1
        """How often the lock that it waits for had been released when it said that it could not go on."""


class Record(Recorder):
    """A recorder that is told values instead of looking for them: they are in other processes."""

    def on_step(self, operation: Operation, subject: object, part: str) -> None:  # noqa: ARG002
        self.steps.append(Told(len(self.steps), operation, None, part))
        if operation.kind in ("acquire", "try"):
            self._holders[operation.key] = operation.thread

    def holder(self, key: int) -> int:
        """Who holds the lock; -1 for nobody."""
        return self._holders.get(key, -1)

    def tell_value(self, thread: int, value: str) -> None:
        """What the last step of `thread` read or wrote."""
        last = next((told for told in reversed(self.steps) if told.thread == thread), None)
        if last is not None and last.kind in ("read", "write", "sleep", "wait", "notify"):
            last.value = value


class Sites:
    """The places that steps come from, numbered as they are met. Shared by all executions of one search."""

    def __init__(self, answer: Sequence[str]) -> None:
        self.all: list[Site] = []
        self._answer = answer
        self._numbers: dict[tuple[str, int, str], int] = {}

    def number(self, place: Any) -> int:
        """-1 for what is no place."""
        match place:
            case [str(file), int(line), str(words)]:
                known = self._numbers.setdefault((file, line, words), len(self.all))
                if known == len(self.all):
                    self.all.append(Site(file, line, words, file not in self._answer))
                return known
        return -1


class Controlled:
    """One execution; new for each. `run` gives it as the engine would have, so that all that is built on that works."""

    def __init__(self, nursery: Nursery, sites: Sites, files: Mapping[str, str], limit: int, seconds: float) -> None:
        self._nursery = nursery
        self._watch: Watch = nursery.watch
        self._files = files
        self._sites = sites
        self._limit = limit
        self._seconds = seconds
        self.record = Record()
        self._observers: list[Observer] = [self.record]
        self._actors: dict[int, Actor] = {}
        self._names = {0: "the parent"}
        self._keys: dict[str, int] = {}
        self._settled: dict[int, Mark] = {}
        """Of threads in a timed wait: what they had run when everything was settled last."""
        self._since: dict[int, tuple[Mark, float]] = {}
        self._releases: dict[int, int] = {}
        self._spent_before = -1.0
        self._next_count = 0.0
        self._over = False
        self._execution = Execution()

    def run(self, strategy: Strategy, observers: Sequence[Observer] = ()) -> Execution:
        """Plays it once, to its end, or until it has made too many steps, or computed too long without one."""
        self._observers += observers
        self._hearing = Hearing(self._nursery.folder, self._nursery.bring_forth())
        try:
            self._play(strategy)
            self._conclude()
        finally:
            self._hearing.close()
            self._watch.kill()
        strategy.end(self._execution)
        return self._execution

    def _play(self, strategy: Strategy) -> None:
        execution, current = self._execution, -1
        while True:
            ended = self._settle()
            if ended:
                execution.ending = ended
                return
            pending = {actor.number: actor.operation for actor in self._parked() if actor.operation}
            if (runnable := self._runnable()) is None:
                continue
            if not runnable:
                if self._time_passes():
                    continue
                execution.ending = "deadlock"
                return
            if len(execution.choices) >= self._limit:
                execution.ending = "livelock"
                return
            chosen = strategy.choose(runnable, pending, current)
            if chosen not in runnable:
                execution.abandoned = True
                return
            execution.choices.append((pending[chosen], runnable, current))
            current = chosen
            self._let_go(self._actors[chosen])

    def _parked(self) -> list[Actor]:
        return [actor for _, actor in sorted(self._actors.items()) if actor.operation is not None]

    def _runnable(self) -> tuple[int, ...] | None:
        """Who could go on, now that nobody moves. None when somebody has died who was asked: then somebody moved."""
        known = {actor.number: self._could(actor) for actor in self._parked()}
        asked = [number for number, could in known.items() if could is None]
        answers = self._hearing.ready(asked, lambda number: self._watch.answers(self._actors[number].pid))
        for number, actor in ((number, self._actors[number]) for number in asked):
            if number in answers or self._watch.stopped(actor.pid):
                known[number] = answers.get(number, False)
                actor.refused = -1 if known[number] else self._released(actor)
        return tuple(number for number, could in known.items() if could) if None not in known.values() else None

    def _could(self, actor: Actor) -> bool | None:
        """None where only the process itself knows; it is asked when what it waits for may have changed."""
        operation = actor.operation
        assert operation is not None
        if not actor.waits:
            return True
        if operation.kind == "join" and (child := self._actors.get(operation.key // 2)):
            return not self._watch.alive(child.pid)
        return False if operation.kind == "acquire" and actor.refused == self._released(actor) else None

    def _released(self, actor: Actor) -> int:
        assert actor.operation is not None
        return self._releases.get(actor.operation.key, 0)

    def _let_go(self, actor: Actor) -> None:
        self._spent_before, self._next_count = -1.0, time.monotonic() + COUNT_SECONDS
        operation, actor.operation = actor.operation, None
        assert operation is not None
        if operation.kind != "yield":
            for observer in self._observers:
                observer.on_step(operation, None, "value")
        self._hearing.tell(actor.number, GO)

    def _time_passes(self) -> bool:
        """The first timeout fires, now that nobody else can move; whether there was one."""
        late = next((actor for actor in self._parked() if actor.late), None)
        if late is None:
            return False
        late.operation = None
        self._hearing.tell(late.number, LATE)
        return True

    # ---- until nobody moves

    def _settle(self) -> Literal["", "done", "raised", "livelock"]:
        """Waits until all are parked or wait for somebody else. How it ended, when that is over or never comes."""
        before: dict[int, Mark] | None = None
        # Who was let go says a word soon. Looks meanwhile would only take its processor.
        self._hear_all(LOOK_SECONDS)
        while not self._over:
            marks = self._look()
            # Who spoke while we looked was not where we saw it, or has said its last word and is gone.
            if self._hear_all():
                before = None
                continue
            if marks is not None and (marks == before or not marks) and 0 in self._actors:
                self._settled = marks
                self._bury()
                return "" if self._alive() else "raised"
            if marks is None and self._spends_too_much():
                return "livelock"
            before = marks
            if marks is None or 0 not in self._actors:
                # A word wakes us at once; who blocks in the kernel says none.
                self._hear_all(LOOK_SECONDS)
        return "done"

    def _bury(self) -> None:
        """The dead wait for nothing."""
        for actor in self._parked():
            if not self._watch.alive(actor.pid):
                actor.operation = None

    def _hear_all(self, seconds: float = 0) -> bool:
        """Hears what was said, and waits for a first word so long; whether there was one."""
        said = self._hearing.said(seconds)
        for each in said:
            self._hear(each)
        return bool(said)

    def _spends_too_much(self) -> bool:
        """Whether the tree has used up its processor time since somebody was let go. Looked at now and then."""
        now = time.monotonic()
        if now < self._next_count:
            return False
        self._next_count = now + COUNT_SECONDS
        spent = sum(kernel.seconds_spent(pid) for pid in self._watch.processes())
        if self._spent_before < 0:
            self._spent_before = spent
        return spent - self._spent_before > self._seconds

    def _alive(self) -> bool:
        return self._watch.alive(self._actors[0].pid)

    def _look(self) -> dict[int, Mark] | None:
        """What each thread that is not parked has run; None when one of them might still move."""
        parked = {actor.pid for actor in self._parked()}
        marks: dict[int, Mark] = {}
        processes = self._watch.processes()
        # Not ours yet: the process that forked the first has not ended. Or passed over: a list of children that the
        # kernel gives while one of them is taken away may lack another.
        if any(actor.pid not in processes and self._watch.alive(actor.pid) for actor in self._actors.values()):
            return None
        for pid in processes:
            for tid in kernel.threads(pid):
                state = kernel.state(pid, tid)
                if state in ("Z", "X", ""):
                    continue
                if state not in ("S", "T"):
                    return None
                if tid == pid in parked:
                    continue
                call = kernel.blocked_in(pid, tid)
                # Last: when it is the same the next time, then all have slept from the end of this look to that one.
                mark = kernel.time_spent(pid, tid)
                if state == "S" and not self._waits(tid, call, mark):
                    return None
                # Who waits for a fork server waits for what it is doing now; idle it is of no interest.
                if self._watch.role(pid) is not Role.HELPER:
                    marks[tid] = mark
        return marks

    def _waits(self, tid: int, call: kernel.Call | None, mark: Mark) -> bool:
        if call is not None and kernel.waits_for_ever(call):
            return True
        # With a timeout: it sleeps, unless it waits for the GIL for a moment.
        known, since = self._since.get(tid, (b"", 0.0))
        if known != mark:
            self._since[tid] = (mark, time.monotonic())
        return mark == self._settled.get(tid) or (known == mark and time.monotonic() - since > TICK_SECONDS)

    # ---- what they say

    def _hear(self, said: dict[str, Any]) -> None:
        number, pid = said["from"], said.get("pid")
        if not isinstance(pid, int) or number < 0:
            return
        actor = self._actors.get(number)
        if actor is None:
            actor = self._actors[number] = Actor(number, pid)
            if number == 0:
                self._watch.begin(pid)
        match said["word"]:
            case "next" if said.get("kind") in _KINDS:
                actor.operation = self._operation(number, said)
                actor.waits, actor.late, actor.refused = bool(said.get("waits")), bool(said.get("late")), -1
            case "value":
                self.record.tell_value(number, str(said.get("text", "")))
            case "failed":
                for observer in self._observers:
                    observer.on_failed(number, self._key(said.get("key")))
            case "released":
                key = self._key(said.get("key"))
                self._releases[key] = self._releases.get(key, 0) + 1
                if (site := self._sites.number(said.get("place"))) >= 0:
                    for observer in self._observers:
                        observer.on_release(number, key, site)
            case "born":
                self._born(number, said)
            case "end":
                for observer in self._observers:
                    observer.on_step(Operation(number, "wait", thread_key(number), -1), None, "")
            case "over" if number == 0:
                self._over = True

    def _born(self, parent: int, said: dict[str, Any]) -> None:
        child = said.get("child")
        if not isinstance(child, int) or child in self._names:
            return
        of = "" if parent == 0 else f" of {self._names.get(parent, '?')}"
        served = "Manager" in str(said.get("name", ""))
        self._names[child] = "the manager" if served else f"child {child - 100 * parent}{of}"
        for observer in self._observers:
            observer.on_spawn(parent, child, self._names[child], -1)

    def _operation(self, number: int, said: dict[str, Any]) -> Operation:
        return Operation(number, said["kind"], self._key(said.get("key")), self._sites.number(said.get("place")))

    def _key(self, text: object) -> int:
        if not isinstance(text, str) or not text:
            return -1
        kind, _, number = text.partition(":")
        if kind == "proc" and number.isdigit():
            return thread_key(int(number))
        return self._keys.setdefault(text, 2 * len(self._keys))

    # ---- the end

    def _conclude(self) -> None:
        execution = self._execution
        execution.threads = dict(self._names)
        execution.glances = [0] * (len(execution.choices) + 1)
        execution.pending = {actor.number: actor.operation for actor in self._parked() if actor.operation}
        execution.printed = self._text("printed")[:2000]
        if execution.abandoned:
            return
        if execution.ending == "done":
            self._conclude_with(json.loads(Path(self._nursery.folder, "result.json").read_text(encoding="utf-8")))
        elif execution.ending == "raised":
            execution.detail = ("the parent ended before the scenario was over",)
        elif execution.ending == "deadlock":
            execution.detail = tuple(self._who_waits())
        else:
            execution.detail = ("it moves on and on, and does not end",)

    def _conclude_with(self, result: dict[str, Any]) -> None:
        execution = self._execution
        if result["ending"] == "returned":
            execution.value = result["value"]
            return
        execution.ending = "raised"
        kind, _, message = result["saying"].partition(": ")
        execution.error = Failure(0, kind, message, result["file"], result["line"])
        execution.detail = (execution.error.sentence("the parent"),)

    def _who_waits(self) -> list[str]:
        """A sentence for each process: at the gate before a lock or a pipe, or in the kernel."""
        witness = Witness(self._watch, self._nursery.folder, self._files)
        names = {actor.pid: self._names.get(number, "?") for number, actor in self._actors.items()}
        parked = {actor.pid: self._waiting(actor) for actor in self._parked()}
        forks = forks_beside_threads(self._nursery.folder)
        return [*witness.of_standstill(names, parked), *forks]

    def _waiting(self, actor: Actor) -> str:
        operation = actor.operation
        assert operation is not None
        site = self._sites.all[operation.site] if operation.site >= 0 else None
        where = f" at {site.file}:{site.line}" if site else ""
        what = f" in {site.words}" if site and site.words else ""
        if operation.kind == "acquire":
            holder = self.record.holder(operation.key)
            by = "itself" if holder == actor.number else self._names.get(holder, "nobody that still runs")
            return f" waits for {site.words if site else 'a lock'}{where}: held by {by}"
        if operation.kind == "join":
            return f" waits{what}{where} for {self._names.get(operation.key // 2, 'a child')} to end"
        return f" waits{what}{where}: nothing comes"

    def _text(self, name: str) -> str:
        return Path(self._nursery.folder, name).read_text(encoding="utf-8", errors="replace")
