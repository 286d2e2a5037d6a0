"""An RLock with acquire and finally; public methods call each other while they hold it."""

import threading as t


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance: int = 0) -> None:
        self._lock = t.RLock()
        self._balance = 0
        self._history: list[int] = []
        if balance < 0:
            raise ValueError(balance)
        self._balance = balance

    def deposit(self, amount: int) -> int:
        self._lock.acquire()
        try:
            if amount <= 0:
                raise ValueError(amount)
            self._balance += amount
            self._history.append(amount)
            return self.balance
        finally:
            self._lock.release()

    def withdraw(self, amount: int) -> int:
        self._lock.acquire()
        try:
            if amount <= 0:
                raise ValueError(amount)
            if self.balance < amount:
                raise InsufficientFunds
            self._balance -= amount
            self._history.append(-amount)
            return self.balance
        finally:
            self._lock.release()

    @property
    def balance(self) -> int:
        with self._lock:
            return self._balance

    def history(self) -> list[int]:
        with self._lock:
            return self._history.copy()
