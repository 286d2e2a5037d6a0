"""Timer and Thread imported by name, and an executor imported late."""

from threading import Lock, Thread, Timer

ALLOWED = [[1, 2, 3]]
EXHAUSTED = True


def main():
    from concurrent.futures import ThreadPoolExecutor

    lock, seen = Lock(), []

    def note(number):
        with lock:
            seen.append(number)

    timer, thread = Timer(1, note, [1]), Thread(target=note, args=(2,))
    timer.start()
    thread.start()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(note, 3)
    timer.join()
    thread.join()
    return sorted(seen)
