"""Scopes: which variables of a source file several threads can reach, found by reading.

A global counts when some function declares it `global`, when other files assign it, or when the file binds it after it
may have started a thread. A local counts when an inner function uses it and it is bound again after the first time, or
after that function became known: it lives in a cell, and each call of the outer function has its own.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TypeAlias

from grader.interleave.instrument.late import COMPREHENSIONS, FUNCTIONS, late_globals, late_locals

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Scope:
    """The names of one function, or of a comprehension with functions in it."""

    def __init__(self, parent: Scope | None, within: bool = False) -> None:
        self.parent = parent
        self.function: Scope | None = parent and parent.function if within else self
        """The function in which this is evaluated."""
        self.bound: Counter[str] = Counter()
        """How often each name is bound; inside a loop counts as often."""
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.used: set[str] = set()
        self.cells: set[str] = set()
        """Own names that other threads can see change."""
        self.late: set[str] = set()
        """Own names that are bound when inner functions are known already."""

    def is_local(self, name: str) -> bool:
        return name in self.bound and name not in self.globals and name not in self.nonlocals

    def owner(self, name: str) -> Scope | None:
        """The function whose local `name` is here; None for a global."""
        if name in self.globals:
            return None
        if self.is_local(name):
            return self
        return self.parent.owner(name) if self.parent else None


class Scopes:
    """All functions of one file."""

    def __init__(self, tree: ast.Module, starting: Collection[str] = (), elsewhere: Collection[str] = ()) -> None:
        """`starting`: names that start threads; `elsewhere`: global variables that other files assign."""
        self.of: dict[ast.AST, Scope] = {}
        self.globals: set[str] = {*elsewhere}
        """Global variables that change while functions look."""
        self._enter(tree.body, None)
        late = late_globals(tree, starting)
        self.late: set[str] = set()
        """All variables that count because they are bound late."""
        for scope in self.of.values():
            self.globals |= scope.globals
            for name in scope.used | scope.nonlocals:
                owner = scope.owner(name)
                if owner is None and name in late:
                    self.globals.add(name)
                    self.late.add(name)
                elif owner is not None and owner.function is not scope.function:
                    self._share(name, owner, name in scope.nonlocals)

    def _share(self, name: str, owner: Scope, rebound: bool) -> None:
        if rebound or owner.bound[name] > 1:
            owner.cells.add(name)
        elif name in owner.late:
            owner.cells.add(name)
            self.late.add(name)

    def _enter(self, body: list[ast.stmt], scope: Scope | None) -> None:
        for statement in body:
            self._visit(statement, scope, 1)

    def _visit(self, node: ast.AST, scope: Scope | None, weight: int) -> None:
        if isinstance(node, FUNCTIONS):
            self._visit_function(node, scope, weight)
            return
        if isinstance(node, COMPREHENSIONS) and any(isinstance(one, FUNCTIONS) for one in ast.walk(node)):
            self._visit_comprehension(node, scope, weight)
            return
        if isinstance(node, ast.NamedExpr) and scope is not None and scope.function is not scope:
            self._visit(node.value, scope, weight)
            scope = scope.function
            node = node.target
        if scope is not None:
            _note(node, scope, weight)
        inner = weight + 1 if isinstance(node, LOOPS) else weight
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope, inner)

    def _visit_comprehension(self, node: Comprehension, outer: Scope | None, weight: int) -> None:
        first = node.generators[0].iter
        self._visit(first, outer, weight)
        scope = self.of[node] = Scope(outer, within=True)
        for child in ast.iter_child_nodes(node):
            # Its variables are bound again and again.
            parts = ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else (child,)
            for part in parts:
                if part is not first:
                    self._visit(part, scope, 2)

    def _visit_function(self, node: Function, outer: Scope | None, weight: int) -> None:
        scope = self.of[node] = Scope(outer)
        arguments = node.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None:
                scope.bound[one.arg] += 1
        for default in (*arguments.defaults, *(value for value in arguments.kw_defaults if value is not None)):
            self._visit(default, outer, weight)
        if isinstance(node, ast.Lambda):
            self._visit(node.body, scope, 1)
            return
        if outer is not None:
            outer.bound[node.name] += weight
        for decorator in node.decorator_list:
            self._visit(decorator, outer, weight)
        self._enter(node.body, scope)
        scope.late = late_locals(node)


def _note(node: ast.AST, scope: Scope, weight: int) -> None:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            scope.used.add(name)
        case ast.Name(id=name):
            scope.bound[name] += weight
        case ast.Global(names=names):
            scope.globals.update(names)
        case ast.Nonlocal(names=names):
            scope.nonlocals.update(names)
        case ast.ExceptHandler(name=str(name)) | ast.ClassDef(name=name) | ast.MatchAs(name=str(name)):
            scope.bound[name] += weight
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                scope.bound[(alias.asname or alias.name).partition(".")[0]] += weight
        case ast.AugAssign(target=ast.Name(id=name)):
            scope.used.add(name)


def walk_here(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and what is below it, without the insides of functions."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FUNCTIONS):
            yield from walk_here(child)
