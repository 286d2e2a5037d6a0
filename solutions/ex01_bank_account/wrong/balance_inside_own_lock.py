# fails: keeps_the_books (deadlock), history_is_a_copy (deadlock), never_overdraws (deadlock), history_adds_up (deadlock), refusal_holds_up_nobody (deadlock), accounts_do_not_wait_for_each_other (deadlock), books_of_a_long_day (deadlock), deposit_meets_withdrawals (deadlock), onlookers_see_whole_moves (deadlock)
# the property takes the lock again that its caller holds: with a Lock that is for ever

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
            return self.balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        with self._lock:
            if amount > self._balance:
                raise InsufficientFunds(amount)
            self._balance -= amount
            self._history.append(-amount)
            return self.balance

    @property
    def balance(self):
        with self._lock:
            return self._balance

    def history(self):
        with self._lock:
            return list(self._history)
