"""SCTBench CS/account: the check has the sign of the deposit wrong, which shows only when it comes last."""

import threading

ALLOWED = [-1]
ENDING = "raised"
IDIOM = "unenforced order"
PREEMPTIONS = 0


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()
        self.done = set()

    def deposit(self, amount):
        with self.lock:
            self.balance += amount
            self.done.add("deposit")

    def withdraw(self, amount):
        with self.lock:
            self.balance -= amount
            self.done.add("withdrawal")

    def check(self):
        with self.lock:
            if len(self.done) == 2:
                assert self.balance == 1 - 2 - 4, self.balance


def main():
    account = Account(1)
    threads = [
        threading.Thread(target=account.check),
        threading.Thread(target=account.deposit, args=(2,)),
        threading.Thread(target=account.withdraw, args=(4,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return account.balance
