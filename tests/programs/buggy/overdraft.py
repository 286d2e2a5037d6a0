"""The balance is checked outside of the lock that protects the withdrawal."""

import threading

ALLOWED = [[1, 20]]
ENDING = "done"
IDIOM = "check-then-act"
PREEMPTIONS = 1


class Account:
    def __init__(self):
        self.balance = 100
        self.paid = 0
        self.lock = threading.Lock()

    def withdraw(self):
        if self.balance >= 80:
            with self.lock:
                self.balance -= 80
                self.paid += 1


def main():
    account = Account()
    threads = [threading.Thread(target=account.withdraw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [account.paid, account.balance]
