"""Calling: calls are rewritten."""

from __future__ import annotations

import ast
import copy

from grader.interleave.instrument.building import NAMED, Building
from grader.interleave.instrument.containers import (
    DEEPLY,
    GOING_OVER,
    LAZY,
    METHOD_NAMES,
    QUIET,
    READERS,
    SIZES,
    TAKING,
    WRITERS,
)
from grader.interleave.instrument.nodes import is_keyed, may_run_code, names_one_of, takes_steps, words_called


class Calling(Building):
    """Of one file."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        named = node.func.id if isinstance(node.func, ast.Name) else ""
        last = named or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        called = words_called(node)
        plain = list(node.args)
        self._consumed.update(one for one in plain if named in GOING_OVER and _makes_iterator(one))
        node.args = [self.visit(argument) for argument in node.args]
        given = [one.value for one in node.keywords]
        spread = [(one, one.value) for one in node.keywords if one.arg is None]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        if named not in READERS:
            for keyword, old in spread:
                keyword.value = self._spread(old, keyword.value)
        late = takes_steps([*node.args, *(keyword.value for keyword in node.keywords)])
        alters = named in WRITERS and bool(plain) and isinstance(plain[0], (*NAMED, ast.GeneratorExp))
        # What is put into a heap is compared with what is in it.
        alters = alters and (len(plain) == 1 or named == "next") and not takes_steps(node.args[1:])
        if alters and isinstance(plain[0], NAMED):
            node.args[0] = self._call(plain[0], "_k_alter", node.args[0], words=self._words.get(plain[0], ""))
        elif named in READERS:
            self._reader(node, named, plain, given)
        else:
            pairs = zip(plain, node.args, strict=True)
            node.args = [self._seen(old, new) if isinstance(old, ast.Starred) else new for old, new in pairs]
        known = named in READERS or alters or named in QUIET
        if last == "get" and not named and not late and plain and self._facts.is_final(last):
            at = node.func.value  # type: ignore[attr-defined]
            asked = self._call(node.func, "_k_has", self.visit(at), copy.copy(plain[0]), words=self._words.get(at, ""))
            node.func.value = asked  # type: ignore[attr-defined]
        else:
            node.func = self._callee(node.func, named, bool(node.args), late, is_keyed(node))
        if (node.args or node.keywords or last.startswith("__")) and not known:
            node.func = self._call(node.func, "_k_given", node.func, words=called)
        return node

    def _reader(self, node: ast.Call, named: str, plain: list[ast.expr], given: list[ast.expr]) -> None:
        """It looks at its arguments, which were `plain`, and with keywords `given`."""
        self._call_back(node, named, plain)
        hook = "_k_size" if named in SIZES else "_k_look_into" if named in DEEPLY else "_k_look"
        if named in ("map", "filter") and node not in self._stepped:
            node.args = [self._seen_inside(*pair) for pair in zip(plain, node.args, strict=True)]
        if named in LAZY and (node in self._stepped or node in self._consumed):
            hook = "_k_begin"
        starred = any(isinstance(one, ast.Starred) for one in plain)
        new = [*node.args, *(one.value for one in node.keywords)]
        aside = {len(plain) + place for place, one in enumerate(node.keywords) if one.arg is not None}
        new = self._together([*plain, *given], new, "_k_look_into" if starred else hook, aside)
        node.args = new[: len(plain)]
        for keyword, value in zip(node.keywords, new[len(plain) :], strict=True):
            keyword.value = value
        for place in [place for place, one in enumerate(plain) if one in self._consumed]:
            node.args[place] = self._call(plain[place], "_k_look_inside", node.args[place])
        if named in GOING_OVER:
            node.args = [self._resumed(*pair) for pair in zip(plain, node.args, strict=True)]

    def _call_back(self, node: ast.Call, named: str, plain: list[ast.expr]) -> None:
        """A function of the program among the arguments is called in the midst of what is done with the others."""
        if node.args and is_keyed(node):
            node.args[0] = self._call(node, "_k_pieces", node.args[0], ast.Constant("read"))
        if named not in ("map", "filter") or not node.args:
            return
        rest, stepped = node.args[1:], node in self._stepped
        if isinstance(node.args[0], ast.Lambda):
            node.args[1:] = rest if stepped else [self._call(node, "_k_later", one) for one in rest]
        elif may_run_code(node.args) and (stepped or not names_one_of(plain, READERS | QUIET)):
            node.args[0] = by = self._call(node, "_k_by", node.args[0])
            later = [] if stepped else [self._call(node, "_k_later_by", one, copy.copy(by.args[-1])) for one in rest]
            node.args[1:] = later or rest

    def _callee(self, func: ast.expr, named: str, given: bool, late: bool, keyed: bool) -> ast.expr:
        if isinstance(func, ast.Attribute):
            words = self._words.get(func.value, "")
            base = self.visit(func.value)
            if func.attr == "sort" and keyed:
                base = self._call(func, "_k_pieces", base, ast.Constant("write"), words=words)
            # With `late` the arguments come first: what happens to the container happens after their steps.
            late = (late and func.attr in METHOD_NAMES) or (given and func.attr in TAKING)
            hook = "_k_late" if late else "_k_call"
            if hook == "_k_late" or not self._facts.is_final(func.attr):
                asked = self._site(func, self._words.get(func, ""))
                func.value = self._call(func, hook, base, self._name(func.attr), asked, words=words)
            elif func.attr in METHOD_NAMES:
                func.value = self._call(func, "_k_use", base, self._name(func.attr), words=words)
            elif not isinstance(func.value, ast.Constant):
                func.value = self._call(func, "_k_at", base, words=words)
            return func
        visited: ast.expr = self.visit(func)
        if named and named not in READERS and named not in QUIET:
            return self._call(func, "_k_at", visited, words=named)
        return visited


def _makes_iterator(node: ast.expr) -> bool:
    """Whether it is an iterator that nobody else has, over what others may have."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LAZY | {"reversed"}
