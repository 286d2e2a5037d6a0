"""Which calls of the standard library are steps of a controlled run: they park at the gate, then do what they did.

    synchronize   Lock, RLock, Semaphore: acquire is a step, release is told; Event, Condition
    queues        put, get, empty of Queue, JoinableQueue and SimpleQueue
    connection    send, recv, wait, where a line of the answer calls them: the library's own talk is no step
    process       start, join, is_alive; a child's first and last moment
    managers      every call of a proxy
    os            read, write, waitpid, fork; time.sleep, which takes no time

A step that might wait parks until it need not, so that of several who wait one goes on, and it is the schedule
that says which. A timeout fires only when nobody else can move. Standard library only; patched once a process.
"""

from __future__ import annotations

import os
import queue
import select
import time
from collections.abc import Callable
from functools import partial, wraps
from multiprocessing import connection, managers, process, queues, synchronize
from typing import Any

from grader.processes.gate import Gate, Key, short

_READS = frozenset(
    {"__getitem__", "__len__", "__contains__", "__iter__", "__getattribute__", "__str__", "__repr__", "get", "copy",
     "keys", "values", "items", "count", "index", "empty", "qsize", "full", "is_set"}
)  # fmt: skip


def install(gate: Gate) -> None:
    """Puts the gate in front of the standard library's calls, in this process and in those forked from it."""
    _semaphores(gate)
    _events(gate)
    _queues(gate)
    _connections(gate)
    _processes(gate)
    _proxies(gate)
    _system(gate)


def key_of_lock(lock: Any) -> Key:
    # A lock that only forked children share has no name any more, but one address in all of them.
    return f"sem:{lock._semlock.name or lock._semlock.handle}"


_REENTERS = 0
"""What `_multiprocessing` calls RECURSIVE_MUTEX."""


def is_free(lock: Any) -> bool:
    """Whether the calling process could take it at once."""
    real = lock._semlock
    return bool(not real._is_zero() or (real.kind == _REENTERS and real._is_mine()))


def _semaphores(gate: Gate) -> None:
    def acquire(lock: Any, block: bool = True, timeout: float | None = None) -> bool:
        place = gate.place()
        if place is None:
            return bool(lock._semlock.acquire(block, timeout))
        waits = partial(is_free, lock) if block else None
        kind = "acquire" if block and timeout is None else "try"
        went = gate.park(kind, key_of_lock(lock), place, waits, late=timeout is not None)
        # Somebody who does not park may have been faster.
        taken = went and bool(lock._semlock.acquire(False) or (block and lock._semlock.acquire(True, timeout)))
        if not taken:
            gate.say("failed", key=key_of_lock(lock))
        return taken

    def release(lock: Any) -> None:
        lock._semlock.release()
        gate.say("released", key=key_of_lock(lock), place=gate.place())

    def make_methods(lock: Any) -> None:
        lock.acquire, lock.release = partial(acquire, lock), partial(release, lock)

    base: Any = synchronize.SemLock
    base._make_methods = make_methods
    base.__enter__ = acquire
    base.__exit__ = lambda lock, *_exc: release(lock)


def _events(gate: Gate) -> None:
    event: Any = synchronize.Event
    wait = event.wait

    def waited(self: Any, timeout: float | None = None) -> bool:
        place = gate.place()
        if place is None:
            return bool(wait(self, timeout))
        is_set = lambda: not self._flag._semlock._is_zero()  # noqa: E731
        went = gate.park("wait", key_of_lock(self._flag), place, is_set, late=timeout is not None)
        with gate.inside():
            return bool(wait(self, None if went else 0))

    event.wait = waited
    for name, kind in (("set", "notify"), ("clear", "write"), ("is_set", "read")):
        _gated(gate, event, name, kind, lambda self: key_of_lock(self._flag))
    condition: Any = synchronize.Condition
    for name, kind in (("wait", "wait"), ("notify", "notify"), ("notify_all", "notify")):
        _gated(gate, condition, name, kind, lambda self: key_of_lock(self._lock))


def _gated(gate: Gate, owner: Any, name: str, kind: str, key: Callable[[Any], Key], show: bool = False) -> None:
    """Makes a step of a method that does not wait, or that may wait as it likes."""
    plain = getattr(owner, name)

    @wraps(plain)
    def gated(self: Any, *args: Any, **kwargs: Any) -> Any:
        return gate.step(kind, key(self), lambda: plain(self, *args, **kwargs), show=show)

    setattr(owner, name, gated)


def _queues(gate: Gate) -> None:
    plain = queues.Queue.get

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        place = gate.place()
        if place is None or self._closed:
            return plain(self, block, timeout)
        ready = partial(_has_item, self) if block else None
        if not gate.park("wait", _key_of_pipe(self._reader), place, ready, late=timeout is not None):
            gate.say("failed", key=_key_of_pipe(self._reader))
            raise queue.Empty
        with gate.inside():
            item = plain(self, block)
        gate.say("value", text=short(item))
        return item

    queues.Queue.get = get  # type: ignore[method-assign]
    for owner in (queues.Queue, queues.JoinableQueue):
        owner.put = _put(gate, owner.put)  # type: ignore[method-assign]
    for kind in (queues.Queue, queues.SimpleQueue):
        _gated(gate, kind, "empty", "read", lambda self: _key_of_pipe(self._reader), show=True)
    simple: Any = queues.SimpleQueue
    simple_get, simple_put = simple.get, simple.put
    simple.get = lambda self: gate.step(
        "wait", _key_of_pipe(self._reader), partial(simple_get, self), partial(_has_item, self), show=True
    )
    # The workers of a pool have closed the end that they do not use.
    simple.put = lambda self, item: gate.step("notify", _key_of_pipe(self._writer), partial(simple_put, self, item))


def _put(gate: Gate, plain: Callable[..., None]) -> Callable[..., None]:
    def put(self: Any, obj: Any, block: bool = True, timeout: float | None = None) -> None:
        place = gate.place()
        if place is None or self._closed:
            return plain(self, obj, block, timeout)
        room = (lambda: is_free(self._sem)) if block else None
        if not gate.park("notify", _key_of_pipe(self._reader), place, room, late=timeout is not None):
            gate.say("failed", key=_key_of_pipe(self._reader))
            raise queue.Full
        with gate.inside():
            plain(self, obj, block)
        gate.say("value", text=short(obj))
        return None

    return put


def _has_item(self: Any) -> bool:
    return is_free(self._rlock) and bool(self._reader._poll(0))


def _key_of_pipe(conn: Any) -> Key:
    """The same for both ends."""
    return f"pipe:{os.fstat(conn.fileno()).st_ino}"


def _connections(gate: Gate) -> None:
    conn: Any = connection.Connection
    for name in ("recv", "recv_bytes"):
        plain = getattr(conn, name)
        setattr(conn, name, _receive(gate, plain))
    for name in ("send", "send_bytes"):
        setattr(conn, name, _send(gate, getattr(conn, name)))
    wait: Any = connection.wait

    def waited(object_list: Any, timeout: float | None = None) -> Any:
        place = gate.place() if gate.called_directly(1) else None
        objects = list(object_list)
        if place is None:
            return wait(objects, timeout)
        can_wait = timeout is None or timeout > 0
        went = gate.park("wait", "", place, (lambda: bool(wait(objects, 0))) if can_wait else None, late=can_wait)
        with gate.inside():
            return wait(objects, timeout if timeout is None and went else 0)

    connection.wait = waited


def _send(gate: Gate, plain: Callable[..., Any]) -> Callable[..., Any]:
    def send(self: Any, *args: Any) -> Any:
        if not gate.called_directly(1):
            return plain(self, *args)
        return gate.step("notify", _key_of_pipe(self), lambda: plain(self, *args))

    return send


def _receive(gate: Gate, plain: Callable[..., Any]) -> Callable[..., Any]:
    def receive(self: Any, *args: Any) -> Any:
        if not gate.called_directly(1):
            return plain(self, *args)
        ready = lambda: self.closed or self._poll(0)  # noqa: E731
        return gate.step("wait", _key_of_pipe(self), lambda: plain(self, *args), ready, show=True)

    return receive


def _processes(gate: Gate) -> None:
    base: Any = process.BaseProcess
    start, join, bootstrap, is_alive = base.start, base.join, base._bootstrap, base.is_alive

    def started(self: Any) -> None:
        place = gate.place()
        number = self._gate_number = gate.next_child(type(self).__name__ if place is None else self.name)
        if place is not None:
            gate.park("start", f"proc:{number}", place)
        gate.starting = True
        try:
            with gate.inside():
                start(self)
        finally:
            gate.starting = False

    def joined(self: Any, timeout: float | None = None) -> Any:
        place = gate.place()
        if place is None or self._popen is None:
            return join(self, timeout)
        ended = lambda: self._popen.poll() is not None  # noqa: E731
        went = gate.park("join", f"proc:{self._gate_number}", place, ended, late=timeout is not None)
        with gate.inside():
            return join(self, None if went else 0)

    def bootstrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        gate.starting = False
        gate.become(self._gate_number)
        gate.park("yield", "", None)
        try:
            return bootstrap(self, *args, **kwargs)
        finally:
            gate.say("end")

    base.start, base.join, base._bootstrap = started, joined, bootstrapped

    def lives(self: Any) -> bool:
        if not gate.called_directly(1):
            return bool(is_alive(self))
        return bool(gate.step("read", f"proc:{getattr(self, '_gate_number', -1)}", partial(is_alive, self), show=True))

    base.is_alive = lives


def _proxies(gate: Gate) -> None:
    base: Any = managers.BaseProxy
    plain = base._callmethod

    def called(self: Any, methodname: str, args: Any = (), kwds: Any = {}) -> Any:  # noqa: B006  (as in the library)
        place = gate.place()
        key = f"proxy:{self._token.id}"
        if place is None or methodname == "release":
            return plain(self, methodname, args, kwds)
        kind = "read" if methodname in _READS else "acquire" if methodname == "acquire" else "write"
        gate.park(kind, key, place)
        with gate.inside():
            value = plain(self, methodname, args, kwds)
        gate.say("value", text=short(value) if kind == "read" else short(args[-1]) if args else "")
        return value

    base._callmethod = called


def _system(gate: Gate) -> None:
    """Only what a line of the answer calls itself: the library's own reads and writes are no steps."""
    read, write, waitpid, sleep = os.read, os.write, os.waitpid, time.sleep

    def readable(fd: int) -> bool:
        return bool(select.select([fd], [], [], 0)[0])

    def key(fd: int) -> Key:
        return f"pipe:{os.fstat(fd).st_ino}"

    def read_from(fd: int, size: int) -> bytes:
        if not gate.called_directly(1):
            return read(fd, size)
        return gate.step("wait", key(fd), partial(read, fd, size), partial(readable, fd), show=True)  # type: ignore[no-any-return]

    def write_to(fd: int, data: Any) -> int:
        if not gate.called_directly(1):
            return write(fd, data)
        return gate.step("notify", key(fd), partial(write, fd, data), told=bytes(data[:40]))  # type: ignore[no-any-return]

    os.read, os.write = read_from, write_to

    def waited(pid: int, options: int) -> tuple[int, int]:
        if options & os.WNOHANG or not gate.called_directly(1):
            return waitpid(pid, options)
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        ended = lambda: pid <= 0 or os.waitid(os.P_PID, pid, flags) is not None  # noqa: E731
        return gate.step("wait", "", lambda: waitpid(pid, options), ended)  # type: ignore[no-any-return]

    def slept(seconds: Any) -> None:
        place = gate.place()
        if place is None:
            sleep(seconds)
        else:
            gate.park("sleep", "", place)
            gate.say("value", text=f"{seconds:g} s")

    os.waitpid, time.sleep = waited, slept
    _forks(gate)


def _forks(gate: Gate) -> None:
    coming: list[int] = []

    def before() -> None:
        coming[:] = [] if gate.starting or gate.nobody_yet else [gate.next_child()]

    def in_child() -> None:
        if coming:
            gate.become(coming[0])
            gate.park("yield", "", None)

    os.register_at_fork(before=before, after_in_child=in_child)
