"""Nodes: small questions to, and new pieces of, a syntax tree."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from grader.interleave.instrument.containers import COPIERS, FRESH, FRESH_CONTAINERS, SIZES, VIEWING, WRITERS

_T = TypeVar("_T", bound=ast.AST)


_SCALARS = (
    ast.Constant, ast.JoinedStr, ast.Compare, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.UnaryOp, ast.BinOp,
)  # fmt: skip

_ABOUT_FIRST = WRITERS | COPIERS
"""Functions that are about what they are given first."""
_ASKING = frozenset({"is_set", "locked", "is_alive", "empty", "full", "qsize"})
"""What locks, events, threads and queues are asked, and nothing happens."""
_NAMING = frozenset({
    "setattr", "getattr", "hasattr", "delattr", "__setattr__", "__getattribute__", "__delattr__",
})  # fmt: skip
"""What is given the name of an attribute."""
_LOOKS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp,
    ast.Tuple, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip


def placed(new: _T, old: ast.AST) -> _T:
    """`new` and all in it that has no place yet, at the place of `old`."""
    waiting: list[ast.AST] = [new]
    while waiting:
        node = waiting.pop()
        # What has its place, all below it has, too.
        if not hasattr(node, "lineno"):
            ast.copy_location(node, old)
            waiting.extend(ast.iter_child_nodes(node))
    return new


def names_in(target: ast.expr) -> list[ast.Name]:
    return [node for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def is_number(node: ast.expr) -> bool:
    """A number, or None: what no container is added to or compared with."""
    return isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes))


def any_number(nodes: Sequence[ast.expr]) -> bool:
    return any(is_number(node) for node in nodes)


def takes_steps(rewritten: Sequence[ast.expr]) -> bool:
    """Whether evaluating these expressions may be interrupted: all but constants and plain local names."""
    return not all(isinstance(node, (ast.Constant, ast.Name)) for node in rewritten)


def holds_nothing(node: ast.expr) -> bool:
    """Whether the value of `node` is no container that anybody else could have, nor stands for one."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in FRESH
    if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict)):
        return all(holds_nothing(one) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
    return isinstance(node, _SCALARS)


def may_hold_others(node: ast.expr) -> bool:
    """Whether the value of `node`, which is nobody else's (`holds_nothing`), may have containers in it that are."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in FRESH_CONTAINERS
        case ast.ListComp(elt=one) | ast.SetComp(elt=one) | ast.DictComp(value=one):
            return not holds_nothing(one) or may_hold_others(one)
        case ast.Tuple(elts=several) | ast.List(elts=several) | ast.Set(elts=several) | ast.Dict(values=several):
            return any(map(may_hold_others, several))
        case ast.BinOp():
            return True
    return False


def is_endless(node: ast.expr) -> bool:
    """Whether `node` makes an iterator that never ends by itself: `itertools.count()`, `iter(ask, None)`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
            return name in ("count", "cycle") or (len(args) + len(keywords), name) in ((1, "repeat"), (2, "iter"))
    return False


def is_formatting(node: ast.BinOp) -> bool:
    """Whether it is like `"%s of %s" % (a, b)`, which Python compiles as it does an f-string."""
    match node:
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=ast.Tuple(elts=elts)):
            found = re.findall(r"%(?:-?\d*(?:\.\d+)?[sra%]|.)", text)
            simple = all(one[-1] in "sra%" for one in found)
            return (
                simple
                and len([one for one in found if one != "%%"]) == len(elts)
                and not any(isinstance(one, ast.Starred) for one in elts)
            )
    return False


def only_looks(loop: ast.While) -> bool:
    """Whether the rounds of `loop` do nothing but look at what its test names: `while not self.ready: pass`."""
    idle = all(isinstance(one, (ast.Pass, ast.Continue)) or _is_constant(one) for one in loop.body)
    looks = all(isinstance(node, _LOOKS) or _only_asks(node) for node in ast.walk(loop.test))
    # `x in files` may use an iterator up.
    return idle and looks and not any(isinstance(node, (ast.In, ast.NotIn)) for node in ast.walk(loop.test))


def _only_asks(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return name in SIZES
        case ast.Call(func=ast.Attribute(attr=name), args=[], keywords=[]):
            return name in _ASKING
    return False


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def own_dict(node: ast.expr) -> ast.expr | None:
    """`node` itself where it is the dictionary of a thing's attributes: `thing.__dict__`, `vars(thing)`."""
    match node:
        case ast.Attribute(attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[_], keywords=[]):
            return node
    return None


def is_docstring(body: list[ast.stmt]) -> int:
    match body[0]:
        case ast.Expr(value=ast.Constant(value=str())):
            return 1
    return 0


def in_context(node: ast.expr, context: ast.expr_context) -> ast.expr:
    new = copy.copy(node)
    new.ctx = context  # type: ignore[attr-defined]
    return new


_SLOT_METHODS = {ast.Load: "load", ast.Store: "store", ast.Del: "delete"}


def accessed(slot: ast.expr, context: ast.expr_context, at: ast.AST) -> ast.Subscript:
    """What a `Slot` means: `slot.load()[_k_index()]`."""
    method = ast.Attribute(slot, _SLOT_METHODS[type(context)], ast.Load())
    index = ast.Call(ast.Name("_k_index", ast.Load()), [], [])
    return placed(ast.Subscript(ast.Call(method, [], []), index, context), at)


def has_slice(index: ast.expr) -> bool:
    return any(isinstance(node, ast.Slice) for node in (index, *getattr(index, "elts", ())))


def bounds(index: ast.expr) -> list[ast.expr]:
    """What the slices in `index` begin and end with; of a negative number, the number."""
    inside = [node for node in ast.walk(index) if isinstance(node, ast.expr)]
    return [node for node in inside if not isinstance(node, (ast.Slice, ast.Tuple, ast.UnaryOp))]


def as_value(index: ast.expr) -> ast.expr:
    """`index` as an expression of its own, which a slice is only between brackets."""
    if isinstance(index, ast.Slice):
        parts = [part or ast.Constant(None) for part in (index.lower, index.upper, index.step)]
        return placed(ast.Call(ast.Name("_k_slice", ast.Load()), parts, []), index)
    if has_slice(index) and isinstance(index, ast.Tuple):
        return placed(ast.Tuple([as_value(one) for one in index.elts], ast.Load()), index)
    return index


def mangled(name: str, within: str) -> str:
    """What an attribute is called that the text of a class calls `name`."""
    private = name.startswith("__") and not name.endswith("__") and within.strip("_")
    return f"_{within.lstrip('_')}{name}" if private else name


def as_written(name: str) -> str:
    """What the text of its class calls an attribute that others must call `name`."""
    private = re.fullmatch(r"_[^_].*?(__.*[^_]_?)", name)
    return private[1] if private else name


def cut(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def words_of(node: ast.AST) -> str:
    """The student's words for a place that an access names, short."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{words_of(value)}.{name}"
        case ast.Subscript(value=value, slice=index):
            return f"{words_of(value)}[{words_of(index)}]"
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in VIEWING:
            return words_of(value)
        case ast.Call(func=func):
            return f"{words_of(func)}()"
        case ast.Constant(value=value):
            text = repr(value)
            return text if len(text) <= 20 else "..."
    return "..."


def words_called(call: ast.Call) -> str:
    """The student's words for what a call is about: for `setattr(thing, "x", 1)` that is `thing.x`."""
    match call:
        case ast.Call(func=ast.Attribute(value=thing) as f, args=[ast.Constant(value=str(name)), *_]) if _by_name(f):
            return f"{words_of(thing)}.{name}"
        case ast.Call(func=func, args=[thing, ast.Constant(value=str(name)), *_]) if _by_name(func):
            return f"{words_of(thing)}.{name}"
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if name in _ABOUT_FIRST:
            return words_of(first)
        case ast.Call(func=ast.Name(id=called)):
            return called
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call() as thing)):
            return words_of(thing)
    return ""


def _by_name(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) in _NAMING


def names_one_of(args: list[ast.expr], known: Collection[str]) -> bool:
    """Whether the first of them is one of the `known` functions."""
    return bool(args) and isinstance(args[0], ast.Name) and args[0].id in known


def may_run_code(args: list[ast.expr]) -> bool:
    """Whether the first of them may be a function of the program, which gets items of the others."""
    return not isinstance(args[0], ast.Constant) and not any(isinstance(one, ast.Starred) for one in args)


def is_keyed(call: ast.Call) -> bool:
    """Whether it sorts or compares by a function."""
    return any(keyword.arg == "key" for keyword in call.keywords)
