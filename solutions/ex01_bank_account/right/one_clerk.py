"""No lock at all: one daemon thread an account owns the data; the others send it letters and wait for the reply."""

import queue
import threading


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        if balance < 0:
            raise ValueError("an account cannot be opened below 0")
        self._letters = queue.Queue()
        threading.Thread(target=self._clerk, args=(balance,), daemon=True).start()

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be above 0")
        return self._ask(amount)

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be above 0")
        left = self._ask(-amount)
        if left is None:
            raise InsufficientFunds(amount)
        return left

    @property
    def balance(self):
        return self._ask(0)

    def history(self):
        return self._ask(None)

    def _ask(self, change):
        reply = queue.SimpleQueue()
        self._letters.put((change, reply))
        return reply.get()

    def _clerk(self, balance):
        history = []
        while True:
            change, reply = self._letters.get()
            if change is None:
                reply.put(list(history))
            elif balance + change < 0:
                reply.put(None)
            else:
                balance += change
                if change:
                    history.append(change)
                reply.put(balance)
