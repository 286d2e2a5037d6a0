# fails: never_overdraws (race), history_adds_up (race), deposit_meets_withdrawals (race), onlookers_see_whole_moves (race)
# a lock made at home: between the look at the flag and the setting there is room for two

import time


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance must not be negative")
        self._balance = balance
        self._history = []
        self._busy = False

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        while self._busy:
            time.sleep(0.001)
        self._busy = True
        self._balance += amount
        self._history.append(amount)
        balance = self._balance
        self._busy = False
        return balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        while self._busy:
            time.sleep(0.001)
        self._busy = True
        try:
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance
        finally:
            self._busy = False

    @property
    def balance(self):
        return self._balance

    def history(self):
        return list(self._history)
