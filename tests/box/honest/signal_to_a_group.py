import os
import signal


def f():
    children = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, children[0] if children else 0)
            signal.pause()
            os._exit(0)
        children.append(pid)
        while os.getpgid(pid) == os.getpgid(0):
            os.sched_yield()
    os.killpg(children[0], signal.SIGTERM)
    return sum(14 for pid in children if os.waitpid(pid, 0)[1] == signal.SIGTERM)
