"""A thread that goes round until another has moved, politely: wasteful, and right."""

import threading
import time

ALLOWED = [5]
EXHAUSTED = False


def main():
    seen = {}

    def produce():
        seen["value"] = 5

    thread = threading.Thread(target=produce)
    thread.start()
    while "value" not in seen:
        time.sleep(0.01)
    thread.join()
    return seen["value"]
