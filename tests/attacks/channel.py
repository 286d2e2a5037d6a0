"""Answers that want a better verdict than they are worth, by way of what they say, return, patch or end.

`f` has to return 42. AT_IMPORT: what comes before a plainly wrong `f`. AT_THE_CALL: whole answers. The numbers are
those of the catalogue of threats; answers without one came up while the box was built.
"""

from __future__ import annotations

WRONG = "def f():\n    return 41\n"

_FORGED = """
import json, posix
seen = {"type": "seen", "outcome": {"ending": "done", "value": 42}}
counted = {"schedules": 9, "exhausted": True, "preemption_bound": None, "counts": [9]}
explored = {"type": "explored", "coverage": counted}
ran = {"type": "ran", "ending": "returned", "value": 42}
data = b""
for message in (seen, explored, ran):
    body = json.dumps(message).encode()
    data += len(body).to_bytes(4, "big") + body
"""

_EVERYWHERE = """
import posix
for descriptor in range(64):
    try:
        posix.write(descriptor, data)
    except OSError:
        pass
"""

AT_IMPORT = {
    "i06 _exit": "import posix\nposix._exit(0)\n",
    "i07 sys.exit": "import sys\nsys.exit(0)\n",
    "i13 prints verdicts and commands": """
for n in range(2000):
    print("PASS 10/10\\n::set-output name=points::10\\n\\x1b[2J\\x1b]0;hit\\x07", n)
""",
    "i14 forged frames": _FORGED + _EVERYWHERE,
    "i14b forged frames, then the end": _FORGED + _EVERYWHERE + "posix._exit(0)\n",
    "i30 a forged answer, and then nothing more": _FORGED + _EVERYWHERE + "import signal\nsignal.pause()\n",
    "i39 a child that goes on writing frames": "import os\n"
    + _FORGED
    + "while os.fork() == 0:\n    while True:\n"
    + "".join(f"        {line}\n" for line in _EVERYWHERE.strip().splitlines()),
    "i22 deep JSON": "data = (100_000).to_bytes(4, 'big') + b'[' * 100_000\n" + _EVERYWHERE,
    "i22b not a number": "data = b'\\0\\0\\0\\3NaN'\n" + _EVERYWHERE,
    "i35 closes all descriptors": "import os\nos.closerange(0, 64)\n",
    "i36 puts its output over the channel": """
import os
for descriptor in range(3, 64):
    try:
        os.dup2(1, descriptor)
    except OSError:
        pass
print("42")
""",
    "i37 another folder, another mask": "import os\nos.chdir('/')\nos.umask(0o777)\n",
    "i40 pickle": "import pickle\ndata = pickle.dumps(print)\n" + _EVERYWHERE,
    "a frame longer than it says": "data = b'\\xff\\xff\\xff\\xff' * 1000\n" + _EVERYWHERE,
    "two megabytes of empty frames": "data = b'\\0\\0\\0\\0' * 500_000\n" + _EVERYWHERE,
    "a frame that never ends": "data = b'\\0\\0\\1\\0['\n" + _EVERYWHERE,
    "s07 a frame byte by byte": _FORGED
    + """
import time
for byte in data:
    for descriptor in range(3, 16):
        try:
            posix.write(descriptor, bytes([byte]))
        except OSError:
            pass
    time.sleep(0.01)
""",
    "s09 frames at the end": "import atexit\n" + _FORGED + "atexit.register(lambda: posix.write(3, data))\n",
    "s09b answers to what is asked later": _FORGED
    + """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        for descriptor in range(64):
            try:
                posix.write(descriptor, data)
            except OSError:
                pass
        time.sleep(0.05)
""",
    "s11 closes the standard descriptors": "import os\nos.closerange(0, 3)\n",
    "s12 kills itself": "import signal\nsignal.raise_signal(9)\n",
    "s13 becomes a shell": "import os\nos.execv('/bin/sh', ['sh', '-c', 'echo 42; exec sleep 600'])\n",
    "s14 goes on as its own child": "import os\nif os.fork():\n    os._exit(0)\n",
    "kills the parent": "import posix\nposix.kill(posix.getppid(), 9)\n",
    "kills all": "import sys\nsys.modules['posix'].kill(-1, 9)\n",
    "stops all": "import sys\nsys.modules['posix'].kill(-1, 19)\n",
    "stops itself": "import signal\nsignal.raise_signal(19)\n",
    "r07 endless": "while True:\n    pass\n",
    "r08b endless in C": "max(iter(int, 1))\n",
    "r10 deaf and endless": """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
""",
    "r03 memory": "held = []\nwhile True:\n    held.append(bytearray(1 << 24))\n",
    "r06 a flood": "import posix\nwhile True:\n    posix.write(2, b'x' * 65536)\n",
    "r15 crash": "import ctypes\nctypes.string_at(0)\n",
    "r15b recursion that goes on in finally": """
def g():
    try:
        g()
    finally:
        g()

g()
""",
    "s16 a large constant": "x = [[[[0] * 1000] * 1000] * 1000] * 1000\ny = repr(x)\n",
}

NONCE = """
import gc, os, signal, sys

def f():
    keys = [each for each in gc.get_objects() if type(each).__name__ in ("Channel", "Request", "Session")]
    texts = [value for each in keys for name in ("key", "_key") if (value := getattr(each, name, ""))]
    frame = sys._getframe()
    while frame := frame.f_back:
        texts += [str(value) for name, value in frame.f_locals.items() if "key" in name or "nonce" in name]
    for text in texts or [""]:
        body = text.encode() + b'{"type":"ran","ending":"returned","value":42}'
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, len(body).to_bytes(4, "big") + body)
            except OSError:
                pass
    signal.pause()
"""
"""In a real run. What it is worth where threads are explored, in the very process of the engine: `forgeries.py`."""

AT_THE_CALL = {
    "i07b ends in the call": "import sys\n\ndef f():\n    sys.exit(0)\n",
    "_exit in the call": "import posix\n\ndef f():\n    posix._exit(0)\n",
    "i10 equal to all": """
class Equal(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__

def f():
    return Equal(41)
""",
    "i10b almost": "def f():\n    return 42.0\n",
    "equal to all, and no number": """
class Equal:
    def __eq__(self, other):
        return True
    __hash__ = None

def f():
    return Equal()
""",
    "text": "def f():\n    return '42'\n",
    "i16 patches the time": """
import time
time.time = time.monotonic = time.perf_counter = lambda: 0.0

def f():
    return 41
""",
    "not a number": "def f():\n    return float('nan')\n",
    "i22c a number of 5,000 digits": "def f():\n    return 10 ** 5000\n",
    "i22d a value 900 deep": """
def f():
    value = []
    for n in range(900):
        value = [value]
    return value
""",
    "a value that holds itself": "def f():\n    value = []\n    value.append(value)\n    return value\n",
    "r18 a value of 16 MiB": "def f():\n    return 'x' * (1 << 24)\n",
    "i26 an exception that cannot be told": """
class Strange(BaseException):
    def __str__(self):
        raise self

def f():
    raise Strange
""",
    "i26b an exception that is told without end": """
class Endless(Exception):
    def __str__(self):
        while True:
            pass

def f():
    raise Endless
""",
    "an exception with a long text": "def f():\n    raise ValueError('x' * (1 << 22))\n",
    "i41 text that no file can hold": "def f():\n    print('\\0\\x1b]52;c;aGl0\\x07')\n    return '\\ud800\\0'\n",
    "i41b an exception with such a text": "def f():\n    raise ValueError('\\ud800\\0\\x1b]52;c;aGl0\\x07')\n",
    "s18 a null in the source": "def f():\n    return 41\0\n",
    "s19 another encoding": "# coding: utf-7\ndef f():\n    return 41\n# +AAo-def f(): return 42\n",
    "s20 twenty threads that spin": """
import sys, threading

def spin():
    while True:
        pass

def f():
    sys.setswitchinterval(1000)
    for n in range(20):
        threading.Thread(target=spin, daemon=True).start()
    return 41
""",
    "s21 no garbage collection": "import gc\ngc.disable()\n\ndef f():\n    return 41\n",
    "s22 a profiler that raises": """
import sys

def profile(*args):
    raise SystemExit(0)

def f():
    sys.setprofile(profile)
    return 41
""",
    "s23 patched json and os": """
import builtins, json, os
json.dumps = json.dump = lambda *args, **more: '42'
os.getpid = lambda: 1
builtins.sum = builtins.len = lambda *args: 42

def f():
    return 41
""",
    "s16 a source that nests too deep": "def f():\n    return " + "-" * 100_000 + "1\n",
    "s16b a source of one long sum": "def f():\n    return '1'" + "+'1'" * 100_000 + "\n",
}

_USES_THE_LIBRARY = """
import threading

def f():
    with threading.Lock():
        return 42
"""
_NAMES = ("threading.py", "conftest.py", "sitecustomize.py", "pytest.py", "greenlet.py", "msgspec.py")

RIGHT = {
    "i38 brings modules of the standard library's names along": {
        **dict.fromkeys(_NAMES, "raise SystemExit('this is not the real one')\n"),
        "solution.py": _USES_THE_LIBRARY,
    },
    "s21 no garbage collection": {"solution.py": "import gc\ngc.disable()\n\ndef f():\n    return 42\n"},
    "i43 no thread at all": {"solution.py": "def f():\n    return 42\n"},
}
"""Odd, and right all the same: files that are laid beside, or stand in the place of, a right answer."""

MESSY = {
    "r20b a thread that stays": """
import threading

def f():
    threading.Thread(target=threading.Event().wait).start()
    return 42
""",
    "r20 a handler that hangs at the end": """
import atexit, signal

def f():
    atexit.register(signal.pause)
    return 42
""",
    "a grandchild that holds standard output": """
import subprocess

def f():
    subprocess.Popen(["sh", "-c", "sleep 600 & exec sleep 600"])
    return 42
""",
    "r24 a daemon": """
import os, time

def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(600)
    os.wait()
    return 42
""",
}
"""Right, but something is left behind: told, and killed."""
