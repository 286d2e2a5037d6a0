"""Timer, fired and cancelled."""

import threading


def main():
    s = []
    t = threading.Timer(0.01, s.append, args=[1])
    t.start()
    t.join()
    u = threading.Timer(9, s.append, [2])
    u.start()
    u.cancel()
    u.join()
    return s
