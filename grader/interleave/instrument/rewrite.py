"""Rewrite: puts a hook before each access to data that may be shared. A pure function of the source.

A hook gets the *base* of the access and hands it back: `o.x` becomes `_k_read(o, "x", site).x`, so that Python itself
does the access, with all its rules. Names and line numbers stay the student's. The hooks are in `memory`.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from grader.interleave.execution import Site
from grader.interleave.instrument.building import CELL, LEFT, RIGHT
from grader.interleave.instrument.calling import Calling
from grader.interleave.instrument.comprehending import Comprehending
from grader.interleave.instrument.containers import METHOD_NAMES
from grader.interleave.instrument.facts import Facts
from grader.interleave.instrument.matching import Matching
from grader.interleave.instrument.nodes import (
    accessed,
    any_number,
    as_value,
    bounds,
    cut,
    has_slice,
    in_context,
    is_docstring,
    is_endless,
    is_formatting,
    is_number,
    names_in,
    only_looks,
    own_dict,
    placed,
    takes_steps,
)
from grader.interleave.instrument.private import private_names
from grader.interleave.instrument.scopes import Function, Scopes


def rewrite(tree: ast.Module, file: str, facts: Facts, sites: list[Site], trusted: bool) -> ast.Module:
    """`tree`, changed in place; adds to `sites`."""
    scopes = Scopes(tree, facts.starters, facts.elsewhere.assigned(tree))
    facts.note_late(tree, scopes.late | facts.elsewhere.late.get(tree, set()))
    _Rewriter(file, scopes, facts, sites, trusted).file(tree)
    return ast.fix_missing_locations(tree)


class _Rewriter(Calling, Comprehending, Matching):
    # ---- functions

    def _function(self, node: Function) -> Function:
        self._outside(node)
        outer, self._scope = self._scope, self._scopes.of[node]
        mine, self._private = self._private, private_names(node, self._scope)
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        else:
            first = is_docstring(node.body)
            cells = [self._new_cell(node.body[0], name) for name in sorted(self._scope.cells)]
            node.body = [*node.body[:first], *cells, *self._block(node.body[first:])]
            if not node.body[first:]:
                node.body.append(placed(ast.Pass(), node))
        self._scope, self._private = outer, mine
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def _new_cell(self, node: ast.AST, name: str) -> ast.stmt:
        value = ast.Call(ast.Name("_k_cell", ast.Load()), [], [])
        return placed(ast.Assign([ast.Name(CELL + name, ast.Store())], value), node)

    # ---- variables

    def visit_Name(self, node: ast.Name) -> ast.expr:
        shared = self._shared(node.id)
        if shared is None or not isinstance(node.ctx, ast.Load):
            return node
        kind, who = shared
        hook = self._call(node, f"_k_read_{kind}", who, words=node.id)
        return placed(ast.BoolOp(ast.Or(), [hook, node]), node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self._write_name(node.target, self.visit(node.value))
        return node

    # ---- assignments

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        unpacks = any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets)
        node.value = self._seen(node.value, self.visit(node.value)) if unpacks else self._put_in_slices(node)
        names = [name for target in node.targets for name in names_in(target) if self._shared(name.id)]
        if names and (len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name)):
            return self._through_temporary(node)
        node.targets = [self.visit(target) for target in node.targets]
        node.value = self._write_name(names[0], node.value) if names else node.value
        return node

    def _put_in_slices(self, node: ast.Assign) -> ast.expr:
        """The value, which is looked at when it is put in the place of a slice."""
        places = [one for one in node.targets if isinstance(one, ast.Subscript) and has_slice(one.slice)]
        if not places:
            new: ast.expr = self.visit(node.value)
            return new
        held = self._call(node.value, "_k_asking", self.visit(node.value), words=self._words.get(node.value, ""))
        self._filled.update(dict.fromkeys(places, held.args[-1]))
        return held

    def _through_temporary(self, node: ast.Assign) -> list[ast.stmt]:
        """Several targets: each is bound by itself, in order."""
        done: list[ast.stmt] = [placed(ast.Assign([ast.Name(RIGHT, ast.Store())], node.value), node)]
        for target in node.targets:
            ours, pairs = self._one_by_one(target)
            done.append(placed(ast.Assign([ours], ast.Name(RIGHT, ast.Load())), node))
            done += [placed(ast.Assign([one], value), node) for one, value in pairs]
            done += self._forget(node, *(one.id for one in names_in(ours)))
        return [*done, *self._forget(node, RIGHT)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is not None:
            node.value = self.visit(node.value)
            if isinstance(node.target, ast.Name):
                node.value = self._write_name(node.target, node.value)
        if not isinstance(node.target, ast.Name):
            node.target = self.visit(node.target)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt | list[ast.stmt]:
        """A read, then a write: two operations, with the evaluation of the right side between them."""
        value = self.visit(node.value)
        merged = self._merged(node, value, RIGHT)
        match node.target:
            case ast.Name(id=name):
                if self._shared(name) is None:
                    node.value = self._merged(node, value, name)
                    return node
                node.value = merged
                return self._in_steps(node, [], node.target, node.target)
            case ast.Attribute(value=base, attr=name):
                node.value = value
                if self._facts.is_final(name):
                    node.target = self.visit(node.target)
                    return node
                node.value = merged
                words = self._words.get(node.target, "")
                left = [placed(ast.Assign([ast.Name(LEFT, ast.Store())], self.visit(base)), node)]
                load, store = (self._hooked(node, hook, name, words) for hook in ("_k_read", "_k_write"))
                return self._in_steps(node, left, load, store)
            case ast.Subscript() as place:
                node.value = merged
                left = [placed(ast.Assign([ast.Name(LEFT, ast.Store())], self._slot(place)), node)]
                load, store = (accessed(ast.Name(LEFT, ast.Load()), ctx, node) for ctx in (ast.Load(), ast.Store()))
                return self._in_steps(node, left, load, store)
        return node

    def _merged(self, node: ast.AugAssign, value: ast.expr, name: str) -> ast.expr:
        # What `name` holds may be a container, which is then changed in its place.
        if is_number(node.value) and not isinstance(node.op, ast.Mult):
            return value
        return self._call(node, "_k_merge", value, ast.Name(name, ast.Load()), words=self._words.get(node.target, ""))

    def _hooked(self, node: ast.AST, hook: str, name: str, words: str) -> ast.expr:
        call = self._call(node, hook, ast.Name(LEFT, ast.Load()), self._name(name), words=words)
        return placed(ast.Attribute(call, name, ast.Load()), node)

    def _in_steps(
        self, node: ast.AugAssign, before: Sequence[ast.stmt], load: ast.expr, store: ast.expr
    ) -> list[ast.stmt]:
        loaded, stored = in_context(load, ast.Load()), in_context(store, ast.Store())
        if isinstance(loaded, ast.Name):
            loaded = self.visit(loaded)
        first = placed(ast.Assign([ast.Name(RIGHT, ast.Store())], loaded), node)
        second = placed(ast.AugAssign(ast.Name(RIGHT, ast.Store()), node.op, node.value), node)
        value: ast.expr = ast.Name(RIGHT, ast.Load())
        if isinstance(stored, ast.Name):
            value = self._write_name(stored, value)
        return [*before, first, second, placed(ast.Assign([stored], value), node), *self._forget(node, LEFT, RIGHT)]

    # ---- attributes, subscripts, comparisons

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        words = self._words.get(node, "")
        load, final = isinstance(node.ctx, ast.Load), self._facts.is_final(node.attr)
        hook = "_k_write" if not load else "_k_take" if final else "_k_read"
        base = node.value
        node.value = self.visit(base)
        if (not final or (load and node.attr in METHOD_NAMES)) and not isinstance(base, ast.Constant):
            node.value = self._call(node, hook, node.value, self._name(node.attr), words=words)
        return node

    def _slot(self, node: ast.Subscript) -> ast.Call:
        """What holds the place that `node` means, its container and its index evaluated once."""
        hook, parts = "_k_slot", [node.value]
        held = [copy.copy(self._filled[node])] if node in self._filled else []
        match own_dict(node.value):
            case ast.Attribute(value=thing):
                hook, parts = "_k_own", [thing]
            case ast.Call(func=function, args=[thing]):
                hook, parts = "_k_own_by", [function, thing]
        visited = [as_value(self.visit(one)) for one in (*parts, node.slice)]
        if held and hook == "_k_slot":
            hook, visited = "_k_slot_filled", [*visited, *held]
        return self._call(node, hook, *visited, words=self._words.get(node, ""))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        words, index = self._words.get(node, ""), node.slice
        simple = isinstance(index, (ast.Name, ast.Constant))
        steps = has_slice(index) and takes_steps(bounds(index))
        if steps or (not has_slice(index) and (not simple or own_dict(node.value) is not None)):
            # The index is evaluated once, before the access is announced.
            return accessed(self._slot(node), node.ctx, node)
        base, store = self.visit(node.value), not isinstance(node.ctx, ast.Load)
        if node in self._filled:
            node.value = self._call(node, "_k_filled", base, copy.copy(self._filled[node]), words=words)
        elif has_slice(index) or isinstance(node.ctx, ast.Del):
            node.value = self._call(node, "_k_change" if store else "_k_look", base, words=words)
        else:
            hook = "_k_put" if store else "_k_item"
            node.value = self._call(node, hook, base, self.visit(copy.copy(index)), words=words)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        old = [node.left, *node.comparators]
        new = [self.visit(one) for one in old]
        if len(old) == 2 and not isinstance(node.ops[0], (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            node.left, node.comparators = new[0], new[1:]
            if not any_number(old):
                node.left, node.comparators[0] = self._together(old, new, "_k_look_into")
            return node
        for place, operator in enumerate(node.ops):
            if isinstance(operator, (ast.In, ast.NotIn)):
                pair = self._asked_for(old[place + 1], new[place + 1], old[place], new[place])
                new[place], new[place + 1] = pair
            elif not isinstance(operator, (ast.Is, ast.IsNot)) and not any_number(old[place : place + 2]):
                new[place] = self._seen(old[place], new[place], "_k_look_into")
                new[place + 1] = self._seen(old[place + 1], new[place + 1], "_k_look_into")
        node.left, node.comparators = new[0], new[1:]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if is_formatting(node):
            # As Python does it: one after the other, each evaluated and put into words before the next.
            node.right.elts = [self._seen(one, self.visit(one), "_k_look_into") for one in node.right.elts]  # type: ignore[attr-defined]
            return node
        pair = [node.left, node.right]
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Mult) or not any_number(pair):
            hook = "_k_look_into" if isinstance(node.op, ast.Mod) else "_k_look"
            node.left, node.right = self._together(pair, [node.left, node.right], hook)
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.expr:
        node.value = self._iterated(node.value, "_k_from")
        return node

    # ---- truth, loops, with

    def visit_If(self, node: ast.If) -> ast.stmt:
        node.test = self._test(node.test)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        node.test, node.body, node.orelse = self._test(node.test), self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = (
            self._test(node.operand)
            if isinstance(node.op, ast.Not)
            else self._seen(node.operand, self.visit(node.operand))
        )
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        node.values = [self._test(value) for value in node.values]
        return node

    def visit_While(self, node: ast.While) -> ast.stmt:
        words, first, idle = f"while {cut(ast.unparse(node.test))}", len(self._sites), only_looks(node)
        node.test = self._test(node.test)
        hook = self._call(node, "_k_idle", ast.Constant(first), words=words) if idle else None
        head = placed(ast.Expr(hook or self._call(node, "_k_round", words=words)), node)
        node.body, node.orelse = [head, *self._block(node.body)], self._block(node.orelse)
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        head = self._call(node, "_k_count")
        if is_endless(node.iter):
            words = f"for {cut(f'{ast.unparse(node.target)} in {ast.unparse(node.iter)}')}"
            changing = [ast.Constant(name.id) for name in names_in(node.target)]
            head = self._call(node, "_k_turn", ast.Tuple([*changing], ast.Load()), words=words)
        node.iter = self._iterated(node.iter)
        body = self._block(node.body)
        if any(self._shared(name.id) for name in names_in(node.target)):
            # The loop variable is shared: binding it is an operation of its own.
            node.target, pairs = self._one_by_one(node.target)
            ours = [one.id for one in names_in(node.target)]
            bound = [placed(ast.Assign([one], value), node) for one, value in pairs]
            body = [*bound, *self._forget(node, *ours), *body]
        else:
            node.target = self.visit(node.target)
        node.body = [placed(ast.Expr(head), node), *body]
        node.orelse = self._block(node.orelse)
        return node

    def visit_With(self, node: ast.With | ast.AsyncWith) -> ast.stmt:
        for item in node.items:
            words = self._words.get(item.context_expr, "")
            item.context_expr = self._call(item.context_expr, "_k_at", self.visit(item.context_expr), words=words)
            if item.optional_vars is not None:
                item.optional_vars = self.visit(item.optional_vars)
        node.body = self._block(node.body)
        return node

    visit_AsyncWith = visit_With

    def visit_Await(self, node: ast.Await) -> ast.expr:
        words = self._words.get(node.value, "")
        node.value = self._call(node.value, "_k_at", self.visit(node.value), words=words)
        return node

    def visit_Delete(self, node: ast.Delete) -> ast.stmt | list[ast.stmt]:
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Del)]
        shared = [one for one in names if self._shared(one.id)]
        told = [placed(ast.Expr(self._write_name(name, ast.Name("_k_unbound", ast.Load()))), node) for name in shared]
        node.targets = [self.visit(target) for target in node.targets]
        return [*told, node] if told else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self._seen(part.value, self.visit(part.value), "_k_look_into")
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.stmt:
        words = self._words.get(node.iter, "")
        node.iter = self._call(node.iter, "_k_at", self.visit(node.iter), words=words)
        node.target = self.visit(node.target)
        node.body = [placed(ast.Expr(self._call(node, "_k_count")), node), *self._block(node.body)]
        node.orelse = self._block(node.orelse)
        return node
