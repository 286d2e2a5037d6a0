"""Deferred: what stands in rewritten code for something that is touched only later, or has no object of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from grader.interleave.instrument.containers import FEEDING

if TYPE_CHECKING:
    from grader.interleave.instrument.iterating import Iterating
    from grader.interleave.instrument.memory import Hooks
    from grader.interleave.instrument.sharing import Sharing


UNBOUND = type("unbound", (), {})
"""What a variable holds before it is bound, and after it was deleted."""


class Cell:
    """Stands for one local variable of one activation that inner functions share."""

    __slots__ = ("__weakref__", "value")

    def __init__(self) -> None:
        self.value: object = UNBOUND
        """What was last told as its new value, for observers."""


class Slot:
    """`container[index]` whose index has been evaluated. It tells and gives the container; the index comes after that,
    from `_k_index()`, so that Python does the access in the program's own frame: no traceback has one of ours."""

    __slots__ = ("_container", "_filled", "_hooks", "_index", "_site")

    def __init__(self, hooks: Sharing, container: Any, index: Any, site: int, filled: int = -1) -> None:
        self._hooks, self._container, self._index, self._site = hooks, container, index, site
        self._filled = filled
        """The site of the value that is put there, if it is a slice."""

    def load(self) -> Any:
        hooks, index = self._hooks, self._index
        container = hooks.item(self._container, index, self._site)
        hooks.indices.append(index)
        return container

    def store(self) -> Any:
        hooks, index = self._hooks, self._index
        if self._filled >= 0:
            container = hooks.filled(self._container, self._filled, self._site)
        else:
            container = hooks.put(self._container, index, self._site)
        hooks.indices.append(index)
        return container

    def delete(self) -> Any:
        container = self._hooks.change(self._container, self._site)
        self._hooks.indices.append(self._index)
        return container


class OwnSlot:
    """`thing.__dict__[name]`, which is the attribute; used as the other is."""

    __slots__ = ("_hooks", "_name", "_site", "_thing")

    def __init__(self, hooks: Sharing, thing: Any, name: Any, site: int) -> None:
        self._hooks, self._thing, self._name, self._site = hooks, thing, name, site

    def load(self) -> Any:
        return self._given(self._hooks.read(self._thing, self._name, self._site))

    def store(self) -> Any:
        return self._given(self._hooks.write(self._thing, self._name, self._site))

    delete = store

    def _given(self, thing: Any) -> Any:
        own = thing.__dict__
        self._hooks.indices.append(self._name)
        return own


class Resumed:
    """A generator that others may resume, too: while it runs for one thread it cannot for another. It is gone over by
    `yield from` as well, and so is sent values, and has one to return."""

    __slots__ = ("_generator", "_hooks", "_site")

    def __init__(self, hooks: Sharing, generator: Any, site: int) -> None:
        self._hooks, self._generator, self._site = hooks, generator, site

    def __iter__(self) -> Resumed:
        return self

    def __next__(self) -> Any:
        return self._resume(self._generator.__next__)

    def send(self, value: Any, /) -> Any:
        return self._resume(self._generator.send, value)

    def throw(self, *what: Any) -> Any:
        return self._resume(self._generator.throw, *what)

    def close(self) -> None:
        # Not told: Python itself may call it at any time, when nobody has the generator any more that goes over this.
        self._generator.close()

    def _resume(self, call: Callable[..., Any], *args: Any) -> Any:
        hooks, generator = self._hooks, self._generator
        hooks.change_at(generator, self._site)
        if generator in hooks.running:
            raise ValueError("generator already executing")
        hooks.running.add(generator)
        try:
            hooks.change_at(generator, self._site)  # it runs, and another thread may come before it yields
            return call(*args)
        finally:
            hooks.running.discard(generator)


class Later:
    """Items of a container or an iterator, each of which is looked at when it is asked for: by several threads, maybe,
    so that this is no generator, which only one can have running."""

    __slots__ = ("_hooks", "_items", "_place", "_site", "_thing")

    def __init__(self, hooks: Iterating, thing: Any, items: Iterator[Any], site: int) -> None:
        self._hooks, self._thing, self._items, self._site = hooks, thing, items, site
        self._place = 0

    def __iter__(self) -> Later:
        return self

    def __next__(self) -> Any:
        self._hooks.look_later(self._thing, self._place, self._site)
        self._place += 1
        return next(self._items)

    def __reduce__(self) -> Any:
        return self._items.__reduce__()


class Method:
    """A container whose method was taken but not yet called: whoever calls it, from wherever, tells."""

    __slots__ = ("_container", "_hooks", "_site")

    def __init__(self, hooks: Hooks, container: Any, site: int) -> None:
        self._hooks, self._container, self._site = hooks, container, site

    def __getattr__(self, name: str) -> Any:
        return Taken(self._hooks, self._container, name, self._site)


class Taken:
    """That method. It is called, compared and printed as what it stands for."""

    __slots__ = ("_container", "_hooks", "_method", "_name", "_site")

    def __init__(self, hooks: Hooks, container: Any, name: str, site: int) -> None:
        self._hooks, self._container, self._name, self._site = hooks, container, name, site
        self._method = getattr(container, name)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        site = self._hooks.called_from(sys._getframe(1), self._site)
        return call_told(self._hooks, self._container, self._name, self._method, site, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._method, name)

    def __eq__(self, other: object) -> bool:
        return bool(self._method == (other._method if isinstance(other, Taken) else other))

    def __hash__(self) -> int:
        return hash(self._method)

    def __repr__(self) -> str:
        return repr(self._method)


class LateMethod:
    """A container whose method is called as soon as the arguments are there: then it tells."""

    __slots__ = ("_container", "_hooks", "_site")

    def __init__(self, hooks: Hooks, container: Any, site: int) -> None:
        self._hooks, self._container, self._site = hooks, container, site

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._container, name)

        def told(*args: Any, **kwargs: Any) -> Any:
            return call_told(self._hooks, self._container, name, method, self._site, args, kwargs)

        return told


def call_told(
    hooks: Hooks, container: Any, name: str, method: Any, site: int, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """`method`, which is `container.name`, is called: what it does to its arguments and to its container is told."""
    with hooks.in_one_go():
        hooks.foreign.tell(method, args, [*kwargs.values()], site)
        base = hooks.use(container, name, site)
    if name in FEEDING:
        args = tuple(hooks.fed(one, container, site) for one in args)
    return (method if base is container else getattr(base, name))(*args, **kwargs)
