"""What of a check module enters the box: scenarios and what they need. The oracle stays outside.

The other top-level statements are blanked out, not removed, so that line numbers stay the author's.
"""

from __future__ import annotations

import ast
from functools import lru_cache


@lru_cache(maxsize=8)
def cut_out(source: str) -> str:
    """The part of a check module's source that its scenarios need, on the same lines.

    Kept: the scenarios, every top-level function, class and constant that they mention (and what those
    mention), and the imports of the names used. Everything else becomes blank lines.
    """
    tree = ast.parse(source)
    defined: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in _names_defined(node):
            defined.setdefault(name, []).append(node)
    needed: set[ast.stmt] = set()
    names = _scenarios_in(tree)
    while names:
        for node in defined.get(names.pop(), []):
            if node not in needed:
                needed.add(node)
                names.extend(_names_mentioned(node))
    needed.update(node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__")
    return _keep(source, needed)


def _scenarios_in(tree: ast.Module) -> list[str]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if any(_is_scenario(decorator) for decorator in node.decorator_list)]


def _is_scenario(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id == "scenario"


def _names_defined(node: ast.stmt) -> list[str]:
    """What a top-level statement binds; of an `if`, `try`, `with` or `for`, what is bound anywhere in it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets: list[ast.AST] = [node]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):  # not the variables of comprehensions
        targets = [*node.targets] if isinstance(node, ast.Assign) else [node.target]
    found: list[str] = []
    for part in (part for target in targets for part in ast.walk(target)):
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.append(name)
            case ast.alias(name=name, asname=other):
                found.append((other or name).split(".")[0])
    return found


def _names_mentioned(node: ast.stmt) -> list[str]:
    return [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]


def _keep(source: str, needed: set[ast.stmt]) -> str:
    lines = source.split("\n")  # as Python counts them: splitlines() also splits at form feeds
    kept = [""] * len(lines)
    for node in needed:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        last = node.end_lineno or node.lineno
        kept[first - 1 : last] = lines[first - 1 : last]
    return "\n".join(kept)
