"""`from threading import *`."""

# ruff: noqa: F403, F405

from queue import *
from threading import *


def main():
    q = Queue()
    x = Thread(target=q.put, args=(1,))
    x.start()
    x.join()
    return q.get()
