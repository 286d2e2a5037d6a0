# fails: never_overdraws (race), history_adds_up (race), refusal_holds_up_nobody (race), deposit_meets_withdrawals (race), onlookers_see_whole_moves (race)
# M10: nobody looks at what acquire(timeout=...) returned

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
        self._lock.acquire(timeout=1)
        try:
            self._balance += amount
            self._history.append(amount)
            return self._balance
        finally:
            self._lock.release()

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._lock.acquire(timeout=1)
        try:
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance
        finally:
            self._lock.release()

    @property
    def balance(self):
        with self._lock:
            return self._balance

    def history(self):
        with self._lock:
            return list(self._history)
