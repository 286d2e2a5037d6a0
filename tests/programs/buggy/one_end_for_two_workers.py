"""Two workers take tasks from a queue but only one of them is told to end."""

import queue
import threading

ALLOWED = [[0, 1]]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 0


def main():
    tasks, done = queue.Queue(), []

    def work():
        while (task := tasks.get()) is not None:
            done.append(task * task)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for task in range(2):
        tasks.put(task)
    tasks.put(None)
    for thread in threads:
        thread.join()
    return sorted(done)
