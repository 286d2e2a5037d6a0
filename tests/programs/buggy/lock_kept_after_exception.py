"""An exception leaves the lock taken; the next thread waits for ever."""

import threading

ALLOWED = [["refused", 5]]
ENDING = "deadlock"
IDIOM = "lock not released"
PREEMPTIONS = 0


class Account:
    def __init__(self):
        self.balance = 10
        self.lock = threading.Lock()

    def withdraw(self, amount):
        self.lock.acquire()
        if amount > self.balance:
            raise ValueError(amount)
        self.balance -= amount
        self.lock.release()


def main():
    account, said = Account(), []

    def greedy():
        try:
            account.withdraw(100)
        except ValueError:
            said.append("refused")

    threads = [threading.Thread(target=greedy), threading.Thread(target=account.withdraw, args=(5,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [*said, account.balance]
