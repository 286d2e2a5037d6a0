"""ex01: a bank account that many threads use at once. README.md tells the story; write what is marked TODO."""

from __future__ import annotations


class InsufficientFunds(Exception):
    """A withdrawal asked for more than there is."""


class Account:
    """Thread-safe account. Invariants: balance >= 0; every accepted operation is applied exactly once.

    Any number of threads may call any method at any time. A switch may happen between any two
    accesses to shared data, and `x += 1` is two accesses.
    """

    def __init__(self, balance: int = 0) -> None:
        """Open the account with `balance`. ValueError if it is below 0."""
        # TODO: keep the balance, an empty history, and what protects them
        raise NotImplementedError("write Account.__init__")

    def deposit(self, amount: int) -> int:
        """Add `amount`; return the balance that this very deposit made.

        ValueError if amount <= 0; then nothing has changed.
        """
        # TODO
        raise NotImplementedError("write Account.deposit")

    def withdraw(self, amount: int) -> int:
        """Take `amount`; return the balance that this very withdrawal left.

        ValueError if amount <= 0, InsufficientFunds if there is less than `amount`; then nothing has
        changed, and other threads can go on. Taking exactly all there is is allowed.
        """
        # TODO
        raise NotImplementedError("write Account.withdraw")

    @property
    def balance(self) -> int:
        """The balance between two operations; never one from the middle of an operation."""
        # TODO
        raise NotImplementedError("write Account.balance")

    def history(self) -> list[int]:
        """The accepted amounts in the order in which they were applied: +50 a deposit, -30 a withdrawal.

        The opening balance is not in it. The list is a copy: whoever changes it does not change the account.
        """
        # TODO
        raise NotImplementedError("write Account.history")
