"""SCTBench misc/safestack: two threads pop the same index.

Three threads and five preemptions: Vyukov's stack, in which an index is popped, pushed and popped again while another
thread has read what came after it.
"""

import threading

ALLOWED = ["each had its own"]
ENDING = "raised"
IDIOM = ""


class Atomic:
    """What the processor does in one instruction."""

    def __init__(self, value):
        self.value = value
        self.lock = threading.Lock()

    def exchange(self, value):
        with self.lock:
            old, self.value = self.value, value
        return old

    def compare_exchange(self, expected, value):
        with self.lock:
            if self.value != expected:
                return False
            self.value = value
            return True

    def add(self, amount):
        with self.lock:
            self.value += amount


class SafeStack:
    def __init__(self, size):
        self.head = Atomic(0)
        self.count = Atomic(size)
        self.following = [Atomic(place + 1) for place in range(size - 1)] + [Atomic(-1)]

    def pop(self):
        while self.count.value > 1:
            head = self.head.value
            following = self.following[head].exchange(-1)
            if following >= 0:
                if self.head.compare_exchange(head, following):
                    self.count.add(-1)
                    return head
                self.following[head].exchange(following)
        return -1

    def push(self, place):
        while True:
            head = self.head.value
            self.following[place].exchange(head)
            if self.head.compare_exchange(head, place):
                break
        self.count.add(1)


def main():
    stack, owners = SafeStack(3), [None] * 3

    def work(name):
        for _ in range(2):
            place = stack.pop()
            while place < 0:
                place = stack.pop()
            owners[place] = name
            assert owners[place] == name
            stack.push(place)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "each had its own"
