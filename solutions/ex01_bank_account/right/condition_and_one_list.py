"""No balance is kept: it is the opening balance plus the sum of the history. A Condition serves as the lock."""

from threading import Condition


class InsufficientFunds(Exception):
    def __init__(self, short_by):
        super().__init__(f"short by {short_by}")
        self.short_by = short_by


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("balance below 0")
        self._opening = balance
        self._moves = []
        self._guard = Condition()

    def deposit(self, amount):
        if amount < 1:
            raise ValueError("amount must be positive")
        with self._guard:
            self._moves.append(amount)
            return self.balance

    def withdraw(self, amount):
        if amount < 1:
            raise ValueError("amount must be positive")
        with self._guard:
            left = self.balance - amount
            if left < 0:
                raise InsufficientFunds(-left)
            self._moves.append(-amount)
            return left

    @property
    def balance(self):
        with self._guard:
            return self._opening + sum(self._moves)

    def history(self):
        with self._guard:
            return self._moves[:]
