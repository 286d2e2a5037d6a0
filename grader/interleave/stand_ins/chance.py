"""Chance: what Python draws at random comes from a seed, and from one that does not depend on who drew before.

Nobody can know what a generator gives that the machine has seeded; what one thread gets says nothing about what another
gets. So each thread draws from a stream of its own, and no order of such draws need be tried. A generator that the
program seeds, or makes with a seed, gives what Python's gives, in the order in which the threads ask; each draw from it
is a step.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

Tell = Callable[[object, bool], None]
"""Hears of a generator, and whether it is changed, before it is asked."""


class Chance:
    """The streams of the threads of one execution."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._streams: dict[int, random.Random] = {}
        self.unseeded = True
        """The program has not seeded the generator that all share."""

    def reset(self) -> None:
        self._streams.clear()
        self.unseeded = True

    def stream(self) -> random.Random:
        """Of the current thread."""
        number = self._scheduler.current.number if self._scheduler.running else 0
        if number not in self._streams:
            self._streams[number] = random.Random(number)
        return self._streams[number]

    def urandom(self, size: int, /) -> bytes:
        return self.stream().randbytes(size)

    def getrandom(self, size: int, _: int = 0, /) -> bytes:
        return self.urandom(size)


def random_module(chance: Chance, tell: Tell) -> ModuleType:
    """`random`, whose functions are methods of a generator that all threads share."""
    kind = _random_class(chance, tell)
    shared = _shared(kind, chance, tell)
    module = ModuleType("random", random.__doc__)
    module.__dict__.update({name: value for name, value in vars(random).items() if name != "__builtins__"})
    for name, value in vars(random).items():
        if isinstance(getattr(value, "__self__", None), random.Random):
            setattr(module, name, getattr(shared, name))
    module.__dict__.update(_inst=shared, Random=kind, SystemRandom=_system_class(chance))
    return module


def _random_class(chance: Chance, tell: Tell) -> type[random.Random]:
    class Random(random.Random):
        """Tells of each draw."""

        _known = False
        """Somebody may have it: it has been made."""

        def __init__(self, x: Any = None) -> None:
            super().__init__(x)
            self._known = True

        def random(self) -> float:
            tell(self, True)
            return super().random()

        def getrandbits(self, k: int, /) -> int:
            tell(self, True)
            return super().getrandbits(k)

        def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
            tell(self, True)  # it remembers every other one
            return super().gauss(mu, sigma)

        def seed(self, a: Any = None, version: int = 2) -> None:
            if self._known:
                tell(self, True)
            super().seed(chance.stream().getrandbits(64) if a is None else a, version)

        def getstate(self) -> tuple[Any, ...]:
            tell(self, False)
            return super().getstate()

        def setstate(self, state: tuple[Any, ...]) -> None:
            tell(self, True)
            super().setstate(state)

    return _as_in_random(Random)


def _shared(base: Any, chance: Chance, tell: Tell) -> random.Random:
    """The one behind the functions of the module; `base` is its `Random`."""

    class Shared(base):  # type: ignore[misc]
        def random(self) -> float:
            return float(super().random() if self._is_seeded() else chance.stream().random())

        def getrandbits(self, k: int, /) -> int:
            return int(super().getrandbits(k) if self._is_seeded() else chance.stream().getrandbits(k))

        def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
            return float(super().gauss(mu, sigma) if self._is_seeded() else chance.stream().gauss(mu, sigma))

        def getstate(self) -> Any:
            return super().getstate() if self._is_seeded() else chance.stream().getstate()

        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(a, version)
            chance.unseeded = a is None or not self._known

        def setstate(self, state: tuple[Any, ...]) -> None:
            super().setstate(state)
            chance.unseeded = False

        def _is_seeded(self) -> bool:
            if chance.unseeded:
                tell(self, False)  # somebody may be about to seed it
            return not chance.unseeded

    shared: random.Random = Shared()
    return shared


def _system_class(chance: Chance) -> type[random.Random]:
    class SystemRandom(random.SystemRandom):
        """Draws what the machine would give."""

        def random(self) -> float:
            return chance.stream().random()

        def getrandbits(self, k: int, /) -> int:
            return chance.stream().getrandbits(k)

        def randbytes(self, n: int) -> bytes:
            return chance.urandom(n)

    return _as_in_random(SystemRandom)


def _as_in_random(kind: type[random.Random]) -> type[random.Random]:
    kind.__module__, kind.__qualname__ = "random", kind.__name__
    return kind
