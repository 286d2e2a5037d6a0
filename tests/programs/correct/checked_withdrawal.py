"""The balance is checked under the lock that also protects the withdrawal."""

import threading

ALLOWED = [[1, 20]]
EXHAUSTED = True


class Account:
    def __init__(self):
        self.balance = 100
        self.paid = 0
        self.lock = threading.Lock()

    def withdraw(self):
        with self.lock:
            if self.balance >= 80:
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
