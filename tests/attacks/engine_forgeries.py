"""Answers without a lock that meddle with the engine that watches them.

Each is lines for the constructor of ex01's `Account`, like those of `forgeries`. All of them are believed where nothing
is confirmed from outside the box, which is tested, too.
"""

from __future__ import annotations

from forgeries import ONE_BY_ONE

_SCHEDULER = """
import sys
scheduler = sys._getframe().f_builtins["_k_read"].__self__._scheduler
"""
_UNDISTURBED = """
import sys
class Undisturbed:
    def choose(self, runnable, pending, current):
        return current if current in runnable else runnable[0]
    def end(self, execution):
        pass
"""
_ALWAYS_THE_FIRST = """
import sys
explorer = sys.modules["grader.interleave.explorer"]
if not hasattr(explorer, "plain_outcome"):
    explorer.plain_outcome, explorer.told = explorer.outcome_of, []
    def outcome(execution):
        explorer.told.append(explorer.plain_outcome(execution))
        return explorer.told[0]
    explorer.outcome_of = outcome
    explorer._Search._keep_races = lambda *_: None
    explorer.identity_of = lambda execution: ("done", "", ())
"""

ENGINE = {
    "the scenario's tools, found in the caller's frame": ONE_BY_ONE
    + """
import sys
sys._getframe(1).f_globals["together"] = one_by_one
""",
    "patched builtins: hooks that tell nothing": """
import sys
names = sys._getframe().f_builtins
for name in ("_k_read", "_k_write", "_k_use", "_k_call", "_k_take"):
    names[name] = lambda thing, *rest: thing
""",
    "a scheduler found among all objects, that hears of no data": """
import gc, sys
if "grader" not in globals():
    globals()["grader"] = next(each._turns for each in gc.get_objects() if type(each).__name__ == "Fairness")
grader.access = lambda *operation: None
""",
    "a scheduler that interrupts nobody": _SCHEDULER
    + _UNDISTURBED
    + """
scheduler._strategy = Undisturbed()
""",
    "the outcome, that of the first execution for all": _ALWAYS_THE_FIRST,
    "the value, that of a run without interruptions, made after each": _UNDISTURBED
    + """
explorer = sys.modules["grader.interleave.explorer"]
if not hasattr(explorer, "plain_outcome"):
    explorer.plain_outcome = explorer.outcome_of
    def outcome(execution):
        names = sys._getframe(1).f_locals
        runs = names["runs"] if "runs" in names else names["self"]._runs
        told = explorer.plain_outcome(execution)
        return explorer.replace(told, value=runs.once(Undisturbed()).value)
    explorer.outcome_of = outcome
    explorer._Search._keep_races = lambda *_: None
""",
    "a search that tries the natural order only, and says that was all": """
import sys
portfolio = sys.modules["grader.interleave.portfolio"]
portfolio.Portfolio.exhausted = property(lambda self: True)
if not hasattr(portfolio, "plain_begin"):
    portfolio.plain_begin = portfolio.Dpor.begin
    def begin(self):
        known, self.begun = hasattr(self, "begun"), True
        return not known and portfolio.plain_begin(self)
    portfolio.Dpor.begin = begin
""",
    "the module that runs programs, replaced by one that runs them without threads": ONE_BY_ONE
    + """
import sys
from types import ModuleType
tools = ModuleType("grader.checks")
tools.__dict__.update(sys._getframe(1).f_globals, together=one_by_one)
frame = sys._getframe(1)
while frame is not None:
    for value in list(frame.f_locals.values()):
        library = getattr(getattr(value, "engine", value), "library", None)
        if library is not None:
            library.modules["grader.checks"] = tools
    frame = frame.f_back
sys._getframe(1).f_globals["together"] = one_by_one
""",
    "well behaved only when driven, and then without any operation": _ALWAYS_THE_FIRST
    + ONE_BY_ONE
    + """
import gc
if "driven" not in globals():
    globals()["driven"] = any(type(each).__name__ == "Driven" for each in gc.get_objects())
if driven:
    sys._getframe(1).f_globals["together"] = one_by_one
""",
    "driven, but by itself": _ALWAYS_THE_FIRST
    + """
driven = sys.modules["grader.interleave.driven"].Driven
driven._chosen = lambda self, able: able[0]
""",
    "a trace of its own making": _ALWAYS_THE_FIRST
    + """
driven = sys.modules["grader.interleave.driven"].Driven
driven.rest = lambda self: ([], [])
""",
}
