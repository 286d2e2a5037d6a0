"""A file that threads append to."""

import os
import tempfile
import threading


def main():
    with tempfile.TemporaryDirectory() as d:
        p = os.path.join(d, "x")
        k = threading.Lock()

        def w():
            with k, open(p, "a") as f:
                f.write("a")

        ts = [threading.Thread(target=w) for _ in range(2)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
        with open(p) as f:
            return f.read()
