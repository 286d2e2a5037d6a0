"""Sharing: the hooks that tell of containers, and of what stands for them: views, iterators, tuples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Literal

from grader.interleave.instrument.containers import SIZE, part_of
from grader.interleave.instrument.deferred import OwnSlot, Resumed, Slot
from grader.interleave.instrument.foreign import Foreign, makes_iterators
from grader.interleave.instrument.pieces import compares_by_code, runs_code
from grader.interleave.instrument.telling import Telling
from grader.interleave.instrument.things import CONTAINER, HOLDER, ITERATOR, STRANGER, VIEW, behind

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

MADE_MEANWHILE = (GeneratorType, map, filter)


class Sharing(Telling):
    """The part of `Hooks` that is about containers."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self.foreign = Foreign(self)
        self.running: set[GeneratorType[Any, Any, Any]] = set()
        """Generators that have been resumed and have not yielded yet."""
        self.indices: list[Any] = []
        """Of the access that is done next: see `Slot`."""

    def begin(self) -> None:
        super().begin()
        self.running.clear()

    def write(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is changed."""
        raise NotImplementedError

    def call(self, thing: Any, name: str, asked: int, site: int) -> Any:
        """The base of a method that is called."""
        raise NotImplementedError

    def at(self, thing: Any, site: int) -> Any:
        """The base of a method of which nothing is told."""
        raise NotImplementedError

    def resumed(self, thing: Any, site: int) -> Any:
        """It is gone over by a function of the library."""
        return Resumed(self, thing, site) if type(thing) is GeneratorType else thing

    def in_pieces(self, kind: Literal["read", "write"], thing: Any, site: int) -> None:
        """It is going to be looked at or changed bit by bit, which is told afterwards: this is the beginning."""
        what = self._nature(type(thing))
        for one in (thing,) if what == CONTAINER else behind(thing) if what == VIEW else ():
            before = self._scheduler.groups.follow()
            self._tell_container(kind, one, site)
            self._scheduler.groups.goes_on(before)

    def pieces(self, thing: Any, kind: Literal["read", "write"], site: int) -> Any:
        """A function given with it is called in the midst of what is done to it."""
        if not self._scheduler.quiet:
            self.in_pieces(kind, thing, site)
        return thing

    def size(self, thing: Any, site: int) -> Any:
        """It is asked how much it holds, which no new value of an item changes."""
        if not self._scheduler.quiet:
            what = self._nature(type(thing))
            if what == CONTAINER:
                self._tell_part("read", thing, SIZE, site)
            elif what == STRANGER:
                self.meet(thing)
            elif what and what not in (HOLDER, ITERATOR):
                for one in behind(thing):
                    self._tell_part("read", one, SIZE, site)
        return thing

    def begin_iterating(self, thing: Any, site: int) -> Any:
        """An iterator over it is made. One over a list looks at nothing yet; others remember how much there was."""
        return thing if type(thing) is list else self.size(thing, site)

    def given(self, function: Any, site: int) -> Any:
        """It is called with something."""
        self._scheduler.current.site = site
        if self._scheduler.quiet and not makes_iterators(function):
            return function
        return self.foreign.wrap(function, site)

    def merge(self, value: Any, thing: Any, site: int) -> Any:
        """`thing += value`: a container is changed in its place."""
        if not self._scheduler.quiet:
            with self.in_one_go():
                self.look(value, site)
                if isinstance(thing, Counter):
                    self.in_pieces("write", thing, site)
                self.change_at(thing, site)
        return self.fed(value, thing, site)

    def fed(self, value: Any, thing: Any, site: int) -> Any:
        """`value`, which `thing` takes item by item if code of the program makes them: each is a change of it."""
        if type(value) not in MADE_MEANWHILE or self._scheduler.quiet or not self._holds(thing):
            return value
        return self._feeding(value, thing, site)

    def _feeding(self, value: Any, thing: Any, site: int) -> Iterator[Any]:
        for one in value:
            self.change_at(thing, site)
            yield one

    def change_at(self, thing: Any, site: int) -> None:
        if not self._scheduler.quiet and self._nature(type(thing)) in (CONTAINER, ITERATOR):
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

    def has(self, thing: Any, key: Any, site: int) -> Any:
        """It is asked for `key`: `key in thing`, `thing.get(key)`."""
        scheduler = self._scheduler
        scheduler.current.site = site
        if not scheduler.quiet:
            part = part_of(thing, key, "read") if type(thing) is not list else None
            if part is not None:
                self._tell_part("read", thing, part, site)
            elif issubclass(type(thing), (dict, set)):
                self.look(thing, site)
            else:
                self._look_at([(thing, site), (key, site)])
        return thing

    def asking(self, thing: Any, site: int) -> Any:
        """It is going to be asked for, or put in the place of a slice."""
        if not self._scheduler.quiet:
            self._held[self._scheduler.current.number, site] = thing
        return thing

    def asked(self, thing: Any, held: int, site: int) -> Any:
        """It is asked for what was held at the site `held`."""
        place = self._scheduler.current.number, held
        return self.has(thing, self._held.pop(place), site) if place in self._held else self.look_into(thing, site)

    def within(self, thing: Any, held: int, site: int) -> Any:
        """The same, where nobody else has it."""
        key = self._held.pop((self._scheduler.current.number, held), None)
        if not self._scheduler.quiet:
            with self.in_one_go():
                self.look_into(key, held)
                self.look_inside(thing, site)
        return thing

    def put(self, thing: Any, index: Any, site: int) -> Any:
        """One place of it is changed."""
        if not self._scheduler.quiet and self._holds(thing):
            self._tell_item("write", thing, index, site)
        return thing

    def _tell_item(self, kind: Literal["read", "write"], thing: Any, index: Any, site: int) -> None:
        part = part_of(thing, index, kind)
        while True:
            if part is None:
                adds = issubclass(type(thing), defaultdict) and index not in thing
                self._tell_container("write" if adds else kind, thing, site)
                if adds and kind == "read":
                    self._make_item(thing, index, site)
                return
            self._tell_part(kind, thing, part, site)
            # While it waited for its turn, others may have made another place of it.
            before, part = part, part_of(thing, index, kind)
            if part == before or self._scheduler.quiet:
                return

    def _make_item(self, thing: Any, index: Any, site: int) -> None:
        """What a defaultdict does when an item is not there; its factory, if it is code of the program, runs before."""
        if index in thing or type(thing).__missing__ is not defaultdict.__missing__ or thing.default_factory is None:
            return
        if not isinstance(thing.default_factory, type) or runs_code(thing.default_factory):
            value = thing.default_factory()
            self._tell_container("write", thing, site)
            thing[index] = value

    def alter(self, thing: Any, site: int) -> Any:
        """It is changed, whatever it is: the argument of `next` or of `heappush`."""
        if self._scheduler.quiet:
            return thing
        if type(thing) is GeneratorType:
            return Resumed(self, thing, site)
        with self.in_one_go():
            if compares_by_code(thing):
                self.in_pieces("write", thing, site)
            self._tell_container("write", thing, site)
            self.look_inside(thing, site)
        if self._nature(type(thing)) == ITERATOR:
            self.goes_over(thing)
        return thing

    def slot(self, container: Any, index: Any, site: int) -> Slot:
        return Slot(self, container, index, site)

    def slot_filled(self, container: Any, index: Any, held: int, site: int) -> Slot:
        """A slice, in whose place comes what was held at the site `held`."""
        return Slot(self, container, index, site, held)

    def filled(self, thing: Any, held: int, site: int) -> Any:
        """Several places of it are changed into what was held at the site `held`, in one go."""
        value = self._held.get((self._scheduler.current.number, held))
        if not self._scheduler.quiet:
            with self.in_one_go():
                self.look(value, held)
                self.change(thing, site)
        return thing

    def own(self, thing: Any, name: Any, site: int) -> Slot | OwnSlot:
        """`thing.__dict__[name]`."""
        return OwnSlot(self, thing, name, site) if isinstance(name, str) else Slot(self, thing.__dict__, name, site)

    def own_by(self, function: Any, thing: Any, name: Any, site: int) -> Slot | OwnSlot:
        """`function(thing)[name]`, where `function` is called `vars`."""
        return self.own(thing, name, site) if function is vars else Slot(self, function(thing), name, site)
