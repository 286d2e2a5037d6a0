"""`greenlet` for programs that use it themselves. The engine's threads are greenlets, too, and the two must not meet.

The program's greenlets are real ones of a class of our own, whose parents never lead outside of the thread that made
them: where a thread of the engine is the parent, the program sees a `Root`, which has none, as the main greenlet of a
thread has none in Python. Which greenlet a thread was in when others went on, `Turns.pass_on` remembers.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import greenlet as real  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler
    from grader.interleave.vthread import VThread

_PARENT = real.greenlet.parent


class Root:
    """The greenlet in which a thread of the program begins."""

    parent = None
    dead = False
    gr_frame = None

    def __init__(self, inner: Any, owner: VThread | None, looks_like: type[Any]) -> None:
        self.inner = inner
        self.owner = owner
        self._looks_like = looks_like

    @property
    def __class__(self) -> type[Any]:
        return self._looks_like

    @__class__.setter
    def __class__(self, _: type[Any]) -> None:
        raise TypeError("the greenlet of a thread keeps its class")

    def switch(self, *args: Any, **kwargs: Any) -> Any:
        self._looks_like.check(self)
        return self.inner.switch(*args, **kwargs)

    def throw(self, *args: Any) -> Any:
        self._looks_like.check(self)
        return self.inner.throw(*args)


class Greenlet(real.greenlet):  # type: ignore[misc]
    """What the program knows as `greenlet.greenlet`. Each engine has a class of its own."""

    scheduler: ClassVar[Scheduler]
    roots: ClassVar[dict[int, Root]]
    """By the number of a thread."""

    def __init__(self, run: Any = None, parent: Any = None) -> None:
        self.owner = self._thread()
        if parent is None:
            super().__init__(run)
        else:
            super().__init__(run, self._inner(parent))

    @classmethod
    def _thread(cls) -> VThread | None:
        return cls.scheduler.current.own() if cls.scheduler.running else None

    @classmethod
    def check(cls, target: Any) -> None:
        if target.owner is not cls._thread():
            raise real.error("Cannot switch to a different thread")

    @classmethod
    def outside(cls, one: Any) -> Any:
        """`one` as the program may know it."""
        if one is None or isinstance(one, Greenlet):
            return one
        thread = cls._thread()
        number = thread.number if thread else -1
        if number not in cls.roots:
            cls.roots[number] = Root(one, thread, cls)
        return cls.roots[number]

    def _inner(self, one: Any) -> Any:
        if one.owner is not self.owner:
            raise ValueError("parent cannot be on a different thread")
        return one.inner if type(one) is Root else one

    @property
    def parent(self) -> Any:
        return self.outside(_PARENT.__get__(self))

    @parent.setter
    def parent(self, one: Any) -> None:
        _PARENT.__set__(self, self._inner(one))

    def switch(self, *args: Any, **kwargs: Any) -> Any:
        self.check(self)
        return super().switch(*args, **kwargs)

    def throw(self, *args: Any) -> Any:
        self.check(self)
        return super().throw(*args)


def greenlet_module(scheduler: Scheduler) -> ModuleType:
    """`greenlet`, for one engine."""
    members = {"scheduler": scheduler, "roots": {}, "__module__": "greenlet"}
    kind: Any = type("greenlet", (Greenlet,), members)
    kind.getcurrent = staticmethod(lambda: kind.outside(real.getcurrent()))
    module = ModuleType("greenlet", real.__doc__)
    module.__dict__.update(
        greenlet=kind, getcurrent=kind.getcurrent, GreenletExit=real.GreenletExit, error=real.error,
        __version__=real.__version__,
    )  # fmt: skip
    return module
