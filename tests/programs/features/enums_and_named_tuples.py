"""Enum, NamedTuple, Generic."""

import enum
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class E(enum.Enum):
    A = 1
    B = enum.auto()


class P(NamedTuple):
    x: int
    y: int = 2


class S(Generic[T]):
    def __init__(self, v: T):
        self.v = v


def main():
    return E.A.value, E["B"].value, P(1).y, S[int](3).v, len(E)
