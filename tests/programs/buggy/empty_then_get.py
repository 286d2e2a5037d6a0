"""Two workers ask whether the queue is empty before they wait for an item."""

import queue
import threading

ALLOWED = [[1]]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 1


def main():
    tasks, done = queue.Queue(), []
    tasks.put(1)

    def work():
        while not tasks.empty():
            done.append(tasks.get())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
