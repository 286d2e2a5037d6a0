"""Two transfers take the locks of the same two accounts in opposite orders."""

import threading

ALLOWED = [[100, 100]]
ENDING = "deadlock"
IDIOM = "lock order"
PREEMPTIONS = 1


class Account:
    def __init__(self):
        self.balance = 100
        self.lock = threading.Lock()


def transfer(source, target, amount):
    with source.lock:
        with target.lock:
            source.balance -= amount
            target.balance += amount


def main():
    one, other = Account(), Account()
    threads = [
        threading.Thread(target=transfer, args=(one, other, 10)),
        threading.Thread(target=transfer, args=(other, one, 10)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one.balance, other.balance]
