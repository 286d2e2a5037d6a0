# fails: refuses_what_it_must (deadlock), never_overdraws (deadlock), refusal_holds_up_nobody (deadlock), books_of_a_long_day (deadlock), deposit_meets_withdrawals (deadlock), onlookers_see_whole_moves (deadlock)
# M5: raises between acquire and release

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
        with self._lock:
            self._balance += amount
            self._history.append(amount)
            return self._balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._lock.acquire()
        if amount > self._balance:
            raise InsufficientFunds(amount)
        self._balance -= amount
        self._history.append(-amount)
        balance = self._balance
        self._lock.release()
        return balance

    @property
    def balance(self):
        with self._lock:
            return self._balance

    def history(self):
        with self._lock:
            return list(self._history)
