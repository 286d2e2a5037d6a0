"""Loves exact types: whatever comes in is made a plain int. The lock is made by a factory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import index
from typing import Any


class InsufficientFunds(Exception):
    """Too little money."""


def new_lock() -> Any:
    return threading.Lock()


@dataclass
class Book:
    balance: int
    moves: list[int] = field(default_factory=list)
    guard: Any = field(default_factory=new_lock)

    def locked(self, work: Callable[[], Any]) -> Any:
        with self.guard:
            return work()


class Account:
    def __init__(self, balance: int = 0) -> None:
        balance = int(index(balance))
        if balance < 0:
            raise ValueError(f"{balance} is below 0")
        self.__book = Book(balance)

    def deposit(self, amount: int) -> int:
        return self.__move(positive(amount))

    def withdraw(self, amount: int) -> int:
        return self.__move(-positive(amount))

    def __move(self, change: int) -> int:
        book = self.__book

        def work() -> int:
            if book.balance + change < 0:
                raise InsufficientFunds(book.balance)
            book.balance = book.balance + change
            book.moves.append(change)
            return book.balance

        return book.locked(work)

    @property
    def balance(self) -> int:
        return self.__book.locked(lambda: self.__book.balance)

    def history(self) -> list[int]:
        return self.__book.locked(lambda: list(self.__book.moves))


def positive(amount: int) -> int:
    amount = int(amount)
    if amount <= 0:
        raise ValueError(f"{amount} is not above 0")
    return amount
