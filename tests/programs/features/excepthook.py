"""`threading.excepthook`."""

import threading


def main():
    r = []
    threading.excepthook = lambda a: r.append((a.exc_type.__name__, a.thread.name))
    t = threading.Thread(target=lambda: 1 / 0, name="q")
    t.start()
    t.join()
    return r
