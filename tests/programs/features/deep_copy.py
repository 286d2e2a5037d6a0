"""`copy.deepcopy`."""

import copy


class A:
    def __init__(s):
        s.x = [1]


def main():
    a = A()
    b = copy.deepcopy(a)
    b.x.append(2)
    return a.x, b.x
