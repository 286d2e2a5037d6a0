"""Answers that reach for the machine they run on. `f` is told where things lie and returns what it achieved.

`given`: see `victim.Victim`. Each attack is one function body; `tried` notes it when nothing stood in its way.
"""

from __future__ import annotations

_BEGINNING = """
import os, signal, socket

achieved = []

def tried(what, action):
    try:
        action()
    except BaseException:
        return
    achieved.append(what)

def read(path):
    with open(path, "rb") as file:
        if not file.read():
            raise ValueError(path)

def append(path, text):
    with open(path, "a") as file:
        file.write(text)

def others():
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]

"""


def _attack(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"{_BEGINNING}def f(**given):\n{lines}    return achieved\n"


HOST = {
    name: _attack(body)
    for name, body in {
        "h01 reads the solution": 'tried("read it", lambda: read(given["solution"]))',
        "h02 reads another's answer": 'tried("read it", lambda: read(given["others"] + "/alice.py"))',
        "h02b lists the others": 'tried("listed them", lambda: os.listdir(given["others"]))',
        "h03 removes the home": """
import shutil
tried("removed it", lambda: shutil.rmtree(given["home"]))
""",
        "h04 writes into the shell's start file": """
tried("wrote it", lambda: append(given["home"] + "/.bashrc", "echo hit"))
""",
        "h07 kills its parent": "os.kill(os.getppid(), signal.SIGKILL)",
        "h07b kills all": "os.kill(-1, signal.SIGKILL)",
        "h07c takes its parent's processor time": """
import resource
tried("took it", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0)))
sum(range(30_000_000))
""",
        "h07d stops its parent": """
os.kill(os.getppid(), signal.SIGSTOP)
signal.pause()
""",
        "h07e kills whomever it sees": """
for pid in [given["process"], *others()]:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
""",
        "h08 reads its parent's memory": """
def look():
    maps = open(f"/proc/{os.getppid()}/maps").read()
    stack = next(line for line in maps.splitlines() if "[stack]" in line)
    with open(f"/proc/{os.getppid()}/mem", "rb", 0) as file:
        file.seek(int(stack.split("-")[1].split()[0], 16) - 4096)
        file.read(100)
tried("read it", look)
""",
        "h08b reads its parent's memory by a call": """
import ctypes
def look():
    libc, local = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(8)
    line = next(line for line in open("/proc/self/maps") if "[stack]" in line)
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
    here = Vector(ctypes.addressof(local), 8)
    # Without address randomisation known, an address that is not there tells EFAULT where a foreigner hears EPERM.
    there = Vector(int(line.split("-")[1].split()[0], 16) - 64, 8)
    if libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0) < 0:
        if ctypes.get_errno() != 14:
            raise OSError
tried("was let", look)
""",
        "h09 rewrites its parent's memory": """
tried("opened it", lambda: open(f"/proc/{os.getppid()}/mem", "r+b", 0).close())
""",
        "h10 connects to the machine": """
tried("connected", lambda: socket.create_connection(("127.0.0.1", given["port"]), 1))
""",
        "h10b sends to the machine": """
socket.socket(type=socket.SOCK_DGRAM).sendto(b"hit", ("127.0.0.1", given["port"]))
""",
        "h11 connects to a local socket": """
tried("connected", lambda: socket.socket(socket.AF_UNIX).connect(given["socket"]))
tried("connected", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + given["socket"]))
""",
        "h12 looks for secrets in environments": """
for pid in ["self", *others()]:
    try:
        text = open(f"/proc/{pid}/environ", "rb").read()
    except OSError:
        continue
    if b"COURSE_SECRET" in text:
        achieved.append("found it")
if "COURSE_SECRET" in os.environ:
    achieved.append("has it")
""",
        "h13 adds to the next step's environment": """
tried("added", lambda: append(given["github_env"], "LD_PRELOAD=hit"))
""",
        "h14 types into the terminal": """
import fcntl
tried("typed", lambda: fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), 0x5412, b"x"))
""",
        "h15 leaves shared memory": """
import ctypes
ctypes.CDLL(None).shmget(given["key"], 4096, 0o1666)
ctypes.CDLL(None).semget(given["key"], 1, 0o1666)
try:
    append("/dev/shm/" + given["marker"], "x")
except OSError:
    pass
os.write(os.open("/dev/shm/" + given["marker"], os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW), b"x")
""",
        "h18 leaves odd files": """
append(b"\\xff\\n-rf", "x")
os.mkfifo("fifo")
os.symlink("/dev/zero", "zeros")
os.makedirs("closed/within")
os.chmod("closed", 0)
for _ in range(1200):
    os.mkdir("deep")
    os.chdir("deep")
""",
        "h19 leaves a key in a keyring": """
import ctypes
def leave():
    if ctypes.CDLL(None).syscall(248, b"user", given["marker"].encode(), b"x", 1, -4) < 0:
        raise OSError
tried("left it", leave)
""",
        "h20 makes namespaces of its own": """
import ctypes
def unshare():
    if ctypes.CDLL(None).unshare(0x10000000):
        raise OSError
tried("made one", unshare)
""",
        "s01 rewrites the memory of the first process": """
tried("opened it", lambda: open("/proc/1/mem", "r+b", 0).close())
""",
        "s24 makes its parent the first to go when memory is short": """
tried("did it", lambda: append(f"/proc/{os.getppid()}/oom_score_adj", "1000"))
""",
        "s25 slows its parent down": """
os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)
os.sched_setaffinity(os.getppid(), {0})
""",
        "h21 rewrites what was handed in": 'tried("wrote", lambda: append(given["submission"], "#"))',
    }.items()
}
