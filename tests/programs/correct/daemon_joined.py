"""The daemon is waited for."""

import threading

ALLOWED = [["line"]]
EXHAUSTED = True


def main():
    written = []
    thread = threading.Thread(target=written.append, args=("line",), daemon=True)
    thread.start()
    thread.join()
    return list(written)
