"""A lock for each account in a table; the table has a lock of its own, held only to look the account's lock up."""

import threading
from itertools import count

_numbers = count()


class InsufficientFunds(Exception):
    pass


class Vault:
    def __init__(self):
        self.table_lock = threading.Lock()
        self.locks = {}

    def lock_of(self, number):
        with self.table_lock:
            if number not in self.locks:
                self.locks[number] = threading.Lock()
            return self.locks[number]


_vault = None


class Account:
    def __init__(self, balance=0):
        global _vault
        if _vault is None:
            _vault = Vault()
        if balance < 0:
            raise ValueError("below 0")
        self.number = next(_numbers)
        self.money = balance
        self.log = []

    def deposit(self, amount):
        if not amount > 0:
            raise ValueError("amount")
        with _vault.lock_of(self.number):
            self.log.append(amount)
            self.money = result = self.money + amount
        return result

    def withdraw(self, amount):
        if not amount > 0:
            raise ValueError("amount")
        with _vault.lock_of(self.number):
            enough = self.money >= amount
            if enough:
                self.log.append(-amount)
                self.money = result = self.money - amount
        if not enough:
            raise InsufficientFunds("not enough")
        return result

    @property
    def balance(self):
        with _vault.lock_of(self.number):
            return self.money

    def history(self):
        with _vault.lock_of(self.number):
            return list(self.log)
