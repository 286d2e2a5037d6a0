"""Keeping: modules that only define functions, classes and constants are imported once, not in each execution.

Each execution has to find the program as if it had just been imported. Where importing does nothing but define, that is
had for less: the names are put back, and whether anything else was changed can be seen. The import of everything else
(a lock, a list, a call) is done anew. What is kept is what nobody changes, so no execution can tell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import is_
from types import (
    BuiltinFunctionType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    UnionType,
)

CONSTANTS = (type(None), type(...), bool, int, float, complex, str, bytes, GenericAlias, UnionType)
FROM_ELSEWHERE = (BuiltinFunctionType, MethodType, partial, ModuleType)
"""What can only have been imported: a program's own would be made by a call."""
DESCRIPTORS = (property, staticmethod, classmethod, MemberDescriptorType, GetSetDescriptorType)
DECORATORS = frozenset({"property", "staticmethod", "classmethod", "setter", "getter", "deleter"})
BY_OTHER_WAYS = frozenset({
    "setattr", "delattr", "exec", "eval", "vars", "__dict__", "__code__", "__defaults__", "__kwdefaults__",
    "__annotations__", "__class__", "__bases__", "__closure__", "__wrapped__", "fget", "fset", "fdel",
})  # fmt: skip
"""With these a program could change what is not looked at again."""
_EXPRESSIONS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.Compare,
    ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)  # fmt: skip


class Kept:
    """Modules as they were when they had just been imported."""

    def __init__(self, modules: Mapping[str, ModuleType]) -> None:
        self.modules = dict(modules)
        self._names = [(module.__dict__, dict(module.__dict__)) for module in modules.values()]
        self._classes = [(vars(one), tuple(vars(one)), tuple(vars(one).values())) for one in _classes(modules)]
        self._attributes = [function.__dict__ for function in _functions(modules)]

    def as_they_were(self) -> bool:
        """Puts the names of all modules back; False when something else was changed since."""
        for found, names, values in self._classes:
            if tuple(found) != names or not all(map(is_, found.values(), values)):
                return False
        if any(self._attributes):
            return False
        for now, then in self._names:
            now.clear()
            now.update(then)
        return True


def kept(modules: Mapping[str, ModuleType]) -> Kept | None:
    """Of modules that `only_define`, just imported; None where one holds what might be changed."""
    values = [value for module in modules.values() for value in _told(module.__dict__)]
    values += [value for one in _classes(modules) for value in _told(vars(one))]
    plain = all(type(one) is type for one in _classes(modules))
    return Kept(modules) if plain and all(map(_stays, values)) else None


def only_define(trees: Iterable[ast.Module], trusted: ast.Module, harmless: Callable[[str], bool]) -> bool:
    """Whether importing them does nothing but define. The decorators of `trusted` return what they are given.

    harmless: whether importing the module of this name, which is not the program's own, has no effect.
    """
    answers = list(trees)
    named = {_name(node) for tree in (*answers, trusted) for node in ast.walk(tree)}
    if not BY_OTHER_WAYS.isdisjoint(named):
        return False
    return all(_defines(node, harmless, trusted=False) for tree in answers for node in tree.body) and all(
        _defines(node, harmless, trusted=True) for node in trusted.body
    )


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _defines(node: ast.stmt, harmless: Callable[[str], bool], *, trusted: bool) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Import(names=names):
            return all(harmless(one.name) for one in names)
        case ast.ImportFrom(module=module, level=level):
            return level == 0 and harmless(str(module))
        case ast.FunctionDef(decorator_list=around) | ast.AsyncFunctionDef(decorator_list=around):
            return (trusted or all(_name(one) in DECORATORS for one in around)) and _signature(node)
        case ast.ClassDef(decorator_list=[], keywords=[], bases=bases, body=body):
            inside = all(_defines(one, harmless, trusted=False) for one in body)
            return inside and all(map(_expression, bases))
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return _expression(value) or (name == "__slots__" and _in_annotation(value))
        case ast.AnnAssign(target=ast.Name(), value=value, annotation=annotation):
            return _in_annotation(annotation) and (value is None or _expression(value))
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), orelse=[]):
            return True  # the program is imported, and never run as a script
    return False


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    notes = [node.returns, *(one.annotation for one in every if one)]
    defaults = [*arguments.defaults, *arguments.kw_defaults]
    return all(_expression(one) for one in defaults if one) and all(_in_annotation(one) for one in notes if one)


def _expression(node: ast.expr) -> bool:
    return all(isinstance(one, _EXPRESSIONS) for one in ast.walk(node))


def _in_annotation(node: ast.expr) -> bool:
    return all(isinstance(one, (*_EXPRESSIONS, ast.List)) for one in ast.walk(node))


def _told(names: Mapping[str, object]) -> Iterator[object]:
    """All but what Python itself puts there."""
    return (value for name, value in names.items() if not (name.startswith("__") and name.endswith("__")))


def _stays(value: object) -> bool:
    kind = type(value)
    if kind in CONSTANTS or isinstance(value, (FunctionType, type, *FROM_ELSEWHERE, *DESCRIPTORS)):
        return True
    if kind in (tuple, frozenset):
        return all(map(_stays, value))  # type: ignore[call-overload]
    return kind.__module__ in ("typing", "__future__")


def _classes(modules: Mapping[str, ModuleType]) -> Iterator[type]:
    """Of these modules, those in other classes included."""
    waiting = [vars(module) for module in modules.values()]
    while waiting:
        for value in list(waiting.pop().values()):
            if isinstance(value, type) and value.__module__ in modules:
                yield value
                waiting.append(vars(value))  # type: ignore[arg-type]


def _functions(modules: Mapping[str, ModuleType]) -> Iterator[FunctionType]:
    for names in (*map(vars, modules.values()), *map(vars, _classes(modules))):
        for value in list(names.values()):
            bare = getattr(value, "__func__", value)
            of_property = (value.fget, value.fset, value.fdel) if isinstance(value, property) else ()
            found = (one for one in (bare, *of_property) if isinstance(one, FunctionType))
            yield from (one for one in found if one.__module__ in modules)
