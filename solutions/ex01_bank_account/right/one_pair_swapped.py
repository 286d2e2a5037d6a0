"""Balance and history are one immutable pair; readers take it without a lock, writers swap it under one."""

from threading import Semaphore


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError
        self._state = (balance, ())
        self._one_writer = Semaphore(1)

    def deposit(self, amount):
        return self._swap(amount)

    def withdraw(self, amount):
        return self._swap(amount, -1)

    @property
    def balance(self):
        return self._state[0]

    def history(self):
        return list(self._state[1])

    def _swap(self, amount, sign=1):
        if amount <= 0:
            raise ValueError(amount)
        with self._one_writer:
            balance, moves = self._state
            if sign < 0 and balance < amount:
                raise InsufficientFunds()
            self._state = (balance + sign * amount, (*moves, sign * amount))
            return self._state[0]
