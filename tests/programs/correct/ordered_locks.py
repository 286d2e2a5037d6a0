"""Two transfers take the locks of the same two accounts in one order."""

import threading

ALLOWED = [[100, 100]]
EXHAUSTED = True


class Account:
    def __init__(self, number):
        self.number = number
        self.balance = 100
        self.lock = threading.Lock()


def transfer(source, target, amount):
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock:
        with second.lock:
            source.balance -= amount
            target.balance += amount


def main():
    one, other = Account(1), Account(2)
    threads = [
        threading.Thread(target=transfer, args=(one, other, 10)),
        threading.Thread(target=transfer, args=(other, one, 10)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one.balance, other.balance]
