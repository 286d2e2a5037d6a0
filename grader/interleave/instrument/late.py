"""Late: variables that are bound when other threads may already look at them, found by reading.

Of a function's own variables: one that an inner function has, and that is bound after that function has become known
to somebody. Of a file's: one that is bound by the file itself after it may have started a thread. All others are there
before anybody looks, and nobody need be told.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
STARTING = frozenset({
    "start", "start_new_thread", "start_joinable_thread", "submit", "map", "starmap", "to_thread", "run_in_executor",
    "create_task", "ensure_future", "gather", "run_until_complete", "run", "call_soon", "call_later", "TaskGroup",
})  # fmt: skip
"""Methods and functions that start threads or tasks."""


def starters(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Names by which threads may be started: of the library, and of functions and classes that mention such a name."""
    mentions: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                mentions.setdefault(node.name, set()).update(_names(node))
    found = set(STARTING)
    while more := {name for name, used in mentions.items() if name not in found and not used.isdisjoint(found)}:
        found |= more
    return frozenset(found)


def _names(node: ast.AST) -> set[str]:
    inside = [*ast.walk(node)]
    texts = {one.value for one in inside if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return texts | {getattr(one, "attr", getattr(one, "id", "")) for one in inside}


def late_globals(tree: ast.Module, starting: Collection[str]) -> set[str]:
    """Variables that the file binds after its first mention of what may start a thread."""
    found: set[str] = set()
    started = False
    for node, name in _in_order(tree):
        if started:
            found.add(name)
        elif not name and not isinstance(node, FUNCTIONS):
            started = getattr(node, "id", getattr(node, "attr", getattr(node, "value", ""))) in starting
    return found


def late_locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Variables that it binds after an inner function that mentions them was made known."""
    found: set[str] = set()
    inner: dict[str, set[str]] = {}
    known: set[str] = set()
    for node, name in _in_order(*function.body):
        if name in known:
            found.add(name)
        if isinstance(node, FUNCTIONS):
            mentioned = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            inner.setdefault(name, set()).update(mentioned)
            if not name or (not isinstance(node, ast.Lambda) and node.decorator_list):
                known |= mentioned
        elif isinstance(node, ast.Name) and not name and node.id in inner:
            known |= inner[node.id]
        # Whoever has a function has all those that it mentions.
        while more := {one for each in known & inner.keys() for one in inner[each]} - known:
            known |= more
    return found


def _in_order(*nodes: ast.AST, in_class: bool = False) -> Iterator[tuple[ast.AST, str]]:
    """What is evaluated, in order, with the variable that it binds; loops come twice, insides of functions do not."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            # Its name counts as bound before: methods that mention it are called by nobody meanwhile.
            yield node, "" if in_class else node.name
            # To derive from a class is not to make one, which might start a thread.
            made = [base for base in node.bases if not isinstance(base, (ast.Name, ast.Attribute, ast.Subscript))]
            yield from _in_order(*node.decorator_list, *made, *node.keywords)
            yield from _in_order(*node.body, in_class=True)
            continue
        yield from _in_order(*_parts(node), in_class=in_class)
        bound = [] if in_class else _bound(node)
        for name in bound:
            yield node, name
        if not bound and isinstance(node, (*FUNCTIONS, ast.Name, ast.Attribute, ast.Constant)):
            yield node, ""


def _parts(node: ast.AST) -> list[ast.AST]:
    """What is evaluated before `node` binds something."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            return [*getattr(node, "decorator_list", ()), *defaults]
        case ast.Assign():
            return [node.value, *node.targets]
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            return [value, node.target]
        case ast.AugAssign(target=target, value=value):
            return [value] if isinstance(target, ast.Name) else [value, target]
        case ast.AnnAssign():
            return []
        case ast.For() | ast.AsyncFor():
            return [node.iter, *(node.target, *node.body) * 2, *node.orelse]
        case ast.While():
            return [*(node.test, *node.body) * 2, *node.orelse]
        case ast.comprehension():
            # Its target is the comprehension's own.
            return [node.iter, *node.ifs]
    parts = [*ast.iter_child_nodes(node)]
    return parts * 2 if isinstance(node, COMPREHENSIONS) else parts


def _bound(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.AugAssign(target=ast.Name(id=name)):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(one.asname or one.name).partition(".")[0] for one in names]
    return []
