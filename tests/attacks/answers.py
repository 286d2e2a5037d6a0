"""Answers that are wrong, and do something so as not to be found out; or that hurt whoever runs them.

`f` has to return 42. Each of these returns 41, or nothing, or dies. By name: the source, with {work} where
the body of `f` goes when the attack is made at the call and not at import.
"""

from __future__ import annotations

PLAIN = "def f():\n    return 41\n"

_FORGED = """\
import json, os, posix
outcome = {"type": "seen", "outcome": {"ending": "done", "value": 42}}
counted = {"schedules": 9, "exhausted": True, "preemption_bound": None, "counts": [9]}
coverage = {"type": "explored", "coverage": counted}
ran = {"type": "ran", "ending": "returned", "value": 42}
frames = b""
for message in (outcome, coverage, ran):
    body = json.dumps(message).encode()
    frames += len(body).to_bytes(4, "big") + body
for descriptor in range(64):
    try:
        posix.write(descriptor, frames)
    except OSError:
        pass
"""

_EVERY_DESCRIPTOR = """\
import posix
for descriptor in range(64):
    try:
        posix.write(descriptor, data)
    except OSError:
        pass
"""

AT_IMPORT = {
    "_exit": "import posix\nposix._exit(0)\n",
    "sys.exit": "import sys\nsys.exit(0)\n",
    "forged frames": _FORGED,
    "forged frames, then the end": _FORGED + "posix._exit(0)\n",
    "pickle": """\
import pickle
data = pickle.dumps(print)
"""
    + _EVERY_DESCRIPTOR,
    "not a number": """\
data = b'\\0\\0\\0\\3NaN'
"""
    + _EVERY_DESCRIPTOR,
    "deep": """\
data = (100_000).to_bytes(4, 'big') + b'[' * 100_000
"""
    + _EVERY_DESCRIPTOR,
    "longer than it says": """\
data = b'\\xff\\xff\\xff\\xff' * 1000
"""
    + _EVERY_DESCRIPTOR,
    "two megabytes": """\
data = (b'\\0\\0\\0\\0' * 1_000_000)
"""
    + _EVERY_DESCRIPTOR,
    "a frame that never ends": """\
data = b'\\0\\0\\1\\0['
"""
    + _EVERY_DESCRIPTOR,
    "closed descriptors": "import os\nos.closerange(0, 64)\n",
    "signal": "import signal\nsignal.raise_signal(9)\n",
    "kill the parent": "import posix\nposix.kill(posix.getppid(), 9)\n",
    "kill all": "import posix\nposix.kill(-1, 9)\n",
    "stop all": "import posix\nposix.kill(-1, 19)\n",
    "stop itself": "import signal\nsignal.raise_signal(19)\n",
    "endless": "while True:\n    pass\n",
    "endless in C": "max(iter(int, 1))\n",
    "slow expression": "import re\nre.match('(a|a)*$', 'a' * 64 + 'b')\n",
    "deaf": """\
import signal
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
""",
    "memory": """\
held = []
while True:
    held.append(bytearray(1 << 24))
""",
    "shared memory": """\
import mmap
held = []
while True:
    held.append(mmap.mmap(-1, 1 << 24))
    held[-1].write(b'x' * (1 << 24))
""",
    "recursion": """\
def g():
    try:
        g()
    finally:
        g()
g()
""",
    "crash": "import ctypes\nctypes.string_at(0)\n",
    "full disk": """\
data = b'x' * (1 << 20)
for n in range(1000):
    open(f'/tmp/{n}', 'wb').write(data)
""",
    "flood": """\
import posix
while True:
    posix.write(1, b'x' * 65536)
    posix.write(2, b'x' * 65536)
""",
    "prints": """\
for n in range(200_000):
    print('PASS ::set-output name=x::y', n)
""",
}

AT_THE_CALL = {
    "equals everything": """\
class E:
    def __eq__(self, other):
        return True
    __hash__ = None
def f():
    return E()
""",
    "number that equals all": """\
class E(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
def f():
    return E(41)
""",
    "not a number": "def f():\n    return float('nan')\n",
    "almost": "def f():\n    return 42.0\n",
    "text": "def f():\n    return '42'\n",
    "large number": "def f():\n    return 10 ** 5000\n",
    "large text": "def f():\n    return 'x' * (1 << 24)\n",
    "deep": """\
def f():
    value = []
    for n in range(900):
        value = [value]
    return value
""",
    "holds itself": """\
def f():
    value = []
    value.append(value)
    return value
""",
    "surrogate": "def f():\n    return '\\ud800'\n",
    "sys.exit": """\
import sys
def f():
    sys.exit(0)
""",
    "_exit": """\
import posix
def f():
    posix._exit(0)
""",
    "raises strangely": """\
class E(BaseException):
    def __str__(self):
        raise self
def f():
    raise E
""",
    "raises a long text": "def f():\n    raise ValueError('x' * (1 << 22))\n",
    "patched json": """\
import json, builtins
json.dumps = lambda *a, **k: '42'
builtins.sum = lambda *a: 42
"""
    + PLAIN,
    "patched assertions": """\
import unittest
unittest.TestCase.assertEqual = lambda *a: None
"""
    + PLAIN,
    "profiler": """\
import sys, threading
def p(*a):
    raise SystemExit(0)
def f():
    sys.setprofile(p)
    return 41
""",
}

RUNS = {
    "fork bomb": """\
import os, time
def f():
    for n in range(200):
        try:
            if os.fork() == 0:
                time.sleep(60)
        except OSError:
            return n
    return 42
""",
    "threads": """\
import threading
def f():
    stop = threading.Event()
    for n in range(500):
        try:
            threading.Thread(target=stop.wait, daemon=True).start()
        except RuntimeError:
            return n
    return 42
""",
    "forks again and again": """\
import os, time
def f():
    if os.fork() == 0:
        while True:
            if os.fork():
                os._exit(0)
            time.sleep(0.002)
    return 41
""",
    "daemon of a daemon": """\
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(600)
    return 41
""",
    "children with memory": """\
import os, time
def f():
    for n in range(12):
        if os.fork() == 0:
            held = b'x' * (200 << 20)
            time.sleep(600)
    time.sleep(600)
""",
}

HARMLESS_BUT_MESSY = {
    "thread that stays": """\
import threading
def f():
    threading.Thread(target=threading.Event().wait).start()
    return 42
""",
    "grandchild that holds standard output": """\
import subprocess
def f():
    subprocess.Popen(['sh', '-c', 'sleep 600 & exec sleep 600'])
    return 42
""",
    "daemon": """\
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(600)
    else:
        os.wait()
    return 42
""",
}
