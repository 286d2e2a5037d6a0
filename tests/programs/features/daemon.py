"""A daemon thread that never ends."""

import threading
import time


def main():
    def w():
        while True:
            time.sleep(1)

    t = threading.Thread(target=w, daemon=True)
    t.start()
    return t.daemon, t.is_alive()
