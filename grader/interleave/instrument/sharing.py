"""Sharing: the hooks that tell of containers, and of what stands for them: views, iterators, tuples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import GeneratorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from grader.interleave.instrument.containers import CONTAINERS, SIZE, is_plain, part_of
from grader.interleave.instrument.deferred import OwnSlot, Resumed, Slot
from grader.interleave.instrument.foreign import Foreign, makes_iterators
from grader.interleave.instrument.lives import Lives, address
from grader.interleave.instrument.pieces import compares_by_code, runs_code
from grader.interleave.instrument.things import (
    CONTAINER,
    DEPTH,
    HOLDER,
    ITERATOR,
    NOTHING,
    VIEW,
    attributes_kept,
    attributes_shown,
    behind,
    inside,
    items_of,
    nature,
)

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

MOST_TYPES = 300
"""More than a program has: those that functions make in each execution are not to pile up."""
_NATURES = {kind: nature(kind) for kind in CONTAINERS}
MADE_MEANWHILE = (GeneratorType, map, filter)


class Sharing:
    """The part of `Hooks` that is about containers."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._keys: dict[tuple[Any, Any], int] = {}
        self._kept: list[object] = []
        """Everything that has a key, so that no other object gets its id."""
        self.lives: Lives | None = None
        """Nothing is kept: the program would see it."""
        self._natures = dict(_NATURES)
        self.foreign = Foreign(self)
        self._held: dict[tuple[int, int], Any] = {}
        """By thread and site: what is going to be compared."""
        self.running: set[GeneratorType[Any, Any, Any]] = set()
        """Generators that have been resumed and have not yielded yet."""
        self.indices: list[Any] = []
        """Of the access that is done next: see `Slot`."""

    def begin(self) -> None:
        self.running.clear()
        self._held.clear()
        self._keys.clear()
        self._kept.clear()
        if self.lives is not None:
            self.lives.clear()
        if len(self._natures) > MOST_TYPES:
            self.forget_types()

    def forget_types(self) -> None:
        """Classes have been made anew; what is known of the last ones is of no use."""
        self._natures = dict(_NATURES)

    def read(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is looked at."""
        raise NotImplementedError

    def write(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is changed."""
        raise NotImplementedError

    def call(self, thing: Any, name: str, asked: int, site: int) -> Any:
        """The base of a method that is called."""
        raise NotImplementedError

    def resumed(self, thing: Any, site: int) -> Any:
        """It is gone over by a function of the library."""
        return Resumed(self, thing, site) if type(thing) is GeneratorType else thing

    def _key(self, thing: object, name: object) -> int:
        place = (address(thing), name)
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = self._scheduler.new_key()
            self._keep(thing, place)
        return key

    def _keep(self, thing: object, place: tuple[Any, Any]) -> None:
        """`thing` has got a key, at `place`."""
        if self.lives is None:
            self._kept.append(thing)
        else:
            self.lives.watch(thing, self._keys, place)

    def _nature(self, kind: type) -> int:
        known = self._natures.get(kind)
        if known is None:
            known = self._natures[kind] = nature(kind)
        return known

    def _holds(self, thing: Any) -> bool:
        return self._nature(type(thing)) == CONTAINER

    def _tell_container(self, kind: Literal["read", "write"], thing: Any, site: int) -> None:
        self._scheduler.access(kind, self._key(thing, ""), site, thing, "")

    def _tell_part(self, kind: Literal["read", "write"], thing: Any, part: object, site: int) -> None:
        scheduler = self._scheduler
        whole, key = self._key(thing, ""), self._key(thing, part)
        words = f"[{part[0]!r}]" if isinstance(part, tuple) and scheduler.observers else ""
        scheduler.access(kind, key, site, thing, words, whole)

    def in_pieces(self, kind: Literal["read", "write"], thing: Any, site: int) -> None:
        """It is going to be looked at or changed bit by bit, which is told afterwards: this is the beginning."""
        what = self._nature(type(thing))
        for one in (thing,) if what == CONTAINER else behind(thing) if what == VIEW else ():
            before = self._scheduler.follow()
            self._tell_container(kind, one, site)
            self._scheduler.goes_on(before)

    def pieces(self, thing: Any, kind: Literal["read", "write"], site: int) -> Any:
        """A function given with it is called in the midst of what is done to it."""
        if not self._scheduler.quiet:
            self.in_pieces(kind, thing, site)
        return thing

    def look(self, thing: Any, site: int) -> Any:
        """It is looked at as a whole, if it is a container or something that stands for one."""
        what = self._natures.get(type(thing))
        if what != NOTHING and not self._scheduler.quiet:
            what = self._nature(type(thing)) if what is None else what
            if what == CONTAINER:
                self._tell_container("read", thing, site)
            elif what:
                with self._in_one_go():
                    self._look(thing, site, 0)
        return thing

    def look_into(self, thing: Any, site: int) -> Any:
        """The same, and so is what it holds: it is compared, or printed."""
        what = self._natures.get(type(thing))
        if what != NOTHING and not self._scheduler.quiet:
            what = self._nature(type(thing)) if what is None else what
            if what == CONTAINER:
                if compares_by_code(thing):
                    self.in_pieces("read", thing, site)
                self._tell_container("read", thing, site)
            if what and (what != CONTAINER or inside(thing)):
                with self._in_one_go():
                    self._look(thing, site, DEPTH)
        return thing

    def look_inside(self, thing: Any, site: int) -> Any:
        """The same of what nobody else has: only what it holds is told."""
        if self._natures.get(type(thing)) != NOTHING and not self._scheduler.quiet:
            self._look_at([(one, site) for one in inside(thing)])
        return thing

    def hold(self, thing: Any, site: int) -> Any:
        """It is looked into as soon as what is looked at with it is there: see `together`."""
        if self._natures.get(type(thing)) != NOTHING and not self._scheduler.quiet:
            self._held[self._scheduler.current.number, site] = thing
        return thing

    def together(self, thing: Any, *sites: int) -> Any:
        """It and what was held at the sites before the last are looked into."""
        if not self._held:
            return thing if self._natures.get(type(thing)) == NOTHING else self.look_into(thing, sites[-1])
        places = [(self._scheduler.current.number, site) for site in sites[:-1]]
        held = [(self._held.pop(place), place[1]) for place in places if place in self._held]
        self._look_at([*held, (thing, sites[-1])])
        return thing

    def _look_at(self, things: Iterable[tuple[Any, int]]) -> None:
        """All of them, each told at its site, in one go."""
        holding = [(one, site) for one, site in things if self._nature(type(one))]
        if len(holding) == 1:
            self.look_into(*holding[0])
        elif holding:
            with self._in_one_go():
                for one, site in holding:
                    self._look(one, site, DEPTH)

    @contextmanager
    def _in_one_go(self) -> Iterator[None]:
        """What is told of inside is looked at together afterwards."""
        begun = self._scheduler.follow()
        yield
        self._scheduler.looked_together(begun)

    def _look(self, thing: Any, site: int, depth: int) -> None:
        what = self._nature(type(thing))
        if what == CONTAINER:
            self._tell_container("read", thing, site)
        elif what == ITERATOR:
            self._tell_container("write", thing, site)
        if what not in (CONTAINER, HOLDER):
            for one in behind(thing):
                self._look(one, site, 0)
        if depth:
            if isinstance(thing, SimpleNamespace):
                self._tell_container("read", thing, site)
            else:
                for name in attributes_shown(thing):
                    self.read(thing, name, site)
            for one in inside(thing):
                self._look(one, site, depth - 1)

    def look_at_all(self, things: Sequence[Any], site: int, *, through: bool) -> None:
        """A function gets them that looks at what they hold; `through`: it copies them."""
        if self._scheduler.quiet:
            return
        if not through:
            natures = self._natures
            holding = [(one, site) for one in things if natures.get(type(one)) != NOTHING]
            if holding:
                self._look_at(holding)
            return
        copied = [one for one in things if not is_plain(one)]
        if copied:
            with self._in_one_go():
                for one in copied:
                    self._look_through(one, site, DEPTH)

    def _look_through(self, thing: Any, site: int, depth: int) -> None:
        """It is looked into, and so are the attributes of objects: it is copied."""
        self._look(thing, site, DEPTH)
        if depth:
            own = attributes_kept(thing)
            for name in own:
                self.read(thing, name, site)
            for one in (*items_of(thing), *own.values()):
                self._look_through(one, site, depth - 1)

    def size(self, thing: Any, site: int) -> Any:
        """It is asked how much it holds, which no new value of an item changes."""
        if not self._scheduler.quiet:
            what = self._nature(type(thing))
            if what == CONTAINER:
                self._tell_part("read", thing, SIZE, site)
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
            if part is None:
                self.look(thing, site)
            else:
                self._tell_part("read", thing, part, site)
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
        if compares_by_code(thing):
            self.in_pieces("write", thing, site)
        self._tell_container("write", thing, site)
        return thing

    def slot(self, container: Any, index: Any, site: int) -> Slot:
        return Slot(self, container, index, site)

    def own(self, thing: Any, name: Any, site: int) -> Slot | OwnSlot:
        """`thing.__dict__[name]`."""
        return OwnSlot(self, thing, name, site) if isinstance(name, str) else Slot(self, thing.__dict__, name, site)

    def own_by(self, function: Any, thing: Any, name: Any, site: int) -> Slot | OwnSlot:
        """`function(thing)[name]`, where `function` is called `vars`."""
        return self.own(thing, name, site) if function is vars else Slot(self, function(thing), name, site)
