"""Matching: `match` statements are rewritten, and the hook that tells what a pattern looks at.

Before each case comes one of ours, `case _ if hook(subject, ...)`, which never holds: Python itself does the matching.
"""

from __future__ import annotations

import ast
from typing import Any, TypeAlias

from grader.interleave.instrument.building import Building
from grader.interleave.instrument.iterating import Iterating
from grader.interleave.instrument.nodes import placed
from grader.interleave.instrument.things import CONTAINER, attribute_of, items_of

SUBJECT = "__k_subject__"
Shape: TypeAlias = tuple[Any, ...]
"""What a pattern looks at: ("class", positional shapes, names, shapes), ("items", shapes before and after a star),
("keys", keys, shapes), ("any", shapes); empty where it looks at nothing that changes."""


class Matching(Building):
    """Of one file."""

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        old, shapes = node.subject, [self._shape(case.pattern) for case in node.cases]
        node.subject = self.visit(old)
        if not shapes[0]:
            node.subject = self._seen(old, node.subject, "_k_look_into")
        cases: list[ast.match_case] = []
        for case, shape in zip(node.cases, shapes, strict=True):
            if shape:
                subject = ast.Name(SUBJECT, ast.Load())
                words = self._words.get(old, "")
                known = ast.Constant(shape)  # type: ignore[arg-type]
                told = self._call(case.pattern, "_k_match", subject, known, words=words)
                cases.append(placed(ast.match_case(ast.MatchAs(), told, [ast.Pass()]), case.pattern))
            cases.append(self.visit(case))
        node.cases = cases
        if any(shapes):
            node.subject = placed(ast.NamedExpr(ast.Name(SUBJECT, ast.Store()), node.subject), old)
            self._forget_subject(node)
        return node

    def _forget_subject(self, node: ast.Match) -> None:
        """Nobody who asks for `locals()` is to find it afterwards."""
        for case in node.cases:
            case.body = [_forgotten(case.body[0]), *case.body]
        last = node.cases[-1]
        if not _takes_all(last):
            node.cases.append(placed(ast.match_case(ast.MatchAs(), None, [_forgotten(last.pattern)]), last.pattern))

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        # Patterns may hold nothing but names and constants.
        node.guard = node.guard and self.visit(node.guard)
        node.body = self._block(node.body)
        return node

    def _shape(self, pattern: ast.pattern) -> Shape:
        match pattern:
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return self._shape(inner)
            case ast.MatchOr(patterns=patterns):
                shapes = tuple(shape for shape in map(self._shape, patterns) if shape)
                return ("any", shapes) if shapes else ()
            case ast.MatchSequence(patterns=patterns):
                return ("items", *self._around_star(patterns))
            case ast.MatchMapping(keys=keys, patterns=patterns):
                known = tuple(key.value if isinstance(key, ast.Constant) else None for key in keys)
                return ("keys", known, tuple(map(self._shape, patterns)))
            case ast.MatchClass():
                return self._shape_of_class(pattern)
        return ()

    def _around_star(self, patterns: list[ast.pattern]) -> tuple[Shape, Shape]:
        stars = [place for place, one in enumerate(patterns) if isinstance(one, ast.MatchStar)]
        star = stars[0] if stars else len(patterns)
        shapes = tuple(map(self._shape, patterns))
        return shapes[:star], shapes[star + 1 :]

    def _shape_of_class(self, pattern: ast.MatchClass) -> Shape:
        names, shapes = tuple(pattern.kwd_attrs), tuple(map(self._shape, pattern.kwd_patterns))
        placed_first = tuple(map(self._shape, pattern.patterns))
        final = all(map(self._facts.is_final, names)) and not any(shapes)
        return () if final and not placed_first else ("class", placed_first, names, shapes)


def _forgotten(at: ast.AST) -> ast.stmt:
    return placed(ast.Delete([ast.Name(SUBJECT, ast.Del())]), at)


def _takes_all(case: ast.match_case) -> bool:
    last = case.pattern.patterns[-1] if isinstance(case.pattern, ast.MatchOr) else case.pattern
    while isinstance(last, ast.MatchAs) and last.pattern is not None:
        last = last.pattern
    return case.guard is None and isinstance(last, ast.MatchAs)


class Patterns(Iterating):
    """The part of `Hooks` that is about patterns."""

    def match(self, thing: Any, shape: Shape, site: int) -> bool:
        """A pattern of this shape is about to be tried on it. In one go: where others change several of the places
        that it looks at, nothing is proven."""
        if not self._scheduler.quiet:
            with self.in_one_go():
                self._try(thing, shape, site)
        return False

    def _try(self, thing: Any, shape: Shape, site: int) -> None:
        if shape[:1] == ("any",):
            for one in shape[1]:
                self._try(thing, one, site)
        elif shape[:1] == ("class",):
            self._try_class(thing, shape, site)
        elif shape:
            if self._nature(type(thing)) == CONTAINER:
                self._tell_container("read", thing, site)
            for one, inner in _parts(thing, shape):
                self._try(one, inner, site)

    def _try_class(self, thing: Any, shape: Shape, site: int) -> None:
        first, names, shapes = shape[1:]
        by_place = getattr(type(thing), "__match_args__", ())
        if first and not by_place:
            self._try(thing, first[0], site)  # `case str(name)`
        for name, inner in (*zip(by_place, first, strict=False), *zip(names, shapes, strict=True)):
            self.read(thing, name, site)
            if inner:
                self._try(attribute_of(thing, name), inner, site)


def _parts(thing: Any, shape: Shape) -> list[tuple[Any, Shape]]:
    """Its items that have shapes of their own."""
    if shape[0] == "keys":
        held = thing if isinstance(thing, dict) else {}
        return [(dict.get(held, key), inner) for key, inner in zip(shape[1], shape[2], strict=True) if inner]
    if isinstance(thing, dict):
        return []
    items, (before, after) = items_of(thing), shape[1:]
    return [
        *zip(items, before, strict=False),
        *zip(items[len(items) - len(after) :], after, strict=False),
    ]
