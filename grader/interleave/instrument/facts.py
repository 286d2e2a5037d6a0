"""Facts: what the whole program's text says about attributes, so that most reads need no telling.

An attribute is final when it is assigned only in `__init__`, before `self` could have become known to anybody else.
Reading it then cannot be a race with its writing, whatever the schedule; nobody need be told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from grader.interleave.instrument.early import Early
from grader.interleave.instrument.elsewhere import Elsewhere
from grader.interleave.instrument.guarded import NAMES
from grader.interleave.instrument.late import FUNCTIONS, starters
from grader.interleave.instrument.lives import are_seen_to_end
from grader.interleave.instrument.nodes import as_written, own_dict
from grader.interleave.stand_ins.redirecting import STREAMS

DYNAMIC = frozenset({"setattr", "delattr", "vars", "__dict__", "__setattr__", "exec", "eval"})
"""Whoever uses these may assign any attribute."""
HIDDEN = frozenset({
    "vars", "__dict__", "exec", "eval", "globals", "locals", "memoryview", "get_objects", "get_referents",
    "get_referrers", "_getframe", "currentframe", "_active", "_waiters",
    "UserDict", "UserList", "ChainMap", "WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "environ",
    "deepcopy", "asdict", "astuple", "most_common", "catch_warnings", "setName", "dir", "getmembers",
    "getmembers_static", "setrecursionlimit", "setfirstweekday", "pack_into", "add_note", "copy_context",
    "MappingProxyType",
})  # fmt: skip
"""Whoever uses these may reach data by ways that are not told: nothing is proven of such a program."""
_WEAK = frozenset({"ref", "proxy", "WeakMethod", "getweakrefcount", "getweakrefs"})
PRINTING = frozenset({"pprint", "pp", "print_exc", "print_exception", "print_stack", "print_last", "logging", "warn"})
"""What looks for `sys.stdout` or `sys.stderr` without being told of."""
METACLASSES = frozenset({"type", "EnumMeta", "EnumType", "ABCMeta"})
CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})

UNSEEN = "binds a variable of several threads by with, except, match, import, def or class"


def counts_threads(trees: Iterable[ast.Module]) -> bool:
    """Whether somebody may ask which threads there are: when one leaves the list of all is told to nobody."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {getattr(node, "attr", getattr(node, "id", "")) for node in nodes}
    listed = any(isinstance(node, ast.Attribute) and node.attr == "enumerate" for node in nodes)
    return listed or not names.isdisjoint({"active_count", "activeCount"})


class Facts:
    """About all files of one program together."""

    def __init__(self, trees: Iterable[ast.Module], trusted: Collection[ast.Module] = ()) -> None:
        """`trusted`: the files of scenarios."""
        self.dynamic = False
        self.assigned: set[str] = set()
        """Attributes that may change while others look."""
        self._of_instances: set[ast.AST] = set()
        """Assignments to attributes of `self`."""
        self._of_classes: set[str] = set()
        """Attributes that may be assigned to a class: that is what others than `self` may be."""
        self._surely_of_classes: set[str] = set()
        self.releases = False
        """Somebody looks at locks without waiting, so that giving one back can be seen."""
        self.streams: frozenset[str] = frozenset()
        """Of `sys`: those in whose place somebody may put others."""
        self.hidden = ""
        """By which ways that are not told somebody may reach data: words to go on "it "; none if there are none."""
        trees = [*trees, *trusted]
        self.ends_are_seen = are_seen_to_end(trees)
        """Somebody can tell when an object dies."""
        self.starters = starters(trees)
        """Names by which threads may be started."""
        self.elsewhere = Elsewhere(trees, self.starters, trusted)
        nodes = [node for tree in trees for node in ast.walk(tree)]
        early = Early(nodes)
        classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
        self._classes = {node.name for node in classes}
        self._any_class = any(map(_makes_classes, classes))
        self._of_instances.update(one for node in classes for one in _of_self(node))
        for node in nodes:
            self._note(node, early.targets)
        self.assigned |= self.elsewhere.declared
        self._look_for_ways(nodes, early.unseen)

    def _look_for_ways(self, nodes: list[ast.AST], unseen: bool) -> None:
        """By which data may be reached."""
        called = {node.func for node in nodes if isinstance(node, ast.Call)}
        if any(isinstance(node, ast.Attribute) and node.attr == "acquire" and node not in called for node in nodes):
            self.releases = True  # whoever calls it in the end may give it a timeout
        # Directly followed by a key these two mean an attribute, and are told as one.
        owned = [own_dict(node.value) for node in nodes if isinstance(node, ast.Subscript)]
        told = {getattr(node, "func", node) for node in owned}
        names = [getattr(node, "attr", getattr(node, "id", "")) for node in nodes if node not in told]
        self.streams = _streams({*names}) | (STREAMS & self.assigned)
        self.assigned |= self.streams
        looks_into_queues = any(map(_looks_into_queue, nodes))
        asks_for_idents = any(map(_asks_for_ident, nodes))
        own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        used = HIDDEN.intersection(names) - (own & {"setName"}) | (
            {"open"} if any(map(_opens_a_file, nodes)) else set()
        )
        self.hidden = _hidden(used, looks_into_queues, asks_for_idents)
        if not self.hidden and any(map(_binds_unseen, nodes)):
            self.hidden = UNSEEN
        if not self.hidden and any(isinstance(node, ast.keyword) and node.arg == "unsafe_hash" for node in nodes):
            self.hidden = "hashes dataclasses that may change"
        if not self.hidden and not {"format", "format_map"}.isdisjoint(names) and any(map(_formats_parts, nodes)):
            self.hidden = "formats attributes of what it is given"
        if not self.hidden and any(map(_asks_weakly, nodes)):
            self.hidden = "asks whether an object is still there"
        if not self.hidden and unseen:
            self.hidden = "calls __init__ of a dataclass again"
        elsewhere = PRINTING.intersection(names)
        if not self.hidden and self.streams and elsewhere:
            self.hidden = f"redirects what {', '.join(sorted(elsewhere))} may print to"
        self._guarded = NAMES if looks_into_queues else NAMES - {"queue"}

    def is_final(self, name: str) -> bool:
        return not self.dynamic and name not in self.assigned and name not in self._guarded

    def note_late(self, tree: ast.Module, names: Collection[str]) -> None:
        """In `tree` these are bound when others may look."""
        unseen = (name for node in ast.walk(tree) for name in (*_captures(node), *_definitions(node)))
        if names and not self.hidden and any(name in names for name in unseen):
            self.hidden = UNSEEN

    def is_of_classes(self, name: str, has_one: bool) -> bool:
        """Whether somebody may assign it to a class, and so change it for all that have none of their own; of a name
        that no class has yet (`has_one`), only what is called a class there counts as one."""
        if has_one and (self.dynamic or self._any_class):
            return True
        return as_written(name) in (self._of_classes if has_one else self._surely_of_classes)

    def _note(self, node: ast.AST, early: set[ast.Attribute]) -> None:
        match node:
            case ast.Attribute(attr=name, value=value, ctx=ast.Store() | ast.Del()):
                if node not in early:
                    self.assigned |= {name, as_written(name)}
                if node not in self._of_instances:
                    self._of_classes.add(as_written(name))
                if self._is_class(value):
                    self._surely_of_classes.add(as_written(name))
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in DYNAMIC:
                self.dynamic = True
            case ast.Call(func=ast.Attribute(attr="acquire"), args=args, keywords=keywords) if args or keywords:
                self.releases = True
            case ast.Attribute(attr="locked" | "_value"):
                self.releases = True

    def _is_class(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name == "cls" or name in self._classes
            case ast.Call(func=ast.Name(id="type")) | ast.Attribute(attr="__class__"):
                return True
            case ast.Attribute(attr=name):
                return name in self._classes
        return False


def _makes_classes(node: ast.ClassDef) -> bool:
    """Whether its `self` is a class."""
    return any(getattr(base, "attr", getattr(base, "id", "")) in METACLASSES for base in node.bases)


def _of_self(node: ast.ClassDef) -> Iterator[ast.AST]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.args.args and not _is_of_class(method):
            me = method.args.args[0].arg
            for one in ast.walk(method):
                match one:
                    case ast.Attribute(value=ast.Name(id=name)) if name == me:
                        yield one


def _is_of_class(method: ast.FunctionDef) -> bool:
    names = {getattr(one, "id", "") for one in method.decorator_list}
    return method.name in CLASS_METHODS or not names.isdisjoint({"classmethod", "staticmethod"})


def _streams(names: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in STREAMS if f"redirect_{name}" in names)


def _hidden(names: Collection[str], looks_into_queues: bool, asks_for_idents: bool) -> str:
    if names:
        return f"uses {', '.join(sorted(names))}"
    if looks_into_queues:
        return "looks at the items of a queue"
    return "asks for the number of a thread" if asks_for_idents else ""


def _binds_unseen(scope: ast.AST) -> bool:
    """Whether it binds a variable that others have, or binds one again and again, by a statement that is not told."""
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
        return False
    inside = _own_nodes(scope)
    declared = {name for node in inside if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    functions = [node for node in inside if isinstance(node, FUNCTIONS)]
    loops = [node for node in inside if isinstance(node, ast.For | ast.While | ast.AsyncFor)]
    captured = {node.id for one in functions for node in ast.walk(one) if isinstance(node, ast.Name)}
    again = {name for loop in loops for node in _own_nodes(loop) for name in _captures(node)}
    bound = {name for node in inside for name in (*_captures(node), *_definitions(node))}
    return not bound.isdisjoint(declared) or not again.isdisjoint(captured)


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    """What is below it, without the insides of functions."""
    found: list[ast.AST] = []
    waiting = [*ast.iter_child_nodes(node)]
    while waiting:
        found.append(waiting.pop())
        if not isinstance(found[-1], FUNCTIONS):
            waiting += ast.iter_child_nodes(found[-1])
    return found


def _captures(node: ast.AST) -> list[str]:
    match node:
        case ast.withitem(optional_vars=ast.expr() as target):
            return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return []


def _definitions(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(one.asname or one.name).partition(".")[0] for one in names]
    return []


def _formats_parts(node: ast.AST) -> bool:
    """Whether it is a text like `{0.name}`."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and re.search(r"\{\w*(\[\w+\])*\.\w", text) is not None


def _asks_weakly(node: ast.AST) -> bool:
    """Whether it is about a weak reference, which is empty as soon as nobody else has the object."""
    match node:
        case ast.Attribute(value=ast.Name(id="weakref"), attr=name):
            return name in _WEAK
        case ast.ImportFrom(module="weakref", names=names):
            return any(one.name in _WEAK for one in names)
    return False


def _opens_a_file(node: ast.AST) -> bool:
    """Two file objects may be one file."""
    match node:
        case ast.Call(func=ast.Name(id="open"), args=[_, *_]):
            return True
        case ast.Attribute(attr="open" | "fdopen", value=ast.Name(id="os" | "io" | "codecs")):
            return True
    return False


def _looks_into_queue(node: ast.AST) -> bool:
    """Whether it may be the items of a library's queue."""
    match node:
        case ast.Attribute(attr="queue", value=value, ctx=ast.Load()):
            return not (isinstance(value, ast.Name) and value.id in ("self", "cls"))
    return False


def _asks_for_ident(node: ast.AST) -> bool:
    """Whether it may be the number of another thread, which that one has from its start on."""
    match node:
        case ast.Attribute(attr="ident" | "native_id", value=value):
            return not isinstance(value, ast.Call)
    return False
