import mmap
import os


def f():
    with mmap.mmap(-1, 4096) as shared:
        pid = os.fork()
        if pid == 0:
            shared[0] = 42
            os._exit(0)
        os.waitpid(pid, 0)
        return shared[0]
