"""`threading.local`."""

import threading


def main():
    mine = threading.local()
    mine.x = 1
    r = []

    def w():
        r.append(hasattr(mine, "x"))
        mine.x = 2
        r.append(mine.x)

    t = threading.Thread(target=w)
    t.start()
    t.join()
    return r, mine.x
