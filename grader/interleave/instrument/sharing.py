"""Sharing: the hooks that tell of containers, and of what stands for them: views, iterators, tuples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from grader.interleave.instrument.containers import CONTAINERS, FEW
from grader.interleave.instrument.deferred import Slot
from grader.interleave.instrument.foreign import Foreign
from grader.interleave.instrument.things import (
    CONTAINER,
    DEPTH,
    HOLDER,
    ITERATOR,
    NOTHING,
    behind,
    goes_in_step,
    inside,
    nature,
)

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

address = object.__hash__
"""As good as `id`, of which every audit hook of the process would be told, at ten times the price."""


class Sharing:
    """The part of `Hooks` that is about containers."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.reshapes = True
        self._keys: dict[tuple[Any, str | int], int] = {}
        self._kept: list[object] = []
        """Everything that has a key, so that no other object gets its id."""
        self._born_with: dict[int, int] = {}
        """Key of a list -> how many items it had at first, each of which is a location; -1 where none is."""
        self._looked_at: dict[int, int] = {}
        self._put_into: dict[int, int] = {}
        """Key of a list -> the thread that looked at all items at once, or put one in; -1 for several."""
        self._natures: dict[type, int] = {}
        self.foreign = Foreign(self)

    def begin(self) -> None:
        # Classes are made anew in each execution; what is known of the last ones is of no use.
        self._keys.clear()
        self._kept.clear()
        self._born_with.clear()
        self._looked_at.clear()
        self._put_into.clear()
        self._natures = dict.fromkeys(CONTAINERS, CONTAINER)

    def read(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is looked at."""
        raise NotImplementedError

    def write(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is changed."""
        raise NotImplementedError

    def call(self, thing: Any, name: str, site: int) -> Any:
        """The base of a method that is called."""
        raise NotImplementedError

    def _key(self, thing: object, name: str | int) -> int:
        place = (address(thing), name)
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = self._scheduler.new_key()
            self._kept.append(thing)
        return key

    def _nature(self, kind: type) -> int:
        known = self._natures.get(kind)
        if known is None:
            known = self._natures[kind] = nature(kind)
        return known

    def _holds(self, thing: Any) -> bool:
        return self._nature(type(thing)) == CONTAINER

    def _tell_container(self, kind: Literal["read", "write"], thing: Any, site: int) -> int:
        key = self._key(thing, "")
        if kind == "write" and type(thing) is list:
            self._by_item(thing)
        self._scheduler.access(kind, key, site, thing, "")
        return key

    def look(self, thing: Any, site: int) -> Any:
        """It is looked at as a whole, if it is a container or something that stands for one."""
        if not self._scheduler.quiet and self._nature(type(thing)):
            self._look(thing, site, 0)
        return thing

    def look_into(self, thing: Any, site: int) -> Any:
        """The same, and so is what it holds: it is compared, or printed."""
        if not self._scheduler.quiet and self._nature(type(thing)):
            self._look(thing, site, DEPTH)
        return thing

    def _look(self, thing: Any, site: int, depth: int) -> None:
        what = self._nature(type(thing))
        if what == CONTAINER:
            # The container last: what happens to it, happens then.
            self._tell_items(thing, site)
            self._tell_container("read", thing, site)
        elif what == ITERATOR:
            self._tell_container("write", thing, site)
        if what not in (CONTAINER, HOLDER):
            for one in behind(thing):
                self._look(one, site, 0)
        if depth:
            for name in getattr(type(thing), "__dataclass_fields__", ()):
                self.read(thing, name, site)
            for one in inside(thing):
                self._look(one, site, depth - 1)

    def size(self, thing: Any, site: int) -> Any:
        """It is asked how much it holds, which no new value of an item changes."""
        if not self._scheduler.quiet:
            what = self._nature(type(thing))
            if what == CONTAINER:
                self._tell_container("read", thing, site)
            elif what and what not in (HOLDER, ITERATOR):
                for one in behind(thing):
                    self._tell_container("read", one, site)
        return thing

    def begin_iterating(self, thing: Any, site: int) -> Any:
        """An iterator over it is made. One over a list looks at nothing yet; others remember how much there was."""
        return thing if type(thing) is list else self.size(thing, site)

    def given(self, function: Any, site: int) -> Any:
        """It is called with something."""
        self._scheduler.current.site = site
        return function if self._scheduler.quiet else self.foreign.wrap(function, site)

    def merge(self, value: Any, thing: Any, site: int) -> Any:
        """`thing += value`: a container is changed in its place."""
        if not self._scheduler.quiet:
            self.look(value, site)
            self.change_at(thing, site)
        return value

    def change_at(self, thing: Any, site: int) -> None:
        if self._nature(type(thing)) in (CONTAINER, ITERATOR):
            self._tell_container("write", thing, site)

    def change(self, thing: Any, site: int) -> Any:
        """Several places of it are changed."""
        if not self._scheduler.quiet and self._holds(thing):
            self._tell_container("write", thing, site)
        return thing

    def item(self, thing: Any, index: Any, site: int) -> Any:
        """One place of it is looked at."""
        if not self._scheduler.quiet and self._holds(thing):
            self._tell_item("read", thing, index, site)
        return thing

    def put(self, thing: Any, index: Any, site: int) -> Any:
        """One place of it is changed."""
        if not self._scheduler.quiet and self._holds(thing):
            self._tell_item("write", thing, index, site)
        return thing

    def _tell_item(self, kind: Literal["read", "write"], thing: Any, index: Any, site: int) -> None:
        if type(thing) is not list or type(index) is not int or not self._by_item(thing):
            absent = isinstance(thing, defaultdict) and index not in thing
            self._tell_container("write" if absent else kind, thing, site)
            return
        place = index + len(thing) if index < 0 else index
        if self.reshapes or index < 0 or place >= self._born_with[self._key(thing, "")]:
            # What is there depends on how many there are.
            self._tell_container("read", thing, site)
        if kind == "write":
            self._meet(self._put_into, self._looked_at, thing)
        self._scheduler.access(kind, self._key(thing, place), site, thing, f"[{place}]")

    def _tell_items(self, thing: Any, site: int) -> None:
        if type(thing) is list and self._by_item(thing):
            self._meet(self._looked_at, self._put_into, thing)
            for place in range(len(thing)):
                self._scheduler.access("read", self._key(thing, place), site, thing, f"[{place}]")

    def _meet(self, mine: dict[int, int], theirs: dict[int, int], thing: list[Any]) -> None:
        # Looking at all items at once is several operations here, between which another thread may change one:
        # more orders than these may give other values.
        key, number = self._key(thing, ""), self._scheduler.current.number
        mine[key] = number if mine.get(key, number) == number else -1
        if theirs.get(key, number) != number:
            self._scheduler.fairness.restrained = True

    def _by_item(self, thing: list[Any]) -> bool:
        # Settled once an execution: all who touch the list must mean the same locations.
        return self._born_with.setdefault(self._key(thing, ""), len(thing) if len(thing) <= FEW else -1) >= 0

    def alter(self, thing: Any, site: int) -> Any:
        """It is changed, whatever it is: the argument of `next` or of `heappush`."""
        if not self._scheduler.quiet:
            self._tell_container("write", thing, site)
        return thing

    def slot(self, container: Any, index: Any, site: int) -> Slot:
        return Slot(self, container, index, site)

    def each(self, thing: Any, site: int) -> Any:
        """It is iterated over: each step is a look."""
        return self._iteration(thing, site, True)

    def over(self, thing: Any, site: int) -> Any:
        """The same, of an iterator that nobody else has."""
        return self._iteration(thing, site, False)

    def _iteration(self, thing: Any, site: int, known: bool) -> Any:
        what = self._nature(type(thing))
        if what in (NOTHING, HOLDER):
            return thing
        if what == CONTAINER:
            steps = self._in_step(thing, (thing,), site)
        elif not known and goes_in_step(thing):
            steps = self._in_step(thing, tuple(behind(thing)), site)
        else:
            steps = self._by_looks(thing, site, known)
        next(steps)  # the first look comes now, and no item
        return steps

    def _in_step(self, thing: Any, sources: tuple[Any, ...], site: int) -> Iterator[Any]:
        """Each step looks whether each source has an item more, and at that item."""
        scheduler = self._scheduler
        if not scheduler.quiet:
            self._look_at_next(sources, 0, site)
        yield None
        for place, item in enumerate(thing, 1):
            yield item
            if not scheduler.quiet:
                self._look_at_next(sources, place, site)

    def _by_looks(self, thing: Any, site: int, known: bool) -> Iterator[Any]:
        """Each step may look at all that is behind."""
        self._look_behind(thing, site, known)
        yield None
        for item in thing:
            yield item
            self._look_behind(thing, site, known)

    def _look_behind(self, thing: Any, site: int, known: bool) -> None:
        if self._scheduler.quiet:
            return
        if known and self._nature(type(thing)) == ITERATOR:
            self._tell_container("write", thing, site)
        for one in behind(thing):
            self._look(one, site, 0)

    def _look_at_next(self, sources: tuple[Any, ...], place: int, site: int) -> None:
        access = self._scheduler.access
        for one in sources:
            access("read", self._key(one, ""), site, one, "")
            if type(one) is list and place < len(one) and self._by_item(one):
                access("read", self._key(one, place), site, one, f"[{place}]")
