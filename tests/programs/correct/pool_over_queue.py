"""Two workers take tasks from a queue until they take the end."""

import queue
import threading

ALLOWED = [[0, 1, 4]]
EXHAUSTED = False


def main():
    tasks, done = queue.Queue(), []

    def work():
        while (task := tasks.get()) is not None:
            done.append(task * task)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for task in range(3):
        tasks.put(task)
    for _ in threads:
        tasks.put(None)
    for thread in threads:
        thread.join()
    return sorted(done)
