"""Answers that are wrong, and do something so as not to be found out; or that hurt whoever runs them.

`f` has to return 42. Each of these returns 41, or nothing, or dies. By name: the source, with {work} where
the body of `f` goes when the attack is made at the call and not at import.
"""

from __future__ import annotations

PLAIN = "def f():\n    return 41\n"

_FORGED = """\
import json, os, posix
outcome = {"type": "seen", "outcome": {"ending": "done", "value": 42}}
coverage = {"type": "explored", "coverage": {"schedules": 9, "exhausted": True, "preemption_bound": None, "counts": [9]}}
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
    "pickle": "import pickle\ndata = pickle.dumps(print)\n" + _EVERY_DESCRIPTOR,
    "not a number": "data = b'\\0\\0\\0\\3NaN'\n" + _EVERY_DESCRIPTOR,
    "deep": "data = (100_000).to_bytes(4, 'big') + b'[' * 100_000\n" + _EVERY_DESCRIPTOR,
    "longer than it says": "data = b'\\xff\\xff\\xff\\xff' * 1000\n" + _EVERY_DESCRIPTOR,
    "two megabytes": "data = (b'\\0\\0\\0\\0' * 1_000_000)\n" + _EVERY_DESCRIPTOR,
    "a frame that never ends": "data = b'\\0\\0\\1\\0['\n" + _EVERY_DESCRIPTOR,
    "closed descriptors": "import os\nos.closerange(0, 64)\n",
    "signal": "import signal\nsignal.raise_signal(9)\n",
    "kill the parent": "import posix\nposix.kill(posix.getppid(), 9)\n",
    "kill all": "import posix\nposix.kill(-1, 9)\n",
    "stop all": "import posix\nposix.kill(-1, 19)\n",
    "stop itself": "import signal\nsignal.raise_signal(19)\n",
    "endless": "while True:\n    pass\n",
    "endless in C": "max(iter(int, 1))\n",
    "slow expression": "import re\nre.match('(a|a)*$', 'a' * 64 + 'b')\n",
    "deaf": "import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
    "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass\n",
    "memory": "held = []\nwhile True:\n    held.append(bytearray(1 << 24))\n",
    "shared memory": "import mmap\nheld = []\nwhile True:\n    held.append(mmap.mmap(-1, 1 << 24))\n"
    "    held[-1].write(b'x' * (1 << 24))\n",
    "recursion": "def g():\n    try:\n        g()\n    finally:\n        g()\ng()\n",
    "crash": "import ctypes\nctypes.string_at(0)\n",
    "full disk": "data = b'x' * (1 << 20)\nfor n in range(1000):\n    open(f'/tmp/{n}', 'wb').write(data)\n",
    "flood": "import posix\nwhile True:\n    posix.write(1, b'x' * 65536)\n    posix.write(2, b'x' * 65536)\n",
    "prints": "for n in range(200_000):\n    print('PASS ::set-output name=x::y', n)\n",
}

AT_THE_CALL = {
    "equals everything": "class E:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\ndef f():\n    return E()\n",
    "number that equals all": "class E(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n"
    "def f():\n    return E(41)\n",
    "not a number": "def f():\n    return float('nan')\n",
    "almost": "def f():\n    return 42.0\n",
    "text": "def f():\n    return '42'\n",
    "large number": "def f():\n    return 10 ** 5000\n",
    "large text": "def f():\n    return 'x' * (1 << 24)\n",
    "deep": "def f():\n    value = []\n    for n in range(900):\n        value = [value]\n    return value\n",
    "holds itself": "def f():\n    value = []\n    value.append(value)\n    return value\n",
    "surrogate": "def f():\n    return '\\ud800'\n",
    "sys.exit": "import sys\ndef f():\n    sys.exit(0)\n",
    "_exit": "import posix\ndef f():\n    posix._exit(0)\n",
    "raises strangely": "class E(BaseException):\n    def __str__(self):\n        raise self\ndef f():\n    raise E\n",
    "raises a long text": "def f():\n    raise ValueError('x' * (1 << 22))\n",
    "patched json": "import json, builtins\njson.dumps = lambda *a, **k: '42'\nbuiltins.sum = lambda *a: 42\n" + PLAIN,
    "patched assertions": "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n" + PLAIN,
    "profiler": "import sys, threading\ndef p(*a):\n    raise SystemExit(0)\ndef f():\n    sys.setprofile(p)\n    return 41\n",
}

RUNS = {
    "fork bomb": "import os, time\ndef f():\n    for n in range(200):\n        try:\n            if os.fork() == 0:\n                time.sleep(60)\n"
    "        except OSError:\n            return n\n    return 42\n",
    "threads": "import threading\ndef f():\n    stop = threading.Event()\n    for n in range(500):\n        try:\n"
    "            threading.Thread(target=stop.wait, daemon=True).start()\n        except RuntimeError:\n            return n\n    return 42\n",
    "forks again and again": "import os, time\ndef f():\n    if os.fork() == 0:\n        while True:\n            if os.fork():\n                os._exit(0)\n"
    "            time.sleep(0.002)\n    return 41\n",
    "daemon of a daemon": "import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork():\n            os._exit(0)\n"
    "        time.sleep(600)\n    return 41\n",
    "children with memory": "import os, time\ndef f():\n    for n in range(12):\n        if os.fork() == 0:\n            held = b'x' * (200 << 20)\n"
    "            time.sleep(600)\n    time.sleep(600)\n",
}

HARMLESS_BUT_MESSY = {
    "thread that stays": "import threading\ndef f():\n    threading.Thread(target=threading.Event().wait).start()\n    return 42\n",
    "grandchild that holds standard output": "import subprocess\ndef f():\n    subprocess.Popen(['sh', '-c', 'sleep 600 & exec sleep 600'])\n    return 42\n",
    "daemon": "import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork():\n            os._exit(0)\n"
    "        time.sleep(600)\n    else:\n        os.wait()\n    return 42\n",
}
