"""Lives: how long objects live that have a key.

Nothing else may get the address of an object that has a key, so hooks keep it until the execution is over. A program
can tell: by `__del__`, by weak references, by a file, by a generator left within a `with` or a `try`, whose end comes
when nobody has the generator any more. In such a program objects die when Python lets them, and their keys with them.
"""

from __future__ import annotations

import ast
import io
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from sys import getrefcount
from types import FunctionType, GeneratorType
from typing import Any
from weakref import ref

_ONE: dict[int, object] = {0: []}
_UNUSED = getrefcount(_ONE[0])
"""References to what nobody has but a dictionary."""
FEW = 32
"""Objects that are looked at before each step."""
address = object.__hash__
"""As good as `id`, of which every audit hook of the process would be told, at ten times the price."""
_TELLING = (type, FunctionType, GeneratorType, set, frozenset, deque, io.IOBase)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Lives:
    """Of the objects that are looked up in tables by their address; `clear` with those."""

    def __init__(self) -> None:
        self._places: dict[int, list[tuple[dict[Any, Any], Any]]] = {}
        """By address: where tables have something of an object."""
        self._references: dict[int, ref[Any]] = {}
        self._held: dict[int, object] = {}
        """What tells nobody when it dies (lists, dictionaries): kept until `sweep` finds that nobody else has it."""
        self._wait = 0
        """How many more times `sweep` does nothing: where much is held, a look at all of it comes the more seldom."""

    def clear(self) -> None:
        self._places.clear()
        self._references.clear()
        self._held.clear()
        self._wait = 0

    def watch(self, thing: object, table: dict[Any, Any], place: Any) -> None:
        """`table` has `thing` at `place`, which is to be forgotten when it dies."""
        at = address(thing)
        places = self._places.get(at)
        if places is not None:
            places.append((table, place))
            return
        self._places[at] = [(table, place)]
        if _tells_when_it_dies(type(thing)):
            self._references[at] = ref(thing, partial(self._forget, at))
        else:
            self._held[at] = thing

    def _forget(self, at: int, _: object = None) -> None:
        self._references.pop(at, None)
        for table, place in self._places.pop(at, ()):
            table.pop(place, None)

    def sweep(self) -> None:
        """Let go what nobody else has. What dies with it may run code of the program, even other threads."""
        self._wait -= 1
        again = bool(self._held) and self._wait < 0
        if again:
            self._wait = len(self._held) // FEW
        while again:
            again = False
            for at in reversed([*self._held]):  # mostly, what holds others was made after them
                if at in self._held and getrefcount(self._held[at]) <= _UNUSED:
                    self._forget(at)
                    self._held.pop(at)
                    again = True

    def let_go(self) -> None:
        """Let go all that is held: what had a key gets another if it is touched again."""
        for at in [*self._held]:
            self._forget(at)
            self._held.pop(at, None)

    def sweeping(self, hooks: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        """The hooks of calls, each after a `sweep`: to call a weak reference is no step."""

        def first(hook: Callable[..., Any]) -> Callable[..., Any]:
            def swept(*args: Any) -> Any:
                self.sweep()
                return hook(*args)

            return swept

        return {name: first(hooks[name]) for name in ("_k_at", "_k_given", "_k_call")}


def _tells_when_it_dies(kind: type) -> bool:
    """Whether weak references to it are safe. Some types written in C take them and do not tell them, which ends in
    memory that is somebody else's: `typing.ParamSpecArgs` until Python 3.13."""
    own = issubclass(kind, _TELLING) or any("__weakref__" in vars(base) for base in kind.__mro__)
    return own and kind.__weakrefoffset__ != 0  # a class derived from `int` as well takes none, whatever its bases do


def are_seen_to_end(trees: Iterable[ast.Module]) -> bool:
    """Whether the program can tell that an object of its own has died."""
    return any(_sees_an_end(node) for tree in trees for node in ast.walk(tree))


def _sees_an_end(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(name="__del__") | ast.ImportFrom(module="weakref" | "tempfile"):
            return True
        case ast.Call(func=ast.Name(id="open")):
            return True  # of a file that nobody closed: only then is all of it written
        case ast.Import(names=names):
            return any(one.name in ("weakref", "tempfile") for one in names)
        case ast.With() | ast.AsyncWith() | ast.Try() | ast.TryStar():
            return _yields(node)
    return False


def _yields(node: ast.AST) -> bool:
    """Whether the function that it is in yields in it."""
    inside = (one for one in ast.iter_child_nodes(node) if not isinstance(one, _FUNCTIONS))
    return any(isinstance(one, ast.Yield | ast.YieldFrom) or _yields(one) for one in inside)
