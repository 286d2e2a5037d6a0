# fails: history_adds_up (race), deposit_meets_withdrawals (race)
# one lock for deposits and another for withdrawals

import threading


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance must not be negative")
        self._balance = balance
        self._history = []
        self._in = threading.Lock()
        self._out = threading.Lock()

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._in:
            self._balance += amount
            self._history.append(amount)
            return self._balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._out:
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance

    @property
    def balance(self):
        return self._balance

    def history(self):
        return list(self._history)
