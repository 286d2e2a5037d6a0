"""Recorder: an Observer that keeps every step of one execution, with what was read and written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from grader.interleave.looking import peek
from grader.interleave.operations import Operation
from grader.interleave.stand_ins.semaphores import is_semaphore

NOBODY = "wakes nobody"
"""The note of a notification that came when nobody waited. Where nobody waits at the end, it does no harm."""

Result: TypeAlias = Literal["done", "in vain", "never"]


class Told:
    """One step as it was told."""

    __slots__ = (
        "all", "key", "kind", "note", "part", "place", "result", "site", "subject", "thread", "value", "whole", "woken",
    )  # fmt: skip

    def __init__(self, place: int, operation: Operation, subject: object = None, part: str = "") -> None:
        self.thread, self.kind, self.key, self.site, self.whole = operation
        self.place = place
        """Its number within the execution."""
        self.subject = subject
        self.part = part
        self.value = ""
        self.all = ""
        """What the whole holds of which it touches a part."""
        self.note = ""
        self.result: Result = "done"
        self.woken: tuple[int, ...] = ()

    def look(self) -> None:
        """The value as it is now."""
        self.value = peek(self.subject, self.part)
        self.all = peek(self.subject, "") if self.whole >= 0 else self.value


class Recorder:
    """For one execution; call `finish` when it is over."""

    def __init__(self) -> None:
        self.steps: list[Told] = []
        self._written: Told | None = None
        self._holders: dict[int, int] = {}
        self._permits: set[int] = set()
        """Keys of semaphores: they are taken and given back, whatever waits inside them."""

    def finish(self, pending: Mapping[int, Operation], names: Mapping[int, str]) -> list[Told]:
        """What was announced and never done, with a note why: joins and operations that nothing held up left out."""
        self._settle()
        waiting: list[Told] = []
        for thread, operation in sorted(pending.items()):
            told = Told(len(self.steps) + len(waiting), operation)
            if operation.kind == "wait":
                told.note = "waits to be woken"
            elif operation.kind == "await":
                told.note = "is never told to go on"
            elif operation.kind == "acquire" and operation.key in self._holders:
                holder = self._holders[operation.key]
                told.note = f"waits: held by {'itself' if holder == thread else names.get(holder, '?')}"
            else:
                continue
            told.result = "never"
            waiting.append(told)
        return waiting

    def on_step(self, operation: Operation, subject: object, part: str) -> None:
        self._settle()
        told = Told(len(self.steps), operation, subject, part)
        if operation.kind == "wait" and is_semaphore(subject):
            told.kind = "acquire"
            self._permits.add(operation.key)
        self.steps.append(told)
        if operation.kind == "read":
            told.look()
        elif operation.kind == "write":
            self._written = told
        elif operation.kind == "sleep":
            told.value = f"{subject:g} s"
        elif operation.kind in ("acquire", "try", "wait"):
            self._holders[operation.key] = operation.thread
        if told is not self._written:
            # Not kept: it may die, which the program may see.
            told.subject = None

    def on_failed(self, thread: int, key: int) -> None:
        told = self.steps[-1]
        told.note = "in vain" if told.kind == "try" else "timed out"
        told.result = "in vain"
        if self._holders.get(key) == thread:
            del self._holders[key]

    def on_release(self, thread: int, key: int, site: int) -> None:
        self._settle()
        self._holders.pop(key, None)
        self.steps.append(Told(len(self.steps), Operation(thread, "release", key, site)))

    def on_notify(self, thread: int, key: int, woken: tuple[int, ...], site: int) -> None:
        self._settle()
        told = Told(len(self.steps), Operation(thread, "release" if key in self._permits else "notify", key, site))
        told.woken = woken
        told.note = "" if woken or told.kind == "release" else NOBODY
        self.steps.append(told)

    def on_spawn(self, parent: int, child: int, name: str, site: int) -> None:  # noqa: ARG002
        self._settle()

    def on_end(self, thread: int) -> None:  # noqa: ARG002
        self._settle()

    def on_jump(self, now: float) -> None:
        """The clock is no step."""

    def _settle(self) -> None:
        # A write is told before it is done; at the next event, whoever's it is, the value is there.
        if self._written is not None:
            self._written.look()
            self._written.subject = None
            self._written = None
