"""Memory: the hooks that rewritten code calls, each the announcement of one access.

A hook returns what it was given (or None), so that Python does the access itself afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, FunctionType, GeneratorType, MemberDescriptorType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from grader.interleave.execution import Site
from grader.interleave.instrument.containers import CHANGES, CONTAINERS, METHOD_NAMES, RESUMING
from grader.interleave.instrument.deferred import UNBOUND, Cell, LateMethod, Method, Resumed
from grader.interleave.instrument.guarded import guard, is_guarded
from grader.interleave.instrument.lives import address
from grader.interleave.instrument.loops import Loops
from grader.interleave.instrument.pieces import CALLING_BACK, SEARCHING, done_in_pieces
from grader.interleave.instrument.telling import MOST_TYPES
from grader.interleave.instrument.things import ITERATORS, NOTHING, STRANGER, first_owner, looks_unseen, owner_of

if TYPE_CHECKING:
    from grader.interleave.scheduler import Scheduler

RENAMED = frozenset({("threading", "name"), ("threading", "run")})
"""By module and name: what the library's classes have in whose place another is kept, and no more, when assigned."""
HARMLESS = frozenset({
    "__doc__", "__wrapped__", "__notes__", "__module__", "__annotations__", "__traceback__", "__cause__", "__context__",
    "__suppress_context__",
})  # fmt: skip
"""What Python itself has of each object, and nobody asks for to do anything else."""
SILENT, OWN, CLASS, GUARDED, READ, WRITE = range(6)
"""What an attribute of a type is: nothing to tell, the instance's, the class's, what a library's lock guards, a method
that looks or that changes."""


class Hooks(Loops):
    """Of one engine; `begin` before each execution."""

    def __init__(self, scheduler: Scheduler, sites: list[Site]) -> None:
        super().__init__(scheduler)
        self._sites = sites
        self._calls: dict[tuple[int, str, int], int] = {}
        self.files: frozenset[str] = frozenset()
        """Names of the program's own files."""
        self.streams: frozenset[str] = frozenset()
        """Of `sys`: those that the program puts others in place of."""
        self._shapes: dict[tuple[type, str], int] = {}
        self._unseen: dict[tuple[type, str], bool] = {}
        self.is_of_classes: Callable[[str, bool], bool] = lambda _name, _has_one: True
        """Whether somebody may assign an attribute to a class, by its name and whether one has it: see `Facts`."""
        self._unowned: set[str] = set()
        """Names of attributes that a class was asked for when it had none."""
        self._wholes: dict[int, int] = {}
        """By key of an attribute: the key of what it is a part of, where it is."""

    def begin(self) -> None:
        super().begin()
        self._wholes.clear()
        self._unowned.clear()
        if len(self._shapes) > MOST_TYPES:
            self.forget_types()

    def forget_types(self) -> None:
        super().forget_types()
        self._unseen.clear()
        self._shapes.clear()

    def names(self) -> dict[str, Callable[..., Any]]:
        """What rewritten code finds in its builtins."""
        return {
            "_k_read": self.read, "_k_write": self.write, "_k_take": self.take, "_k_at": self.at,
            "_k_call": self.call, "_k_use": self.use, "_k_late": self.late, "_k_size": self.size,
            "_k_begin": self.begin_iterating, "_k_look": self.look, "_k_look_into": self.look_into,
            "_k_look_inside": self.look_inside, "_k_hold": self.hold, "_k_together": self.together,
            "_k_over": self.over, "_k_merge": self.merge, "_k_given": self.given, "_k_change": self.change,
            "_k_alter": self.alter, "_k_each": self.each, "_k_later": self.later, "_k_by": self.by,
            "_k_resumed": self.resumed, "_k_later_by": self.later_by, "_k_from": self.delegate,
            "_k_pieces": self.pieces, "_k_match": self.match, "_k_has": self.has, "_k_item": self.item,
            "_k_put": self.put, "_k_slot": self.slot, "_k_slot_filled": self.slot_filled, "_k_filled": self.filled,
            "_k_asked": self.asked, "_k_within": self.within, "_k_asking": self.asking, "_k_index": self.indices.pop,
            "_k_own": self.own, "_k_own_by": self.own_by, "_k_slice": slice, "_k_round": self.round,
            "_k_idle": self.idle, "_k_count": self.count, "_k_turn": self.turn, "_k_cell": Cell,
            "_k_unbound": UNBOUND, "_k_read_cell": self.read_cell, "_k_write_cell": self.write_cell,
            "_k_read_global": self.read_global, "_k_write_global": self.write_global,
        }  # fmt: skip

    def called_from(self, frame: FrameType, taken: int) -> int:
        """The site of a method that was taken at one place and is called at another: where it is called, if that is
        in the program. Whether it is trusted, is settled where it was taken."""
        file, line = frame.f_code.co_filename, frame.f_lineno
        site = self._calls.get((taken, file, line))
        if site is None:
            site = taken
            if file in self.files:
                words, trusted = self._sites[taken].words, self._sites[taken].trusted
                self._sites.append(Site(file, line, words.rpartition(".")[0] or words, trusted))
                site = len(self._sites) - 1
            self._calls[taken, file, line] = site
        return site

    def suspended(self, coroutine: Any, site: int) -> int:
        """The site of the innermost line of the program at which `coroutine` awaits; `site` if it is on that line."""
        file, line = "", 0
        while (frame := getattr(coroutine, "cr_frame", None)) is not None:
            if frame.f_code.co_filename in self.files:
                file, line = frame.f_code.co_filename, frame.f_lineno
            coroutine = coroutine.cr_await
        if not file or (site >= 0 and self._sites[site][:2] == (file, line)):
            return site
        known = self._calls.get((-1, file, line))
        if known is None:
            known = self._calls[-1, file, line] = len(self._sites)
            self._sites.append(Site(file, line, "", site >= 0 and self._sites[site].trusted))
        return known

    # ---- keys

    def _global_key(self, name: str) -> int:
        key = self._keys.get(("", name))
        if key is None:
            key = self._keys["", name] = self._scheduler.new_key()
        return key

    def _attribute_key(self, thing: Any, name: str) -> int:
        kind = type(thing)
        shape = self._shape(kind, name)
        if shape == OWN:
            if kind is SimpleNamespace:
                return self._part_of(self._key(thing, ""), thing, name)
            return self._key(thing, name)
        if shape == CLASS:
            # Whoever assigns it to the class changes it for all that have none of their own.
            return self._part_of(self._key_in_class(kind, name), thing, name)
        if shape == GUARDED:
            return int(getattr(guard(thing, name), "key", -1))
        return -1

    def _part_of(self, whole: int, thing: Any, name: str) -> int:
        key = self._key(thing, name)
        self._wholes[key] = whole
        return key

    def _shape(self, kind: type, name: str) -> int:
        shape = self._shapes.get((kind, name))
        if shape is None:
            shape = self._shapes[kind, name] = self._find_shape(kind, name)
        return shape

    def _find_shape(self, kind: type, name: str) -> int:
        if issubclass(kind, CONTAINERS) and name in METHOD_NAMES:
            return WRITE if name in CHANGES else READ
        if (kind is GeneratorType and name in RESUMING) or (kind in ITERATORS and name == "__next__"):
            return WRITE
        if is_guarded(kind, name):
            return GUARDED
        owner = owner_of(kind, name)
        if owner is None:
            return SILENT if kind.__module__ == "_thread" else CLASS if self.is_of_classes(name, False) else OWN
        value = owner.__dict__[name]
        if isinstance(value, MemberDescriptorType) or (owner.__module__, name) in RENAMED:
            return OWN
        return SILENT if self._is_silent(owner, name, value) else CLASS if self.is_of_classes(name, True) else OWN

    def _is_silent(self, owner: type, name: str, value: object) -> bool:
        """Whether what a class has is not data: it runs code that tells, or nobody puts anything in its place."""
        kind = type(value)
        if not hasattr(kind, "__get__") or owner.__module__ not in self.modules:
            return hasattr(kind, "__get__")
        return hasattr(kind, "__set__") and not self.is_of_classes(name, False)

    # ---- attributes

    def read(self, thing: Any, name: str, site: int) -> Any:
        scheduler = self._scheduler
        scheduler.current.site = site
        if scheduler.quiet:
            return self.take(thing, name, site) if name in METHOD_NAMES else thing
        key = self._keys.get((address(thing), name))
        if key is None:
            shape = self._shape(type(thing), name)
            if shape >= READ:
                return Method(self, thing, site)
            key = self._data_key(thing, name)
            if shape == GUARDED:
                # A step, always: what changes it is not told as writing.
                scheduler.point("read", key, site, thing, name)
                self._stands_for(getattr(thing, name), key)
                return thing
        if key >= 0:
            scheduler.access("read", key, site, thing, name, self._wholes.get(key, -1) if self._wholes else -1)
        return thing

    def _stands_for(self, value: Any, key: int) -> None:
        """Whoever looks into `value`, if that is a container, looks at what has this key."""
        if self._holds(value) and (address(value), "") not in self._keys:
            place = address(value), ""
            self._keys[place] = key
            self._keep(value, self._keys, place)

    def write(self, thing: Any, name: str, site: int) -> Any:
        scheduler = self._scheduler
        scheduler.current.site = site
        if issubclass(type(thing), type):
            self._shapes.clear()
        if not scheduler.quiet:
            key = self._keys.get((address(thing), name))
            if key is None:
                key = self._data_key(thing, name)
            if key >= 0:
                scheduler.access("write", key, site, thing, name, self._wholes.get(key, -1) if self._wholes else -1)
            if self._unseen.get((type(thing), name), True) and self._is_looked_at_unseen(type(thing), name):
                self.hide(f"assigns {type(thing).__name__}.{name}, at which the library looks unseen")
        return thing

    def _is_looked_at_unseen(self, kind: type, name: str) -> bool:
        """Whether code that is not the program's looks at this attribute, and does not tell."""
        known = self._unseen.get((kind, name))
        if known is None:
            if self._nature(kind) == STRANGER:
                known = True
            elif name.startswith("__") and name.endswith("__"):
                known = name not in HARMLESS
            else:
                known = looks_unseen(kind, name, self.modules)
            self._unseen[kind, name] = known
        return known

    def _data_key(self, thing: Any, name: str) -> int:
        """The location of an attribute; -1 when it is not data."""
        # By `type`: `isinstance` asks for `__class__`, and so runs a `__getattribute__` of the program's own.
        kind = type(thing)
        if issubclass(kind, ModuleType):
            own = kind is ModuleType and getattr(thing, "__name__", "") in self.modules
            own = own or (thing is sys and name in self.streams)
            return self._global_key(f"{thing.__name__}.{name}") if own else -1
        if issubclass(kind, type):
            return self._class_key(thing, name)
        if kind is super:
            bound = thing.__self_class__
            return -1 if bound is None else self._class_key(bound, name)
        return self._attribute_key(thing, name)

    def _class_key(self, thing: type, name: str) -> int:
        owner = owner_of(thing, name)
        if owner is None:
            self._unowned.add(name)
            return self._key_in_class(thing, name)
        value = owner.__dict__[name]
        function = isinstance(value, (FunctionType, staticmethod, classmethod))
        return -1 if function and self._is_silent(owner, name, value) else self._key_in_class(thing, name)

    def _key_in_class(self, kind: type, name: str) -> int:
        """The location of the attribute that all have who have none of their own."""
        first = first_owner(kind, name) if name not in self._unowned else None
        if first is not None:
            return self._key(first, name)
        # Some class may get it, and nobody knows yet which: it is one location for all classes.
        return self._global_key(f".{name}")

    def take(self, thing: Any, name: str, site: int) -> Any:
        """The base of `thing.name`, which is no data; but a method of a container may be called later, elsewhere:
        by threads, even if there are none yet."""
        return Method(self, thing, site) if self._shape(type(thing), name) >= READ else thing

    def use(self, thing: Any, name: str, site: int) -> Any:
        """The base of `thing.name(...)`, which is told if `thing` is a container."""
        scheduler = self._scheduler
        scheduler.current.site = site
        if not scheduler.quiet:
            shape = self._shape(type(thing), name)
            if shape < READ:
                if self._natures.get(type(thing)) != NOTHING:
                    self._holds(thing)
            else:
                if type(thing) is GeneratorType and name != "close":
                    return Resumed(self, thing, site)
                kind: Literal["read", "write"] = "read" if shape == READ else "write"
                if name in CALLING_BACK and done_in_pieces(thing, name):
                    self.in_pieces(kind, thing, site)
                with self.in_one_go():
                    self._tell_container(kind, thing, site)
                    if name in SEARCHING or name in RESUMING:
                        self.look_inside(thing, site)
        return thing

    def late(self, thing: Any, name: str, asked: int, site: int) -> Any:
        """The base of `thing.name(...)` where the arguments, which come first, may take steps."""
        if self._shape(type(thing), name) >= READ:
            return LateMethod(self, thing, site)
        return self.call(thing, name, asked, site)

    def call(self, thing: Any, name: str, asked: int, site: int) -> Any:
        """The base of `thing.name(...)`; `asked` is the site of `thing.name`, where that is data."""
        scheduler = self._scheduler
        base = self.use(thing, name, site)
        if not scheduler.quiet and self._shape(type(thing), name) < READ:
            key = self._data_key(thing, name)
            if key >= 0:
                scheduler.access("read", key, asked, thing, name, self._wholes.get(key, -1) if self._wholes else -1)
        return base

    def at(self, thing: Any, site: int) -> Any:
        """What comes next happens here: a lock is taken, a queue is asked."""
        scheduler = self._scheduler
        scheduler.current.site = site
        if not scheduler.quiet and self._natures.get(type(thing)) != NOTHING:
            self._holds(thing)
        return thing

    def printed_to(self, buffer: Any) -> None:
        """`print` is about to write to it."""
        self.change_at(buffer, self._scheduler.current.site)

    def asked_for_output(self) -> None:
        """`print` is about to look where to."""
        if self.streams:
            self.cached(sys, "stdout", False)

    def touched(self, thing: Any, changes: bool) -> None:
        """The library is about to look at it, or to change it: a cache, a generator of random numbers."""
        if not self._scheduler.quiet:
            kind: Literal["read", "write"] = "write" if changes else "read"
            self._tell_container(kind, thing, self._scheduler.current.site)

    def cached(self, thing: Any, name: str, changes: bool) -> None:
        """The library is about to look for a property that it keeps, or to keep it."""
        scheduler = self._scheduler
        if not scheduler.quiet:
            kind: Literal["read", "write"] = "write" if changes else "read"
            key, kept = self._data_key(thing, name), thing.__dict__
            key = key if key >= 0 else self._key(kept, "")
            scheduler.access(kind, key, scheduler.current.site, kept, "", self._wholes.get(key, -1))

    # ---- variables

    def read_cell(self, cell: Cell, site: int) -> None:
        if not self._scheduler.quiet:
            self._scheduler.access("read", self._key(cell, ""), site, cell, "")

    def write_cell(self, cell: Cell, value: Any, site: int) -> Any:
        if not self._scheduler.quiet:
            self._scheduler.access("write", self._key(cell, ""), site, cell, "")
        cell.value = value
        return value

    def read_global(self, name: str, site: int) -> None:
        if not self._scheduler.quiet:
            self._tell_global("read", name, site)

    def write_global(self, name: str, value: Any, site: int) -> Any:
        if not self._scheduler.quiet:
            self._tell_global("write", name, site)
        return value

    def _tell_global(self, kind: Literal["read", "write"], name: str, site: int) -> None:
        scheduler = self._scheduler
        names = sys._getframe(2).f_globals if scheduler.observers else None
        scheduler.access(kind, self._global_key(name), site, names, name.rpartition(".")[2])
