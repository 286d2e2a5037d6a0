"""Program: an answer and its scenarios, rewritten and compiled once, run many times."""

from __future__ import annotations

import ast
import importlib
import linecache
import sys
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from os import path
from pathlib import PurePath
from types import CodeType, ModuleType
from typing import Any

from grader.errors import GraderError
from grader.interleave.engine import Engine
from grader.interleave.execution import Site
from grader.interleave.instrument.facts import Facts, counts_threads
from grader.interleave.instrument.rewrite import rewrite
from grader.interleave.keeping import Kept, kept, only_define
from grader.interleave.stand_ins.escapes import HARMLESS, MODULES, PARTS, SEEN
from grader.interleave.stand_ins.library import COPIES
from grader.interleave.stand_ins.redirecting import STREAMS
from grader.interleave.strategies.natural import Natural
from grader.interleave.vthread import GREENLETS, Carrier
from grader.source_lines import source_lines

TOOLS = "grader.checks"
TOOLS_FILE = "grader/checks/tools.py"
TOOLS_PATH = path.join(path.dirname(path.dirname(path.abspath(__file__))), "checks", "tools.py")


class LoadProblem(GraderError):
    """The answer cannot be run at all. `kind`: "syntax", "import", "name" or "forbidden"."""

    def __init__(self, kind: str, message: str, file: str = "", line: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.kind, self.message, self.file, self.line, self.text = kind, message, file, line, text


class Program:
    """Made by `load`. `engine` is the one that can run it."""

    def __init__(
        self,
        engine: Engine,
        codes: Mapping[str, CodeType],
        module: str,
        scenarios: str,
        names: tuple[str, ...],
        *,
        keeps: bool,
    ) -> None:
        self.engine = engine
        self._codes = codes
        self._module = module
        self._scenarios = scenarios
        self._scenario_names = names
        tools = self._tools()
        engine.library.modules |= {"grader": ModuleType("grader"), TOOLS: tools, f"{TOOLS}.tools": tools}
        self._codes = {name: code for name, code in codes.items() if not name.startswith(TOOLS)}
        self._packages = {above for name in self._codes for above in _above(name)} - self._codes.keys()
        engine.library.own_modules = self._own_module
        self._keeps = keeps
        """Importing it only defines: it need not be done in each execution."""
        self._kept: Kept | None = None

    def _own_module(self, name: str) -> ModuleType | None:
        """The program's module called `name`, imported anew in this execution if it was not kept."""
        modules = self.engine.modules
        module = modules.get(name)
        if module is None and name in self._codes:
            module = modules[name] = self._new_module(name)
            self._show(name, module)
            exec(self._codes[name], module.__dict__)
        elif module is None and name in self._packages:
            module = modules[name] = self._package(name)
        return module

    def _show(self, name: str, module: ModuleType) -> None:
        """Put where Python looks for modules (`pickle` does), also where the same one is as Python itself imported it:
        of two classes only one is found by its name."""
        other = sys.modules.setdefault(name, module)
        real = getattr(other, "__file__", None)
        if other is not module and _is_same(name, real, self._codes[name].co_filename):
            self.engine.replaced[name] = other
            sys.modules[name] = module

    def _package(self, name: str) -> ModuleType:
        """In it the program's own modules are its own; all else is the real package's, where there is one."""
        package = ModuleType(name)
        package.__path__ = []

        def missing(leaf: str) -> Any:
            own = self._own_module(f"{name}.{leaf}")
            try:
                return own or getattr(importlib.import_module(name), leaf)
            except ImportError:
                raise AttributeError(f"module {name!r} has no attribute {leaf!r}") from None

        package.__dict__["__getattr__"] = missing
        return package

    def _new_module(self, name: str) -> ModuleType:
        module = ModuleType(name)
        file = self._codes[name].co_filename
        module.__dict__.update(
            __builtins__=self.engine.library.builtins, __file__=file, __package__=name.rpartition(".")[0]
        )
        return module

    def _tools(self) -> ModuleType:
        """The scenario tools. They keep nothing between executions, so one import is enough."""
        module = self._new_module(TOOLS)
        module.__dict__["__getattr__"] = _left_outside
        exec(self._codes[TOOLS], module.__dict__)
        return module

    def import_answer(self) -> ModuleType:
        module = self._own_module(self._module)
        assert module is not None
        return module

    def _imported(self) -> None:
        """All that an execution needs from the beginning: as it was, or else imported anew."""
        if self._kept is not None:
            if self._kept.as_they_were():
                self.engine.modules.update(self._kept.modules)
                for name, module in self._kept.modules.items():
                    if name in self._codes:
                        self._show(name, module)
                return
            self._kept, self._keeps = None, False
        self.engine.hooks.forget_types()
        self.import_answer()
        self._own_module(self._scenarios)
        if self._keeps:
            self._kept = kept(self.engine.modules)
            self._keeps = self._kept is not None

    def preflight(self) -> tuple[str, ...]:
        """Import the answer once, under control; the names it defines. Raises LoadProblem."""
        names: list[str] = []
        execution = self.engine.run(lambda: names.extend(vars(self.import_answer())), _once())
        if execution.error is not None:
            failure = execution.error
            what = f"{failure.type}: {failure.message}" if failure.message else failure.type
            line = linecache.getline(failure.file, failure.line).strip()
            raise LoadProblem("import", what, failure.file, failure.line, line)
        if execution.ending != "done":
            why = "; ".join(execution.detail) or execution.ending
            raise LoadProblem("import", f"importing it does not end well: {why}")
        return tuple(name for name in names if not name.startswith("__"))

    def execution(self, scenario: str, arguments: Mapping[str, object]) -> Callable[[], object]:
        """What `engine.run` takes. The scenario gets the answer's module, then `arguments` by name."""

        if scenario not in self._scenario_names:
            known = ", ".join(self._scenario_names) or "none"
            raise LoadProblem("name", f"there is no scenario called {scenario!r}; there is: {known}")

        def main() -> object:
            self._imported()
            answer = self.import_answer()
            function: Any = getattr(self._own_module(self._scenarios), scenario)
            return plain(function(answer, **_fresh(arguments)))

        return main


def _above(name: str) -> list[str]:
    """The packages that the module `name` is in."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


@lru_cache(maxsize=64)
def _is_same(name: str, real: str | None, file: str) -> bool:
    """Whether Python imported the module `name` from the file that the program calls `file`, and which it calls `real`;
    its library stays as it is."""
    if name.partition(".")[0] in sys.stdlib_module_names:
        return False
    parts = PurePath(file).parts
    return name == "__main__" or PurePath(real or "").parts[-len(parts) :] == parts


def _left_outside(name: str) -> Callable[[Any], Any]:
    """What `grader.checks` has beside the tools: `scenario`, which does nothing here, and the oracle's words."""
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda function: function


def _once() -> Natural:
    strategy = Natural()
    strategy.begin()
    return strategy


def _fresh(value: Any) -> Any:
    """A copy of JSON values: an answer may change what it is given."""
    if isinstance(value, Mapping):
        return {key: _fresh(one) for key, one in value.items()}
    return [_fresh(one) for one in value] if isinstance(value, (list, tuple)) else value


def plain(value: Any) -> Any:
    """`value` as JSON values, copied: what goes on afterwards changes it no more. Of others it says what they are."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple):
        return [plain(one) for one in value]
    if kind is dict:
        return {_key(key): plain(one) for key, one in value.items()}
    base: Any
    for base in (int, float, str, list, tuple, dict):
        if isinstance(value, base):
            return plain(base(value))
    return {"not JSON": f"object of type {kind.__name__}"}


def _key(key: object) -> str:
    if isinstance(key, str):
        return str(key)
    return repr(key) if type(key) in (int, bool, float) or key is None else f"<key of type {type(key).__name__}>"


def load(
    files: Mapping[str, str],
    module: str,
    scenarios_source: str,
    scenarios_file: str,
    *,
    forbidden: tuple[str, ...] = (),
    carrier: Carrier = GREENLETS,
) -> Program:
    """Rewrite and compile `files` ({"printers.py": source}) and the scenarios. Raises LoadProblem."""
    trees = {name: _parse(source, name) for name, source in files.items()}
    if f"{module}.py" not in trees:
        raise LoadProblem("import", f"there is no {module}.py; the files are {', '.join(sorted(files)) or 'none'}")
    if forbidden:
        for name, tree in trees.items():
            _refuse(tree, name, forbidden)
    scenarios = path.splitext(path.basename(scenarios_file))[0]
    trusted = {scenarios_file: _parse(scenarios_source, scenarios_file)}
    facts = Facts(trees.values(), trusted.values())
    engine = Engine(carrier)
    modules = {name.removesuffix(".py").replace("/", "."): name for name in trees}
    modules |= {scenarios: scenarios_file, TOOLS: TOOLS_FILE}
    counted, unseen = counts_threads(trees.values()), _unseen(trees.values(), engine, modules)
    keeps = only_define(trees.values(), trusted[scenarios_file], partial(_harmless, modules, engine))
    tools, sites = _tools()
    engine.sites.extend(sites)
    codes = {TOOLS_FILE: tools}
    for file, tree in (trees | trusted).items():
        rewritten = rewrite(tree, file, facts, engine.sites, file in trusted)
        codes[file] = compile(rewritten, file, "exec", dont_inherit=True)
    _set_up(engine, facts, [*trees, scenarios_file], frozenset(modules))
    # Scenarios ask for it when all are through, or to say who is left.
    engine.hidden = engine.hidden or ("asks which threads there are" if counted else unseen)
    for name in sorted(_imported([*trees.values(), *trusted.values()]) & COPIES):
        engine.library.find(name)  # now, once, instead of in each process that is forked to run it
    for file, source in files.items():
        linecache.cache[file] = len(source), None, [f"{line}\n" for line in source_lines(source)], file
    names = tuple(node.name for node in trusted[scenarios_file].body if isinstance(node, ast.FunctionDef))
    codes_by_name = {name: codes[file] for name, file in modules.items()}
    return Program(engine, codes_by_name, module, scenarios, names, keeps=keeps)


def _harmless(own: Collection[str], engine: Engine, name: str) -> bool:
    """Whether importing it has no effect that an execution must see: a stand-in, or one of ours."""
    if name in own:
        return True
    return name.partition(".")[0] in {*HARMLESS, *COPIES, *engine.library.modules}


def _unseen(answers: Collection[ast.Module], engine: Engine, own: Collection[str]) -> str:
    """Which modules the answer imports whose objects may have a state that nobody is told of, or which it changes."""
    known = {*SEEN, *HARMLESS, *COPIES, *engine.library.modules, *MODULES, *PARTS, *own}
    imported = _imported([*answers])
    unknown = sorted(name for name in imported if not {name, name.partition(".")[0]} & known)
    changed = sorted(set().union(*map(_changed, answers)) & (imported - {*own}))
    if unknown:
        return f"imports {', '.join(unknown)}"
    return f"changes {', '.join(changed)}" if changed else ""


def _changed(answer: ast.Module) -> set[str]:
    """Names of which functions assign an attribute; those of modules are among them."""
    functions = [node for node in ast.walk(answer) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    stores = [node for node in inside if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    told = {node for node in stores if node.attr in STREAMS}  # see `Facts.streams`
    return {node.value.id for node in stores if isinstance(node.value, ast.Name) and node not in told}


@lru_cache(maxsize=1)
def _tools() -> tuple[CodeType, tuple[Site, ...]]:
    """The scenario tools, compiled, and their sites, which are the first of every program: the same for all."""
    with open(TOOLS_PATH, encoding="utf-8") as file:
        tree = _parse(file.read(), TOOLS_FILE)
    sites: list[Site] = []
    rewritten = rewrite(tree, TOOLS_FILE, Facts([tree]), sites, True)
    return compile(rewritten, TOOLS_FILE, "exec", dont_inherit=True), tuple(sites)


def _set_up(engine: Engine, facts: Facts, files: list[str], modules: frozenset[str]) -> None:
    engine.files = engine.library.escapes.files = engine.hooks.files = frozenset(files)
    engine.hooks.is_of_classes = facts.is_of_classes
    engine.hooks.modules = modules
    engine.hooks.streams = facts.streams
    engine.hooks.foreign.named = facts.elsewhere.named
    engine.library.of_threads = facts.assigned & {"name", "run"}
    engine.hidden = facts.hidden
    engine.scheduler.releases = facts.releases
    if facts.ends_are_seen:
        engine.let_die()
    scheduler = engine.scheduler
    engine.library.builtins["_pause"] = lambda: scheduler.point("yield", -1, scheduler.current.site)


def _imported(trees: list[ast.Module]) -> set[str]:
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return names | {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}


def _parse(source: str, file: str) -> ast.Module:
    try:
        return ast.parse(source, file)
    except SyntaxError as error:
        raise LoadProblem("syntax", error.msg, file, error.lineno or 0, (error.text or "").strip()) from None
    except ValueError as error:
        raise LoadProblem("syntax", str(error), file) from None


def _refuse(tree: ast.Module, file: str, forbidden: tuple[str, ...]) -> None:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if any(name == one or name.startswith(f"{one}.") for one in forbidden):
                raise LoadProblem("forbidden", f"{name} may not be imported here", file, getattr(node, "lineno", 0))
