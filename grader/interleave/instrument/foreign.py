"""Foreign: what functions that are not rewritten (C, the standard library) do to what a program gives them."""

from __future__ import annotations

import itertools
import operator
import sys
import warnings
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import make_dataclass
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType, MethodWrapperType, ModuleType
from types import WrapperDescriptorType as SlotType
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from grader.interleave.instrument.containers import CHANGES, CONTAINERS, COPIERS, FEEDING, GOING_OVER, KEEPERS, WRITERS
from grader.interleave.instrument.pieces import compares_by_code, looks_in_pieces
from grader.interleave.instrument.things import ITERATORS, attribute_of

if TYPE_CHECKING:
    from grader.interleave.instrument.sharing import Sharing

CALLABLES = (
    FunctionType, MethodType, BuiltinFunctionType, MethodDescriptorType, SlotType, MethodWrapperType, partial,
    operator.attrgetter, operator.itemgetter, operator.methodcaller, type,
)  # fmt: skip
TAKERS = (*CONTAINERS, *ITERATORS, tuple, frozenset, str, bytes)
"""Types whose making goes over what they are given."""
ASSIGNING = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
ASKING = frozenset({"hasattr", "__getattribute__"})
ASKING_WHO = frozenset({namedtuple, NamedTuple, TypedDict, make_dataclass, warnings.warn, sys._getframe})
"""Functions that ask by whom they are called, which is to be the program; no shared data is given to them."""
GOERS_OVER = frozenset({*GOING_OVER, "join", "from_iterable", "fromkeys", "reduce", "fsum", "prod", "tee"})
SHALLOW = frozenset({"__len__", "__iter__", "__getitem__", "__reversed__", "__sizeof__", "copy", "get"})
"""Methods that do not look at what their container's items hold."""
OURS = "grader.interleave.instrument.deferred"


def makes_iterators(function: Any) -> bool:
    """Whether what it makes asks for items later, when more threads may live than now."""
    if type(function) is type:
        return issubclass(function, ITERATORS)
    return type(function) is BuiltinFunctionType and function.__self__ in (itertools.chain, itertools)


def goes_over(function: Any) -> bool:
    """Whether it asks iterators that it is given for their items, in C; not one of the program's own classes."""
    if type(function) is type:
        return issubclass(function, TAKERS) and function.__module__ in ("builtins", "itertools", "collections")
    return type(function) is BuiltinFunctionType and function.__name__ in GOERS_OVER


class Foreign:
    """Tells, before such a function is called, of all that it may look at or change."""

    def __init__(self, hooks: Sharing) -> None:
        self._hooks = hooks
        self.builtins: Mapping[str, Any] = {}
        """What the code of the program and the private copies of the library have for builtins."""

        self.named: Collection[object] = ()
        """Global variables that somebody is known to assign as attributes of a module: whoever looks at them, tells."""
        self.by_computed_name: Callable[[ModuleType], None] = lambda _: None
        """Hears of a module of which another one is assigned."""

    def wrap(self, function: Any, site: int) -> Any:
        """`function`, or what does the same and tells."""
        return self._told(function, site) if self._is_foreign(function) else function

    def _is_foreign(self, function: Any) -> bool:
        kind = type(function)
        if kind is MethodType:
            function, kind = function.__func__, type(function.__func__)
        if kind is FunctionType:
            foreign = function.__builtins__ is not self.builtins and function.__module__ != OURS
        elif issubclass(kind, type):
            return issubclass(function, TAKERS)
        else:
            # What derives from `partial` is the stand-in, which tells by itself.
            foreign = issubclass(kind, CALLABLES) and (kind is partial or not issubclass(kind, partial))
        return foreign and function not in ASKING_WHO

    def _told(self, function: Any, site: int) -> Callable[..., Any]:
        def told(*args: Any, **kwargs: Any) -> Any:
            if function is getattr and len(args) > 1:
                return getattr(self._hooks.read(args[0], args[1], site), *args[1:])
            if goes_over(function):
                args = tuple(self._hooks.resumed(one, site) for one in args)
            with self._hooks.in_one_go():
                self.tell(function, args, [*kwargs.values()], site)
            if type(function) is BuiltinFunctionType and function.__name__ in FEEDING:
                args = tuple(self._hooks.fed(one, function.__self__, site) for one in args)
            return function(*args, **kwargs)

        return told

    def tell(self, function: Any, args: Sequence[Any], more: Sequence[Any], site: int) -> None:
        hooks = self._hooks
        if isinstance(function, partial):
            if self._is_foreign(function.func):
                self.tell(function.func, (*function.args, *args), [*function.keywords.values(), *more], site)
            return
        if isinstance(function, operator.methodcaller) and args:
            hooks.call(args[0], function.__reduce__()[1][0], site, site)
            return
        if isinstance(function, operator.attrgetter) and args:
            for name in function.__reduce__()[1]:
                self._tell_attribute(args[0], name.split("."), site)
            return
        name = getattr(function, "__name__", "")
        if isinstance(function, (BuiltinFunctionType, MethodType)):
            hooks.at(function.__self__, site)
        if isinstance(function, MethodWrapperType):
            args = (function.__self__, *args)
        if name in ASSIGNING and len(args) > 1:
            if type(args[0]) is ModuleType and args[1] not in self.named:
                self.by_computed_name(args[0])
            hooks.write(args[0], args[1], site)
        elif name in ASKING and len(args) > 1:
            hooks.read(args[0], args[1], site)
        else:
            self._tell_values(function, name, args, more, site)

    def _tell_attribute(self, thing: Any, names: Sequence[str], site: int) -> None:
        for place, name in enumerate(names):
            self._hooks.read(thing, name, site)
            if place + 1 == len(names):
                return
            thing = attribute_of(thing, name)
            if thing is None:
                self._hooks.hide(f"asks for {'.'.join(names)} by attrgetter")
                return

    def _tell_values(self, function: Any, name: str, args: Sequence[Any], more: Sequence[Any], site: int) -> None:
        hooks = self._hooks
        if looks_in_pieces(function, name, (*args, *more)):
            for one in (*args, *more):
                hooks.in_pieces("read", one, site)
        of_type = isinstance(function, (MethodDescriptorType, SlotType, MethodWrapperType))
        rest = args
        if args and ((of_type and name in CHANGES) or name in WRITERS):
            if compares_by_code(args[0]):
                hooks.in_pieces("write", args[0], site)
            hooks.change_at(args[0], site)
            hooks.look_inside(args[0], site)
            rest = args[1:]
        elif args and of_type:
            (hooks.look if name in SHALLOW else hooks.look_into)(args[0], site)
            rest = args[1:]
        if issubclass(type(function), type) and not issubclass(function, str):
            for one in (*rest, *more):
                hooks.look(one, site)
        elif name not in KEEPERS or getattr(function, "__module__", "") == "_operator":
            hooks.look_at_all((*rest, *more), site, through=name in COPIERS)
