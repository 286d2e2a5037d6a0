"""Waits that time out."""

import threading


def main():
    c = threading.Condition()
    with c:
        return c.wait(0.5), c.wait_for(lambda: False, 0.1)
