"""Nobody waits until the daemon has written."""

import threading

ALLOWED = [["line"]]
ENDING = "done"
IDIOM = ""
PREEMPTIONS = 0


def main():
    written = []
    thread = threading.Thread(target=written.append, args=("line",), daemon=True)
    thread.start()
    return list(written)
