"""SCTBench CS/stack: whether something is there is asked of the stack."""

import threading

ALLOWED = ["no underflow"]
EXHAUSTED = True
SIZE = 3


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
                if stack:
                    stack.pop()

    threads = [threading.Thread(target=push), threading.Thread(target=pop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "no underflow"
