# fails: onlookers_see_whole_moves (race)
# debits first, puts it back when it was too much; readers without the lock see the debt

import threading


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance must not be negative")
        self._balance = balance
        self._history = []
        self._lock = threading.Lock()

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._lock:
            self._balance += amount
            self._history.append(amount)
            return self._balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._lock:
            self._balance -= amount
            if self._balance < 0:
                self._balance += amount
                raise InsufficientFunds(amount)
            self._history.append(-amount)
            return self._balance

    @property
    def balance(self):
        return self._balance

    def history(self):
        return list(self._history)
