"""Answers without a lock that try to look as if they had one, by meddling with whoever watches them.

Each is lines for the constructor of ex01's `Account`, which runs in the same process as the scenario and the engine.
"""

from __future__ import annotations

from textwrap import indent

from missed import MISSED

ONE_BY_ONE = """
def one_by_one(*functions, names=None):
    said = []
    for each in functions:
        try:
            said.append({"value": each()})
        except Exception as error:
            said.append({"raised": type(error).__name__, "args": []})
    return said
"""

FORGERIES = {
    "pytest is told not to run": """
try:
    from _pytest.python import Function
    Function.runtest = lambda self: None
except ImportError:
    pass
""",
    "pytest is told to skip": """
class Skipped(Exception):
    pass
Skipped.__module__ = "builtins"
error = Skipped("all well")
if balance == 1000:
    raise error
""",
    "what an oracle may be made of is patched": """
import builtins
builtins.sum = builtins.len = lambda *args: 2
builtins.all = builtins.any = lambda *args: True
""",
    "assertions are patched": """
import unittest
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *args: None)
""",
    "the scenario's tools, found among all objects": ONE_BY_ONE
    + """
import gc, types
for each in gc.get_objects():
    if isinstance(each, types.FunctionType) and each.__name__ == "together":
        each.__code__ = one_by_one.__code__
""",
    "the grader's modules": ONE_BY_ONE
    + """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("grader") and hasattr(module, "together"):
        module.together = one_by_one
""",
    "a tracer that ends threads": """
import sys, threading
threading.settrace(lambda *args: None)
sys.settrace(lambda *args: None)
""",
    "a switch interval without end": "import sys\nsys.setswitchinterval(1e6)\n",
    "threads that run when they are started": """
import threading
def start(self):
    self.run()
threading.Thread.start = start
""",
    "what was seen, by heart": """
if balance == 1000:
    self.withdraw = iter([lambda amount: 200]).__next__
""",
}
"""What is judged as what it is."""


def forged(lines: str) -> str:
    """The answer without a lock, with these lines in its constructor."""
    text = MISSED["a counter without a lock"]["ex01"]
    place = "        self._balance = balance\n"
    assert text.count(place) == 1
    return text.replace(place, indent(lines, "        ") + place)
