# fails: history_adds_up (race), deposit_meets_withdrawals (race)
# M7: the balance to return is read after the lock was let go

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
