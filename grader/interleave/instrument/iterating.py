"""Iterating: the hooks that tell of each step of a loop, a generator expression, a `yield from`."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from itertools import count
from types import GeneratorType
from typing import Any

from grader.interleave.instrument.containers import SIZE
from grader.interleave.instrument.deferred import Later, Resumed
from grader.interleave.instrument.pieces import calls_code
from grader.interleave.instrument.sharing import Sharing
from grader.interleave.instrument.things import (
    CONTAINER,
    HOLDER,
    ITERATOR,
    NOTHING,
    STRANGER,
    applies,
    behind,
    goes_in_step,
)

ASKING_ITEMS = (operator.attrgetter, operator.itemgetter, operator.methodcaller)
"""Functions of the library that look at what each item is, or has."""


class Iterating(Sharing):
    """The part of `Hooks` that is about going over containers."""

    def each(self, thing: Any, site: int) -> Any:
        """It is iterated over: each step is a look."""
        return self._iteration(thing, site, True)

    def delegate(self, thing: Any, site: int) -> Any:
        """The same, by `yield from`: a generator is also sent values, and has one to return."""
        return Resumed(self, thing, site) if type(thing) is GeneratorType else self.each(thing, site)

    def over(self, thing: Any, site: int) -> Any:
        """The same, of an iterator that nobody else has."""
        return self._iteration(thing, site, False)

    def later(self, thing: Any, site: int) -> Any:
        """It is going to be iterated over, by a generator expression: the iterator is made now."""
        what = self._nature(type(thing))
        if what in (NOTHING, HOLDER, STRANGER):
            return thing
        if type(thing) is GeneratorType:
            return Resumed(self, thing, site)
        return Later(self, thing, iter(self.begin_iterating(thing, site)), site)

    def by(self, function: Any, site: int) -> Any:
        """It is called with items, one by one; of what, comes next: see `later_by`."""
        place = self._scheduler.current.number, site
        self._held.pop(place, None)
        if type(function) in ASKING_ITEMS:
            self._held[place] = function
            return self.foreign.wrap(function, site)
        if calls_code(function):
            self._held[place] = function
            return function
        return self.foreign.wrap(function, site)

    def later_by(self, thing: Any, by: int, site: int) -> Any:
        """It is gone over by the function at the site `by`: item by item, if that is code in Python."""
        return self.later(thing, site) if (self._scheduler.current.number, by) in self._held else thing

    def look_later(self, thing: Any, place: int, site: int) -> None:
        """Its item at `place` is asked for, if it has that many."""
        sources = (thing,) if self._holds(thing) else tuple(behind(thing)) if goes_in_step(thing) else ()
        if not sources:
            self._look_behind(thing, site, True)
        elif not self._scheduler.quiet:
            self._look_at_next(sources, place, site)

    def _iteration(self, thing: Any, site: int, known: bool) -> Any:
        what = self._nature(type(thing))
        if what in (NOTHING, HOLDER, STRANGER):
            self.look(thing, site)
            return thing
        if known and type(thing) is GeneratorType:
            return Resumed(self, thing, site)
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
        items = iter(self._begun(thing, site))
        if not scheduler.quiet:
            self._look_at_next(sources, 0, site)
        yield None
        for place in count(1):
            try:
                yield next(items)
            except StopIteration:
                return
            if not scheduler.quiet:
                self._look_at_next(sources, place, site)

    def _by_looks(self, thing: Any, site: int, known: bool) -> Iterator[Any]:
        """Each step may look at all that is behind."""
        items = iter(self._begun(thing, site))
        self._look_behind(thing, site, known)
        yield None
        while True:
            try:
                yield next(items)
            except StopIteration:
                return
            self._look_behind(thing, site, known)

    def _begun(self, thing: Any, site: int) -> Any:
        """An iterator over it is made, unless it is one."""
        return thing if self._nature(type(thing)) == ITERATOR else self.begin_iterating(thing, site)

    def _look_behind(self, thing: Any, site: int, known: bool) -> None:
        if self._scheduler.quiet:
            return
        if known and self._nature(type(thing)) == ITERATOR:
            self._tell_container("write", thing, site)
            self.goes_over(thing)
        with self.in_one_go():
            self._look([(one, site) for one in behind(thing)], applies(thing))

    def _look_at_next(self, sources: tuple[Any, ...], place: int, site: int) -> None:
        for one in sources:
            if type(one) is not list or place >= len(one):
                self._tell_part("read", one, SIZE, site)
            if type(one) is list and place < len(one):
                self._tell_part("read", one, (place,), site)
