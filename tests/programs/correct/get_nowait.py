"""Two workers take items until there is none, and never wait."""

import queue
import threading

ALLOWED = [[1]]
EXHAUSTED = True


def main():
    tasks, done = queue.Queue(), []
    tasks.put(1)

    def work():
        try:
            while True:
                done.append(tasks.get_nowait())
        except queue.Empty:
            pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
