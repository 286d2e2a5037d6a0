"""Elsewhere: global variables of one file that another file of the program, or what stands for it, assigns or asks."""

from __future__ import annotations

import ast
from collections.abc import Sequence

OWN = ("self", "cls")
ASSIGNING = ("setattr", "delattr")


class Elsewhere:
    """About all files of one program together. A module is known by no more than its being a name."""

    def __init__(self, trees: Sequence[ast.Module]) -> None:
        self._stored = {tree: _assigned(tree) for tree in trees}
        self._own = {tree: _assigned(tree, _imported(tree)) for tree in trees}
        self.declared = _declared(trees) & {name for tree in trees for name in _asked(tree)}
        """Globals that functions rebind, and of which somebody asks a module by an attribute."""

    def assigned(self, tree: ast.Module) -> set[str]:
        """Those that somebody may assign as attributes of the module of this file."""
        return self._own[tree].union(*(names for other, names in self._stored.items() if other is not tree))


def _declared(trees: Sequence[ast.Module]) -> set[str]:
    return {name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def _assigned(tree: ast.Module, bases: set[str] | None = None) -> set[str]:
    """Attributes that are assigned of something that is no `self`, or is one of `bases`, or in it."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=base, attr=name, ctx=ast.Store() | ast.Del()):
                pass
            case ast.Call(func=ast.Name(id=called), args=[base, ast.Constant(value=str(name)), *_]) if (
                called in ASSIGNING
            ):
                pass
            case _:
                continue
        root = _root(base)
        if root not in OWN if bases is None else root in bases:
            found.add(name)
    return found


def _asked(tree: ast.Module) -> set[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if _root(node.value) not in OWN}


def _root(node: ast.expr) -> str:
    """The name that `node` begins with: `package` of `package.module`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imported(tree: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(one.asname or one.name).partition(".")[0] for node in imports for one in node.names}
