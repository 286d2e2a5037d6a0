"""Weak references."""

import weakref


class A:
    pass


def main():
    a = A()
    r = weakref.ref(a)
    d = weakref.WeakValueDictionary()
    d["x"] = a
    return r() is a, d["x"] is a
