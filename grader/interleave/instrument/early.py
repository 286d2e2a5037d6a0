"""Early: assignments `self.x = ...` in `__init__` that come before anybody else can know the object.

They do only if `__init__` runs once, on an object that is new: not where something runs it again, nor where a `__new__`
of the program's own may give out an object that is known, nor where a class hands `self` on and then calls that of its
base.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator


class Early:
    """What the whole program's text says of it."""

    def __init__(self, nodes: Collection[ast.AST]) -> None:
        self._classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
        self._names = {node.name for node in self._classes}
        self._library = _library_names(nodes, self._names)
        several = {node.name for node in self._classes if len(node.bases) > 1}
        self._mixed = self._related(several)
        """Classes in which `super()` may be any other of these."""
        self.targets: set[ast.Attribute] = set()
        self._harmless: set[ast.AST] = set()
        """Where `__init__` is named, and runs on an object that nobody else knows."""
        for node in self._classes:
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__" and method.args.args:
                    self._look_at(method, method.args.args[0].arg, self._has_own_base(node))
        again = self._related(self._run_again(nodes))
        known = [node for node in self._classes if node.name in again]
        self.targets -= {one for node in known for one in ast.walk(node) if isinstance(one, ast.Attribute)}
        self.unseen = any(map(_is_made_by_a_decorator, known))
        """An `__init__` that is not in the text may assign attributes of an object that others know."""

    # ---- classes

    def _has_own_base(self, node: ast.ClassDef) -> bool:
        """Whether it may have a base class of the program's own, which may hand `self` on."""
        return node.name in self._mixed or not all(map(self._is_library, node.bases))

    def _is_library(self, base: ast.expr) -> bool:
        while isinstance(base, (ast.Subscript, ast.Call)):
            base = base.value if isinstance(base, ast.Subscript) else base.func
        last = _last(base)
        while isinstance(base, ast.Attribute):
            base = base.value
        return isinstance(base, ast.Name) and base.id in self._library and last not in self._names

    def _related(self, names: set[str]) -> set[str]:
        """Those classes, and what they are derived from, or what is derived from them, and so on."""
        found = names & self._names
        families = [self._family(node) for node in self._classes]
        while more := [one for one in families if one & found and one - found]:
            found = found.union(*more)
        return found

    def _family(self, node: ast.ClassDef) -> set[str]:
        bases = [_last(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
        unknown = any(
            name not in self._names and not self._is_library(base) for name, base in zip(bases, node.bases, strict=True)
        )
        return self._names if unknown else {node.name, *bases} & self._names

    # ---- where `__init__` runs

    def _look_at(self, method: ast.FunctionDef, me: str, own_base: bool) -> None:
        names: set[str] = set()
        for statement in method.body:
            attributes = [one for one in ast.walk(statement) if isinstance(one, ast.Attribute) and _is(one.value, me)]
            targets = {one for one in attributes if isinstance(one.ctx, ast.Store)}
            known = {one.value for one in attributes if one in targets or one.attr in names}
            if any(_reveals(one, me, known, own_base) for one in ast.walk(statement)):
                self._harmless |= set(_init_of_base(statement, me))
                return
            self._harmless |= {one for one in ast.walk(statement) if _names_init(one)}
            self.targets |= targets
            names |= {one.attr for one in targets}

    def _run_again(self, nodes: Iterable[ast.AST]) -> set[str]:
        """Classes of which `__init__` may run on an object that is known."""
        found: set[str] = set()
        inside: set[ast.AST] = set()
        for node in self._classes:
            for one in ast.walk(node):
                inside.add(one)
                if _names_init(one) and one not in self._harmless:
                    found |= self._meant(one, node)
            found |= {node.name} if any(map(_is_new, node.body)) else set()
        for one in nodes:
            if one not in inside and _names_init(one):
                found |= self._meant(one, None)
        return found

    def _meant(self, node: ast.AST, where: ast.ClassDef | None) -> set[str]:
        """Classes whose `__init__` this may be."""
        match node:
            case ast.Attribute(value=ast.Name(id=name)) if name in self._names:
                return {name}
            case ast.Attribute(value=value) if self._is_library(value):
                return set()
            case ast.Name() | ast.Attribute(value=ast.Name(id="self")) if where is not None:
                return {where.name}
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))) if where is not None:
                return {where.name} if self._has_own_base(where) else set()
        return self._names


def _library_names(nodes: Collection[ast.AST], classes: set[str]) -> set[str]:
    """Names that are bound to nothing of the program's own."""
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    aliases = [alias for node in imports for alias in node.names if alias.name not in classes]
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
    return (names | vars(builtins).keys()) - classes - stored - {"super", "type"}


def _init_of_base(statement: ast.stmt, me: str) -> Iterator[ast.AST]:
    """`__init__` in `Base.__init__(self)` or `super().__init__()`, which nobody is given `self` besides."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__", value=value) as named, args=args) as call):
            first = [] if isinstance(value, ast.Call) else args[:1]
            given = [one for one in ast.walk(call) if _is(one, me) and one not in first]
            if not given:
                yield named


def _names_init(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="__init__") | ast.Name(id="__init__") | ast.Constant(value="__init__"):
            return True
    return False


def _is_new(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name="__new__"):
            return True
        case ast.Assign(targets=targets):
            return any(_is(target, "__new__") for target in targets)
    return False


def _is_made_by_a_decorator(node: ast.ClassDef) -> bool:
    """Whether its `__init__` is a dataclass's."""
    written = any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in node.body)
    names = [_last(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
    return "dataclass" in names and not written


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _reveals(node: ast.AST, me: str, known: set[ast.expr], own_base: bool) -> bool:
    """Whether somebody may keep `self`: it is used other than for an attribute that `__init__` itself assigned."""
    if own_base and _is(node, "super"):
        return True
    return _is(node, me) and node not in known
