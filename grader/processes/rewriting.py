"""Loads and stores of shared memory become steps: the answer's source is rewritten when it is imported.

    counter.value += 1      a load, then a store, with a place to switch between them
    totals[i] = 0           a store

Every `.value` and every subscript asks the gate at run time whether what it touches is shared between processes
(Value, Array, their raw kin, the buffer of a SharedMemory); if not, it is what it was. Positions stay those of the
source. Left as they are: several targets in one assignment, and indices with slices inside a tuple.
"""

from __future__ import annotations

import ast
import ctypes
import mmap
from functools import partial
from importlib.machinery import SourceFileLoader
from multiprocessing import sharedctypes
from typing import Any

from grader.processes.gate import Gate, Key, short
from grader.processes.points import is_free

NAME = "__gate__"
_SHARED: Any = (sharedctypes.SynchronizedBase, ctypes._SimpleCData, ctypes.Array, memoryview)


class Memory:
    """What rewritten source calls. One a process."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def load(self, owner: Any, name: str) -> Any:
        return self._step("read", owner, name, partial(getattr, owner, name))

    def store(self, value: Any, owner: Any, name: str) -> None:
        self._step("write", owner, name, partial(setattr, owner, name, value), value)

    def item(self, owner: Any, index: Any) -> Any:
        if not isinstance(owner, _SHARED):
            return owner[index]
        return self._step("read", owner, index, lambda: owner[index])

    def set_item(self, value: Any, owner: Any, index: Any) -> None:
        if not isinstance(owner, _SHARED):
            owner[index] = value
            return
        self._step("write", owner, index, partial(owner.__setitem__, index, value), value)

    def _step(self, kind: str, owner: Any, part: Any, call: Any, value: Any = None) -> Any:
        gate, key = self._gate, _key(owner, part)
        place = gate.place() if key else None
        if key is None or place is None:
            return call()
        locked = isinstance(owner, sharedctypes.SynchronizedBase)
        gate.park(kind, key, place, partial(is_free, owner.get_lock()) if locked else None)
        with gate.inside():
            seen = call()
        gate.say("value", text=short(seen if kind == "read" else value))
        return seen


def _key(owner: Any, part: Any) -> Key | None:
    """Where in shared memory that is; None for anything else."""
    if isinstance(owner, sharedctypes.SynchronizedBase):
        owner = owner.get_obj()
    if isinstance(owner, memoryview):
        return f"map:{len(owner)}:{part}" if isinstance(owner.obj, mmap.mmap) else None
    if isinstance(owner, ctypes.Array) and isinstance(part, int):
        return f"mem:{ctypes.addressof(owner) + part % max(len(owner), 1) * ctypes.sizeof(owner._type_)}"
    if isinstance(owner, ctypes._SimpleCData | ctypes.Array):
        return f"mem:{ctypes.addressof(owner)}"
    return None


class Loader(SourceFileLoader):
    """Imports a file with its loads and stores rewritten."""

    def __init__(self, fullname: str, path: str, gate: Gate) -> None:
        super().__init__(fullname, path)
        self._memory = Memory(gate)

    def source_to_code(self, data: Any, path: Any, *_more: Any, **_options: Any) -> Any:  # type: ignore[override]
        return compile(rewritten(ast.parse(data, path)), path, "exec", dont_inherit=True)

    def exec_module(self, module: Any) -> None:
        module.__dict__[NAME] = self._memory
        super().exec_module(module)


def rewritten(tree: ast.Module) -> ast.Module:
    module: ast.Module = _Rewriter().visit(tree)
    return ast.fix_missing_locations(module)


class _Rewriter(ast.NodeTransformer):
    def __init__(self) -> None:
        self._temporaries = 0

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return node  # an annotation is no access

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def _function(self, node: Any) -> Any:
        node.args = self.visit(node.args)
        node.body = [part for one in node.body for part in _listed(self.visit(one))]
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.value = self.visit(node.value)
        if node.attr != "value" or not isinstance(node.ctx, ast.Load):
            return node
        return _call(node, "load", node.value, ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        node.slice = self.visit(node.slice)
        if not isinstance(node.ctx, ast.Load) or (index := _index(node.slice)) is None:
            return node
        return _call(node, "item", node.value, index)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        target = node.targets[0]
        if len(node.targets) == 1 and (parts := self._parts(target)) is not None:
            return ast.copy_location(ast.Expr(_call(target, parts[0], node.value, *parts[1:])), node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        parts = self._parts(node.target)
        if parts is None:
            return node
        store, *operands = parts
        load = {"store": "load", "set_item": "item"}[store]
        names = [self._temporary() for _ in range(3)]
        loads: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
        keep = [_assign(name, part, node.target) for name, part in zip(names, operands, strict=False)]
        read = _assign(names[2], _call(node.target, load, *loads[:2]), node.target)
        change = ast.copy_location(ast.AugAssign(ast.Name(names[2], ast.Store()), node.op, node.value), node)
        write = ast.copy_location(ast.Expr(_call(node.target, store, loads[2], *loads[:2])), node)
        return [*keep, read, change, write]

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"__gate_{self._temporaries}__"

    def _parts(self, target: ast.expr) -> tuple[Any, ast.expr, ast.expr] | None:
        """The name of the storing function, the owner and which part of it; None for any other target."""
        if isinstance(target, ast.Attribute) and target.attr == "value":
            return "store", self.visit(target.value), ast.Constant(target.attr)
        if isinstance(target, ast.Subscript) and (index := _index(self.visit(target.slice))) is not None:
            return "set_item", self.visit(target.value), index
        return None


def _listed(node: Any) -> list[Any]:
    return node if isinstance(node, list) else [node]


def _index(node: ast.expr) -> ast.expr | None:
    """The subscript as an expression."""
    if isinstance(node, ast.Slice):
        ends = [end or ast.Constant(None) for end in (node.lower, node.upper, node.step)]
        return ast.copy_location(ast.Call(ast.Name("slice", ast.Load()), ends, []), node)
    if any(isinstance(part, ast.Slice | ast.Starred) for part in ast.walk(node)):
        return None
    return node


def _call(at: ast.expr, name: str, *args: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
    return ast.copy_location(ast.Call(ast.copy_location(function, at), list(args), []), at)


def _assign(name: str, value: ast.expr, at: ast.expr) -> ast.Assign:
    return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), at)
