"""Answers that take more than their share. By the number in the catalogue of threats: each is wrong and returns 41, if
it returns at all; `f` has to return 42.
"""

from __future__ import annotations

RESOURCES = {
    "r01 fork bomb": """
import os, time

def f(**given):
    for _ in range(200):
        try:
            if os.fork() == 0:
                time.sleep(60)
        except OSError:
            break
    return 41
""",
    "r02 thread bomb": """
import threading

def f(**given):
    stop = threading.Event()
    for _ in range(500):
        try:
            threading.Thread(target=stop.wait, daemon=True).start()
        except RuntimeError:
            break
    return 41
""",
    "r03 heap": """
def f(**given):
    held = []
    while True:
        held.append(bytearray(1 << 24))
""",
    "r03b shared anonymous memory": """
import mmap

def f(**given):
    held = []
    while True:
        held.append(mmap.mmap(-1, 1 << 24))
        held[-1].write(b"x" * (1 << 24))
""",
    "r04 twelve children with 90 MiB each": """
import os, time

def f(**given):
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(b"x") * (90 << 20)
            time.sleep(600)
    time.sleep(600)
""",
    "r05 a flood of standard output": """
def f(**given):
    for _ in range(1_000_000):
        print("PASS " * 200)
    return 41
""",
    "r06 a flood without a line end": """
import os

def f(**given):
    for _ in range(4096):
        os.write(2, b"x" * 65536)
    return 41
""",
    "r07 endless loop": """
def f(**given):
    while True:
        pass
""",
    "r08 endless regular expression": """
import re

def f(**given):
    return re.match("(a|a)*$", "a" * 64 + "b")
""",
    "r08b endless conversion in C": """
import sys

def f(**given):
    sys.set_int_max_str_digits(0)
    return len(str(1 << 200_000_000))
""",
    "r09 sleep": """
import time

def f(**given):
    time.sleep(3600)
    return 41
""",
    "r10 all signals blocked and ignored": """
import signal

def f(**given):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    while True:
        pass
""",
    "r11 full disk": """
import os

def as_the_library(path, flags):
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)

def f(**given):
    for place in ("/tmp", "/dev/shm", "/var/tmp", ".", "/"):
        try:
            for n in range(200):
                with open(f"{place}/fill{n}", "wb", opener=as_the_library) as file:
                    file.write(b"x" * (1 << 20))
        except OSError:
            pass
    return 41
""",
    "r12 many inodes": """
import os

def as_the_library(path, flags):
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)

def f(**given):
    for place in ("/tmp", "/dev/shm"):
        for n in range(20_000):
            open(f"{place}/inode{n}", "w", opener=as_the_library).close()
    return 41
""",
    "r13 descriptors": """
import os

def f(**given):
    held = []
    try:
        while True:
            held.append(os.dup(0))
    except OSError:
        pass
    return 41
""",
    "r15 segmentation fault": """
import ctypes

def f(**given):
    ctypes.string_at(0)
""",
    "r15b recursion without end": """
import sys

def f(**given):
    sys.setrecursionlimit(10**9)
    def deeper(value):
        return deeper([value]) + 1
    return deeper([])
""",
    "r17 a daemon that holds standard output": """
import os, time

def f(**given):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(600)
    os.wait()
    return 41
""",
    "r18 a value of 100 MiB": """
def f(**given):
    return "x" * (100 << 20)
""",
    "r19 an import that hangs": """
import time
time.sleep(3600)
""",
    "r20 a handler at the end that hangs": """
import atexit, time

def f(**given):
    atexit.register(time.sleep, 3600)
    return 41
""",
    "r20b a thread that stays": """
import threading

def f(**given):
    threading.Thread(target=threading.Event().wait).start()
    return 41
""",
    "r21 stops itself": """
import os, signal

def f(**given):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 41
""",
    "r24 a daemon": """
import os, time

def f(**given):
    if os.fork() == 0:
        os.setsid()
        for descriptor in range(3):
            os.close(descriptor)
        if os.fork():
            os._exit(0)
        time.sleep(600)
    os.wait()
    return 41
""",
    "r25 forks anew every two milliseconds": """
import os, time

def f(**given):
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork():
                os._exit(0)
            time.sleep(0.002)
    return 41
""",
    "r26 zombies": """
import os

def f(**given):
    for _ in range(200):
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            break
    return 41
""",
}
