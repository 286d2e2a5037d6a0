"""Telling: what hooks know of values, and the accesses that one operation on them is told as.

Comparing, printing and going over a container looks at what it holds, too, in one go: see `Groups`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import GeneratorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from grader.interleave.instrument.containers import CONTAINERS, is_plain
from grader.interleave.instrument.deferred import Later
from grader.interleave.instrument.lives import Lives, address
from grader.interleave.instrument.pieces import is_coded
from grader.interleave.instrument.things import (
    CONTAINER,
    ITERATOR,
    NOTHING,
    STRANGER,
    VIEW,
    applies,
    attributes_kept,
    attributes_shown,
    behind,
    has_source,
    inside,
    is_strange,
    items_of,
    nature,
)

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

MOST_TYPES = 300
"""More than a program has: those that functions make in each execution are not to pile up."""
DEPTH = 3
"""Of what is copied."""
MANY = 1000
"""More containers than this are not looked at in one go."""
_NATURES = {kind: nature(kind) for kind in CONTAINERS}


class Telling:
    """The part of `Hooks` that tells the scheduler."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._keys: dict[tuple[Any, Any], int] = {}
        self._kept: list[object] = []
        """Everything that has a key, so that no other object gets its id."""
        self.lives: Lives | None = None
        """Nothing is kept: the program would see it."""
        self._natures = dict(_NATURES)
        self._coded: set[type] = set()
        """Types of which comparing or printing one runs code of the program."""
        self.modules: frozenset[str] = frozenset()
        """Names of the program's own modules: their globals are data, those of others are not."""
        self._met: dict[int, tuple[int, bool]] = {}
        """By address of a stranger, or of an iterator: the thread that used it, and whether in C."""
        self._held: dict[tuple[int, int], Any] = {}
        """By thread and site: what is going to be compared."""
        self.hide: Callable[[str], None] = lambda _: None
        """Hears by which ways that are not told something is reached: nothing is proven any more."""

    def begin(self) -> None:
        self._held.clear()
        self._met.clear()
        self._keys.clear()
        self._kept.clear()
        if self.lives is not None:
            self.lives.clear()
        if len(self._natures) > MOST_TYPES:
            self.forget_types()

    def forget_types(self) -> None:
        """Classes have been made anew; what is known of the last ones is of no use."""
        self._natures = dict(_NATURES)
        self._coded.clear()

    def read(self, thing: Any, name: str, site: int) -> Any:
        """The base of an attribute that is looked at."""
        raise NotImplementedError

    def _key(self, thing: object, name: object) -> int:
        place = (address(thing), name)
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = self._scheduler.new_key()
            self._keep(thing, self._keys, place)
        return key

    def _keep(self, thing: object, table: dict[Any, Any], place: object) -> None:
        """`table` has something of `thing`, at `place`."""
        if self.lives is None:
            self._kept.append(thing)
        else:
            self.lives.watch(thing, table, place)

    def _nature(self, kind: type) -> int:
        known = self._natures.get(kind)
        if known is None:
            known = nature(kind)
            if known == NOTHING and is_strange(kind, self.modules):
                known = STRANGER
            self._natures[kind] = known
            if is_coded(kind):
                self._coded.add(kind)
        return known

    def _holds(self, thing: Any) -> bool:
        what = self._nature(type(thing))
        if what == STRANGER:
            self.meet(thing)
        return what == CONTAINER

    def _meeting(self, thing: Any) -> tuple[int, bool]:
        at = address(thing)
        if at not in self._met:
            self._met[at] = self._scheduler.current.number, False
            self._keep(thing, self._met, at)
        return self._met[at]

    def goes_over(self, thing: Any, *, all_of_it: bool = False) -> None:
        """The current thread asks an iterator for an item, or in C for all of them, one after the other: where code of
        the program makes them, others may come in between, and nobody tells."""
        if type(thing) is not GeneratorType and has_source(thing, Later):
            number, before = self._scheduler.current.number, self._meeting(thing)
            if before[0] != number and (all_of_it or before[1]):
                self.hide("goes over one iterator, whose items code of its own makes, in several threads")
            self._met[address(thing)] = number, all_of_it

    def meet(self, thing: Any) -> None:
        """The current thread uses it, an object of a library that may change it unseen."""
        if self._meeting(thing)[0] != self._scheduler.current.number:
            self.hide(f"shares {type(thing).__name__} objects among threads, which the library changes unseen")

    def _tell_container(self, kind: Literal["read", "write"], thing: Any, site: int) -> None:
        self._scheduler.access(kind, self._key(thing, ""), site, thing, "")

    def _tell_part(self, kind: Literal["read", "write"], thing: Any, part: object, site: int) -> None:
        scheduler = self._scheduler
        whole, key = self._key(thing, ""), self._key(thing, part)
        words = f"[{part[0]!r}]" if isinstance(part, tuple) and scheduler.observers else ""
        scheduler.access(kind, key, site, thing, words, whole)

    def look(self, thing: Any, site: int) -> Any:
        """It is looked at as a whole, if it is a container or something that stands for one."""
        what = self._natures.get(type(thing))
        if what != NOTHING and not self._scheduler.quiet:
            what = self._nature(type(thing)) if what is None else what
            if what == CONTAINER:
                self._tell_container("read", thing, site)
            elif what:
                with self.in_one_go():
                    self._look([(thing, site)], what == ITERATOR and applies(thing))
        return thing

    def look_into(self, thing: Any, site: int) -> Any:
        """The same, and so is what it holds: it is compared, or printed."""
        what = self._natures.get(type(thing))
        if what != NOTHING and not self._scheduler.quiet:
            what = self._nature(type(thing)) if what is None else what
            if what == CONTAINER:
                self._tell_container("read", thing, site)
            if what and (what != CONTAINER or self._holds_more(thing)):
                self._look_at_all([(thing, site)])
        return thing

    def look_inside(self, thing: Any, site: int) -> Any:
        """The same of what nobody else has: only what it holds, or goes over, is told."""
        if self._natures.get(type(thing)) != NOTHING and not self._scheduler.quiet:
            if self._nature(type(thing)) == ITERATOR:
                with self.in_one_go():
                    self._look([(thing, site)], applies(thing), itself=False)
            elif self._holds_more(thing):
                self._look_at_all([(thing, site)], itself=False)
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
        """All of them and what they hold, each told at its site, in one go."""
        holding = [(one, site) for one, site in things if self._nature(type(one))]
        if len(holding) == 1:
            self.look_into(*holding[0])
        elif holding:
            self._look_at_all(holding)

    def _look_at_all(self, holding: Sequence[tuple[Any, int]], itself: bool = True) -> None:
        """Where code of the program runs in the midst, it is told twice: others may come in between."""
        begun = self._scheduler.groups.follow()
        by_code = self._look(holding, True, itself) and self._look(holding, True, itself)
        self._scheduler.groups.done_together(self._scheduler.current.number, begun, by_code)

    def _inside(self, thing: Any) -> tuple[list[Any], bool]:
        """What it has in it that holds something itself, and whether comparing or printing that runs code."""
        held = inside(thing)
        kinds = {type(one) for one in held}
        if all(self._natures.get(kind) == NOTHING for kind in kinds) and kinds.isdisjoint(self._coded):
            return [], False
        holding = {kind for kind in kinds if self._nature(kind)}
        more = [one for one in held if type(one) in holding and not (type(one) is tuple and is_plain(one))]
        return more, not kinds.isdisjoint(self._coded)

    def _holds_more(self, thing: Any) -> bool:
        more, by_code = self._inside(thing)
        return bool(more or by_code)

    @contextmanager
    def in_one_go(self) -> Iterator[None]:
        """What is told of inside is touched together afterwards."""
        begun = self._scheduler.groups.follow()
        yield
        self._scheduler.groups.done_together(self._scheduler.current.number, begun)

    def _look(self, things: Iterable[tuple[Any, int]], deep: bool, itself: bool = True) -> bool:
        """They are looked at, and with `deep` all that they hold; whether code of the program runs in the midst."""
        seen: dict[int, Any] = {}
        coded = False
        waiting = [(one, site, itself) for one, site in things]
        while waiting:
            thing, site, told = waiting.pop(0)
            if address(thing) in seen:
                continue
            seen[address(thing)] = thing
            if len(seen) > MANY:
                self.hide(f"looks at more than {MANY} containers in one go")
                return coded
            if told:
                self._look_at_one(thing, site, deep)
            if self._nature(type(thing)) in (VIEW, ITERATOR):
                waiting += [(one, site, True) for one in behind(thing)]
            elif deep:
                more, by_code = self._inside(thing)
                waiting += [(one, site, True) for one in more]
                coded = coded or by_code
        return coded

    def _look_at_one(self, thing: Any, site: int, deep: bool) -> None:
        what = self._nature(type(thing))
        if what == CONTAINER:
            self._tell_container("read", thing, site)
        elif what == ITERATOR:
            self._tell_container("write", thing, site)
            self.goes_over(thing, all_of_it=True)
        elif what == STRANGER:
            self.meet(thing)
        elif deep and issubclass(type(thing), SimpleNamespace):
            self._tell_container("read", thing, site)
        elif deep:
            for name in attributes_shown(thing):
                self.read(thing, name, site)

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
            with self.in_one_go():
                for one in copied:
                    self._look_through(one, site, DEPTH)

    def _look_through(self, thing: Any, site: int, depth: int) -> None:
        """It is looked into, and so are the attributes of objects: it is copied."""
        self._look([(thing, site)], True)
        if depth:
            own = attributes_kept(thing)
            for name in own:
                self.read(thing, name, site)
            for one in (*items_of(thing), *own.values()):
                self._look_through(one, site, depth - 1)
