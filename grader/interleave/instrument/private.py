"""Private: local variables whose containers no other thread can have, found by reading one function."""

from __future__ import annotations

import ast
from collections import Counter

from grader.interleave.instrument.containers import METHOD_NAMES, READERS, VIEWING
from grader.interleave.instrument.late import FUNCTIONS
from grader.interleave.instrument.nodes import holds_nothing
from grader.interleave.instrument.scopes import Function, Scope, walk_here

_LAZY = frozenset({"enumerate", "zip", "map", "filter", "reversed", "iter"})


def private_names(function: Function, scope: Scope) -> frozenset[str]:
    """Names that only ever hold what the function itself made, and whose uses hand it to nobody before the end."""
    body = [] if isinstance(function, ast.Lambda) else function.body
    nodes = [node for one in body if not isinstance(one, FUNCTIONS) for node in walk_here(one)]
    if any(isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)) for node in nodes):
        return frozenset()
    # Inner functions are walked into only here, so what they use is not used safely as often as it is used.
    whole = [node for statement in body for node in ast.walk(statement)]
    every = Counter(node.id for node in whole if isinstance(node, ast.Name))
    safe = Counter(name.id for node in nodes for name in _safe(node) if isinstance(name, ast.Name))
    given = {one.arg for one in (function.args.vararg, function.args.kwarg) if one is not None}
    bound = {target.id for node in nodes for target in _bound(node)} | given
    return frozenset(name for name in bound if safe[name] == every[name] and scope.is_local(name))


def _bound(node: ast.AST) -> list[ast.Name]:
    """The name that `node` binds to something new."""
    match node:
        case ast.Assign(targets=[ast.Name() as target], value=value) if holds_nothing(value):
            return [target]
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value) if holds_nothing(value):
            return [target]
    return []


def _safe(node: ast.AST) -> list[ast.expr | None]:
    """Children of `node` that may be the name of a container without its getting known to anybody."""
    match node:
        case ast.Assign() | ast.AnnAssign():
            return [*_bound(node)]
        case ast.Starred(value=value) | ast.keyword(arg=None, value=value):
            return [value]
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in METHOD_NAMES | VIEWING:
            return [value]
        case ast.Call(func=ast.Name(id=name), args=args) if name in READERS - _LAZY:
            return [*args]
        case ast.Subscript(value=value) | ast.Return(value=value):
            return [value]
        case ast.For(iter=one) | ast.comprehension(iter=one) | ast.If(test=one) | ast.While(test=one):
            return [one]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case ast.UnaryOp(operand=one) | ast.FormattedValue(value=one):
            return [one]
    return []
