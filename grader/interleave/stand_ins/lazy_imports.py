"""Lazy imports (PEP 810, Python 3.15) in private copies: when such a name is first used, the interpreter looks for it
in `sys.modules` before it asks the copy's own `__import__`, and would find the real module. Here the copy is asked.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

_THERE_ARE_ANY = sys.version_info >= (3, 15)
_LAZY = re.compile(r"^\s*lazy\s+(from|import)\b", re.MULTILINE)


def code_of(loader: Any, module: ModuleType, import_: Callable[..., ModuleType]) -> CodeType:
    """The code of a fresh copy, `module`, that is about to run; its lazy names get a `__getattr__` instead."""
    name = module.__name__
    source = loader.get_source(name) if _THERE_ARE_ANY else ""
    if not _LAZY.search(source):
        return loader.get_code(name)  # type: ignore[no-any-return]
    eager = _Eager()
    tree = ast.fix_missing_locations(eager.visit(ast.parse(source)))

    def missing(wanted: str) -> Any:
        if wanted not in eager.names:
            raise AttributeError(f"module {name!r} has no attribute {wanted!r}")
        of, leaf, level = eager.names[wanted]
        value = getattr(import_(of, vars(module), None, (leaf,), level), leaf)
        setattr(module, wanted, value)
        return value

    vars(module)["__getattr__"] = missing
    return compile(tree, loader.get_filename(name), "exec")


class _Eager(ast.NodeTransformer):
    def __init__(self) -> None:
        self.names: dict[str, tuple[str, str, int]] = {}
        """Name -> module, name in it, level."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        if not getattr(node, "is_lazy", 0):
            return node
        for alias in node.names:
            self.names[alias.asname or alias.name] = (node.module or "", alias.name, node.level)
        return ast.copy_location(ast.Pass(), node)

    def visit_Import(self, node: ast.Import) -> ast.stmt:
        node.is_lazy = 0  # type: ignore[attr-defined]
        return node
