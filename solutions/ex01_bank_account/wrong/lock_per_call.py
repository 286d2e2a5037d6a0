# fails: never_overdraws (race), history_adds_up (race), deposit_meets_withdrawals (race), onlookers_see_whole_moves (race)
# M2: a new lock in every call protects nothing from nobody

import threading


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance must not be negative")
        self._balance = balance
        self._history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with threading.Lock():
            self._balance += amount
            self._history.append(amount)
            return self._balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with threading.Lock():
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance

    @property
    def balance(self):
        with threading.Lock():
            return self._balance

    def history(self):
        with threading.Lock():
            return list(self._history)
