"""Elsewhere: global variables of one file that another file of the program, or what stands for it, assigns or asks."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from grader.interleave.instrument.late import late_globals

OWN = ("self", "cls")
ASSIGNING = ("setattr", "delattr")


class Elsewhere:
    """About all files of one program together. A module is known by no more than its being a name."""

    def __init__(
        self, trees: Sequence[ast.Module], starting: Collection[str] = (), trusted: Collection[ast.Module] = ()
    ) -> None:
        """`starting`: names by which threads may be started; `trusted`: files that ask when all are imported."""
        self._stored = {tree: _assigned(tree) for tree in trees}
        self.named = set().union(*self._stored.values())
        """Those that are assigned as attributes, of whatever it be, by their names."""
        self._own = {tree: _assigned(tree, _imported(tree)) for tree in trees}
        asked = {tree: _asked(tree) for tree in trees}
        self.late = {
            tree: late_globals(tree, starting)
            & {name for one in trees if one is not tree and one not in trusted for name in asked[one]}
            for tree in trees
        }
        """Globals of a file that it binds when threads may live, and of which another file asks."""
        self.declared = (_declared(trees) & set().union(*asked.values())).union(*self.late.values())
        """Globals that functions rebind, or that are bound when threads may live, and of which somebody asks a module
        by an attribute."""

    def assigned(self, tree: ast.Module) -> set[str]:
        """Those that somebody may assign as attributes of the module of this file."""
        return (self._own[tree] | self.late[tree]).union(
            *(names for other, names in self._stored.items() if other is not tree)
        )


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
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=base, attr=name) if _root(base) not in OWN:
                found.add(name)
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(value=str(name)), *_]):
                found.add(name)
    return found


def _root(node: ast.expr) -> str:
    """The name that `node` begins with: `package` of `package.module`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imported(tree: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(one.asname or one.name).partition(".")[0] for node in imports for one in node.names}
