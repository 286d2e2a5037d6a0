"""The number is taken under the lock that guards counting up."""

import threading

ALLOWED = [[1, 2]]
EXHAUSTED = True


last = 0
lock = threading.Lock()


def next_id():
    global last
    with lock:
        last += 1
        return last


def main():
    got = []
    threads = [threading.Thread(target=lambda: got.append(next_id())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)
