"""Building: the pieces that rewriting puts a hook before an access with."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Sequence

from grader.interleave.execution import Site
from grader.interleave.instrument.containers import FRESH
from grader.interleave.instrument.facts import Facts
from grader.interleave.instrument.late import FUNCTIONS
from grader.interleave.instrument.nodes import (
    holds_nothing,
    is_docstring,
    is_endless,
    mangled,
    may_hold_others,
    placed,
    takes_steps,
    words_of,
)
from grader.interleave.instrument.scopes import Function, Scope, Scopes, walk_here

CELL = "_k_cell_"
OURS = "__k_"
"""How variables of our own begin that live in one statement. No hook is called so; to `enum` they are no members."""
LEFT, RIGHT = f"{OURS}left__", f"{OURS}right__"
NAMED = (ast.Name, ast.Attribute, ast.Subscript)


class Building(ast.NodeTransformer):
    """Of one file."""

    def __init__(self, file: str, scopes: Scopes, facts: Facts, sites: list[Site], trusted: bool) -> None:
        self._file = file
        # What the module is called by others; that of the scenarios is not in a package.
        self._module = (file.rpartition("/")[2] if trusted else file.replace("/", ".")).removesuffix(".py")
        self._scopes = scopes
        self._facts = facts
        self._sites = sites
        self._trusted = trusted
        self._scope: Scope | None = None
        self._class = ""
        """Whose text this is: to it, private names mean what others must call by a longer name."""
        self._private: frozenset[str] = frozenset()
        self._consumed: set[ast.AST] = set()
        """Calls that make an iterator which the function that they are made for goes over."""
        self._deferred: set[ast.AST] = set()
        """What generator expressions go over: it is there before they begin."""
        self._stepped: set[ast.AST] = set()
        """What loops go over: each step is told."""
        self._filled: dict[ast.AST, ast.expr] = {}
        """Slices in whose place something is put: the site of that."""

    def file(self, tree: ast.Module) -> None:
        # Before anything is changed: afterwards the words would be ours.
        self._words: dict[ast.AST, str] = {
            node: words_of(node) for node in ast.walk(tree) if isinstance(node, (*NAMED, ast.Call))
        }
        tree.body = self._block(tree.body)

    # ---- building blocks

    def _site(self, node: ast.AST, words: str) -> ast.expr:
        self._sites.append(Site(self._file, getattr(node, "lineno", 0), words, self._trusted))
        return ast.Constant(len(self._sites) - 1)

    def _call(self, node: ast.AST, hook: str, *arguments: ast.expr, words: str = "") -> ast.Call:
        """`hook(*arguments, site)`, at the place of `node`."""
        call = ast.Call(ast.Name(hook, ast.Load()), [*arguments, self._site(node, words)], [])
        return placed(call, node)

    def _block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            done.extend(new if isinstance(new, list) else [new])
        return done

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, field, self._block(value))
            elif isinstance(value, list):
                value[:] = [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
            elif isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
        return node

    def _outside(self, node: Function) -> None:
        """What of a function is evaluated where it is defined."""
        node.args.defaults = [self.visit(value) for value in node.args.defaults]
        node.args.kw_defaults = [value and self.visit(value) for value in node.args.kw_defaults]
        if not isinstance(node, ast.Lambda):
            node.decorator_list = [self.visit(one) for one in node.decorator_list]

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        decorators, node.decorator_list = [self.visit(one) for one in node.decorator_list], []
        outer, self._class = self._class, node.name
        self.generic_visit(node)
        self._class, node.decorator_list = outer, decorators
        node.body = _without_ours(node.body)
        return node

    def _forget(self, node: ast.stmt, *names: str) -> list[ast.stmt]:
        """Variables of ours keep nothing alive, where the program can tell."""
        if not self._facts.ends_are_seen:
            return []
        return [placed(ast.Assign([ast.Name(name, ast.Store()) for name in names], ast.Constant(None)), node)]

    def _name(self, name: str) -> ast.expr:
        return ast.Constant(mangled(name, self._class))

    # ---- variables

    def _shared(self, name: str) -> tuple[str, ast.expr] | None:
        """The kind of hooks that variable `name` needs here ("global", "cell") and who it is; None: no hooks."""
        owner = self._scope.owner(name) if self._scope else None
        if owner is not None:
            return ("cell", ast.Name(CELL + name, ast.Load())) if name in owner.cells else None
        if name in self._scopes.globals:
            return "global", ast.Constant(f"{self._module}.{name}")
        return None

    def _write_name(self, node: ast.Name, value: ast.expr) -> ast.expr:
        """`value`, told as the new value of a shared variable; plain `value` for others."""
        shared = self._shared(node.id)
        if shared is None:
            return value
        kind, who = shared
        return self._call(node, f"_k_write_{kind}", who, value, words=node.id)

    def _one_by_one(self, target: ast.expr) -> tuple[ast.expr, list[tuple[ast.expr, ast.expr]]]:
        """A target of our own for what is bound to `target`, and each place in it with its value: each is bound by
        itself, and others may come in between."""
        pairs: list[tuple[ast.expr, ast.expr]] = []

        def ours(one: ast.expr) -> ast.expr:
            if isinstance(one, (ast.Tuple, ast.List)):
                return ast.Tuple([ours(each) for each in one.elts], ast.Store())
            if isinstance(one, ast.Starred):
                return ast.Starred(ours(one.value), ast.Store())
            name = f"{OURS}{len(pairs)}__"
            value: ast.expr = ast.Name(name, ast.Load())
            pairs.append((self.visit(one), self._write_name(one, value) if isinstance(one, ast.Name) else value))
            return ast.Name(name, ast.Store())

        return placed(ours(target), target), pairs

    # ---- containers

    def _seen(self, old: ast.expr, new: ast.expr, hook: str = "_k_look") -> ast.expr:
        """`new`, told as looked at if it is a container: as a whole, or with `_k_size` only how much it holds."""
        if isinstance(old, ast.Starred) and isinstance(new, ast.Starred):
            new.value = self._spread(old.value, new.value, hook)
            return new
        if holds_nothing(old):
            return self._seen_inside(old, new) if hook == "_k_look_into" else new
        return self._call(old, hook, new, words=self._words.get(old, ""))

    def _seen_inside(self, old: ast.expr, new: ast.expr) -> ast.expr:
        """`new`; if it is a container that nobody else has, what it holds is told."""
        if not self._is_private(old) and not (holds_nothing(old) and may_hold_others(old)):
            return new
        return self._call(old, "_k_look_inside", new, words=self._words.get(old, ""))

    def _together(
        self, old: Sequence[ast.expr], new: Sequence[ast.expr], hook: str, aside: Collection[int] = ()
    ) -> list[ast.expr]:
        """The same of several: with `_k_look` and `_k_look_into` once all of them are there. At those that stand
        `aside` nobody looks."""
        known = [place for place in range(len(old)) if place in aside or self._is_known(old[place], new[place + 1 :])]
        held = [place for place in range(len(old)) if place not in known]
        held += [place for place in known if held and place > held[-1] and _interrupts(new[place])][-1:]
        if len(held) < 2 or hook not in ("_k_look", "_k_look_into") or any(isinstance(one, ast.Starred) for one in old):
            return [one if place in aside else self._spread(old[place], one, hook) for place, one in enumerate(new)]
        told, sites = list(new), list[ast.expr]()
        for place in held:
            last = place == held[-1]
            name, words = "_k_together" if last else "_k_hold", self._words.get(old[place], "")
            call = self._call(old[place], name, new[place], *map(copy.copy, sites if last else ()), words=words)
            sites.append(call.args[-1])
            told[place] = call
        for place in known:
            if place not in aside:
                told[place] = self._known(old[place], told[place], hook)
        return told

    def _is_known(self, old: ast.expr, after: Sequence[ast.expr]) -> bool:
        """Whether nobody else has it, nor anything that it is going to go over when what comes `after` it is there."""
        waits = old in self._consumed and any(map(_interrupts, after))
        return self._is_private(old) or (holds_nothing(old) and not waits)

    def _known(self, old: ast.expr, new: ast.expr, hook: str) -> ast.expr:
        """`new`, a container that nobody else has."""
        return self._seen_inside(old, new) if hook == "_k_look_into" else new

    def _resumed(self, old: ast.expr, new: ast.expr) -> ast.expr:
        """`new`, which is gone over: if it is a generator that others may have, too, each of its steps is told."""
        if isinstance(old, (ast.Starred, ast.GeneratorExp, ast.Lambda)) or holds_nothing(old):
            return new
        return self._call(old, "_k_resumed", new, words=self._words.get(old, ""))

    def _spread(self, old: ast.expr, new: ast.expr, hook: str = "_k_look") -> ast.expr:
        return self._known(old, new, hook) if self._is_private(old) else self._seen(old, new, hook)

    def _is_private(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._private

    def _test(self, node: ast.expr) -> ast.expr:
        return self._seen(node, self.visit(node), "_k_size")

    def _iterated(self, node: ast.expr, hook: str = "_k_each") -> ast.expr:
        self._stepped.add(node)
        new = self.visit(node)
        if self._is_private(node):
            return self._seen(node, new, "_k_size")
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FRESH
        fresh = named or is_endless(node)
        if fresh or not holds_nothing(node):
            over = "_k_over" if fresh else "_k_later" if node in self._deferred else hook
            return self._call(node, over, new, words=self._words.get(node, ""))
        done: ast.expr = new
        return done

    def _asked_for(
        self, old: ast.expr, container: ast.expr, old_key: ast.expr, key: ast.expr
    ) -> tuple[ast.expr, ast.expr]:
        """The operands of `key in container`."""
        words = self._words.get(old, "")
        mine = holds_nothing(old) or self._is_private(old)
        if mine and isinstance(key, ast.Constant):
            return key, self._seen_inside(old, container)
        if not mine and not takes_steps([key]):
            return key, self._call(old, "_k_has", container, copy.copy(key), words=words)
        held = self._call(old_key, "_k_asking", key, words=self._words.get(old_key, ""))
        site = copy.copy(held.args[-1])
        return held, self._call(old, "_k_within" if mine else "_k_asked", container, site, words=words)

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> ast.expr:
        loads = not isinstance(getattr(node, "ctx", None), ast.Store)
        pairs = [(one, self.visit(one)) for one in node.elts]
        node.elts = [self._seen(old, new) if loads and isinstance(old, ast.Starred) else new for old, new in pairs]
        return node

    visit_List = visit_Tuple = visit_Set = _display

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        pairs = [(value, self.visit(value)) for value in node.values]
        node.values = [new if key else self._seen(old, new) for key, (old, new) in zip(node.keys, pairs, strict=True)]
        node.keys = [key and self.visit(key) for key in node.keys]
        return node


def _without_ours(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a class, which is to have no names but the student's."""
    here = [node for one in body if not isinstance(one, FUNCTIONS) for node in walk_here(one)]
    ours = sorted({one.id for one in here if isinstance(one, ast.Name) and one.id.startswith(OURS)})
    if not ours:
        return body
    first = is_docstring(body)
    # Bound before, since not every way to the end of the body need bind them.
    bound = ast.Assign([ast.Name(name, ast.Store()) for name in ours], ast.Constant(None))
    deleted = ast.Delete([ast.Name(name, ast.Del()) for name in ours])
    return [*body[:first], placed(bound, body[first]), *body[first:], placed(deleted, body[-1])]


def _interrupts(node: ast.expr) -> bool:
    return takes_steps([node]) and not isinstance(node, ast.Lambda)
