"""Comprehending: comprehensions are rewritten."""

from __future__ import annotations

import ast

from grader.interleave.instrument.building import CELL, OURS, Building
from grader.interleave.instrument.nodes import names_in, placed
from grader.interleave.instrument.scopes import Comprehension

OVER = f"{OURS}over__"
"""A variable of our own, live in the head of a comprehension."""


class Comprehending(Building):
    """Of one file."""

    def _comprehension(self, node: Comprehension) -> ast.expr:
        if isinstance(node, ast.GeneratorExp):
            self._deferred.add(node.generators[0].iter)
        inner = self._scopes.of.get(node)
        if inner is None or not inner.cells:
            self.generic_visit(node)
            return node
        first, outer = node.generators[0], self._scope
        begun, first.iter = self._over(first), ast.Name(OVER, ast.Load())
        self._scope = inner
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, self.visit(getattr(node, field)))
        told = [one for each in node.generators for one in self._told(each, each is first)]
        self._scope = outer
        node.generators = [self._with_cells(node, begun, sorted(inner.cells)), *told]
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        node.iter = self._over(node)
        node.ifs = [self._test(one) for one in node.ifs]
        return node

    def _over(self, node: ast.comprehension) -> ast.expr:
        return self.visit(node.iter) if node.is_async else self._iterated(node.iter)

    def _with_cells(self, node: Comprehension, over: ast.expr, names: list[str]) -> ast.comprehension:
        """`for cell, ..., over in [(new cell, ..., what is gone over)]`, which is found outside, as ever."""
        cells: list[ast.expr] = [ast.Call(ast.Name("_k_cell", ast.Load()), [], []) for _ in names]
        targets: list[ast.expr] = [ast.Name(CELL + name, ast.Store()) for name in names]
        target = ast.Tuple([*targets, ast.Name(OVER, ast.Store())], ast.Store())
        begun = ast.Tuple([ast.Tuple([*cells, over], ast.Load())], ast.Load())
        return placed(ast.comprehension(target, begun, [], 0), node)

    def _told(self, node: ast.comprehension, first: bool) -> list[ast.comprehension]:
        """One `for` of it. If its variable is shared, binding it is an operation of its own: `for i in [told]`."""
        if not first:
            node.iter = self._over(node)
        if not any(self._shared(name.id) for name in names_in(node.target)):
            node.ifs = [self._test(one) for one in node.ifs]
            return [node]
        node.target, pairs = self._one_by_one(node.target)
        bound = [ast.comprehension(one, ast.Tuple([value], ast.Load()), [], 0) for one, value in pairs]
        bound[-1].ifs, node.ifs = [self._test(one) for one in node.ifs], []
        return [placed(one, node.target) for one in (node, *bound)]
