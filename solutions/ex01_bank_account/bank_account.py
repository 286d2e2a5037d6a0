"""ex01: a bank account that many threads use at once. One lock an account, and every look at shared data under it."""

from __future__ import annotations

import threading


class InsufficientFunds(Exception):
    """A withdrawal asked for more than there is."""


class Account:
    """Thread-safe account. Invariants: balance >= 0; every accepted operation is applied exactly once."""

    def __init__(self, balance: int = 0) -> None:
        if balance < 0:
            raise ValueError(f"an account cannot be opened with {balance}")
        self._balance = balance
        self._history: list[int] = []
        self._lock = threading.Lock()  # one an account: accounts do not wait for each other

    def deposit(self, amount: int) -> int:
        _must_be_positive(amount)  # amount is the caller's own: no lock needed
        with self._lock:
            return self._apply(amount)

    def withdraw(self, amount: int) -> int:
        _must_be_positive(amount)
        with self._lock:  # from the test to the update nobody may come between
            if amount > self._balance:
                raise InsufficientFunds(f"{amount} asked for, {self._balance} there")  # `with` lets go of the lock
            return self._apply(-amount)

    @property
    def balance(self) -> int:
        with self._lock:
            return self._balance

    def history(self) -> list[int]:
        with self._lock:
            return list(self._history)

    def _apply(self, change: int) -> int:
        """Needs the lock. The value to return is taken here: outside, somebody may have changed it."""
        self._balance += change
        self._history.append(change)
        return self._balance


def _must_be_positive(amount: int) -> None:
    if amount <= 0:
        raise ValueError(f"the amount must be above 0, not {amount}")
