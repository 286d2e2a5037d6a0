"""SCTBench CS/stack: the flag says that something was pushed, not that something is there."""

import threading

ALLOWED = ["no underflow"]
ENDING = "raised"
IDIOM = ""
PREEMPTIONS = 1
SIZE = 10


def main():
    stack, lock, pushed = [], threading.Lock(), [False]

    def push():
        for item in range(SIZE):
            with lock:
                stack.append(item)
                pushed[0] = True

    def pop():
        for _ in range(SIZE):
            with lock:
                if pushed[0]:
                    stack.pop()

    threads = [threading.Thread(target=push), threading.Thread(target=pop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "no underflow"
