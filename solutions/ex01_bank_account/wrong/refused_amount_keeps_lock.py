# fails: refuses_what_it_must (deadlock), refusal_holds_up_nobody (deadlock), books_of_a_long_day (deadlock)
# looks at the amount between acquire and release, and raises there

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
        self._lock.acquire()
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._balance += amount
        self._history.append(amount)
        balance = self._balance
        self._lock.release()
        return balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._lock:
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self._balance

    @property
    def balance(self):
        with self._lock:
            return self._balance

    def history(self):
        with self._lock:
            return list(self._history)
