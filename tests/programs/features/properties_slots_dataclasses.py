"""Properties, `__slots__`, private names, dataclasses."""

import threading
from dataclasses import dataclass, field


class A:
    __slots__ = ("__w", "_v", "k")

    def __init__(self):
        self._v = 0
        self.__w = 1
        self.k = threading.Lock()

    @property
    def v(self):
        return self._v + self.__w

    @v.setter
    def v(self, x):
        self._v = x


@dataclass
class D:
    n: int = 0
    xs: list = field(default_factory=list)


def main():
    a = A()
    d = D()

    def w():
        with a.k:
            a.v = a.v + 1
            d.n += 1
            d.xs.append(d.n)

    ts = [threading.Thread(target=w) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return a.v, d.n, d.xs, d == D(2, [1, 2]), repr(d)
