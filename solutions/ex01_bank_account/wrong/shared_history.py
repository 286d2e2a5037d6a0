# fails: history_is_a_copy (wrong)
# a list at class level: all accounts write into one history

import threading


class InsufficientFunds(Exception):
    pass


class Account:
    _history = []

    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance must not be negative")
        self._balance = balance
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
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance

    @property
    def balance(self):
        with self._lock:
            return self._balance

    def history(self):
        with self._lock:
            return list(self._history)
