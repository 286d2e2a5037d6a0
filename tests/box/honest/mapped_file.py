import mmap
import os
import tempfile


def f():
    with tempfile.TemporaryFile() as file:
        file.truncate(4096)
        with mmap.mmap(file.fileno(), 4096) as one:
            pid = os.fork()
            if pid == 0:
                one[9] = 42
                os._exit(0)
            os.waitpid(pid, 0)
        return os.pread(file.fileno(), 1, 9)[0]
