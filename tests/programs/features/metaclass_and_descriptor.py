"""A metaclass, a descriptor, `__getattr__`."""


class M(type):
    def __call__(c, *a):
        o = super().__call__(*a)
        o.made = True
        return o


class D:
    def __get__(s, o, t):
        return 5

    def __set__(s, o, v):
        o.__dict__["q"] = v

    def __set_name__(s, o, n):
        s.n = n


class C(metaclass=M):
    d = D()

    def __getattr__(s, n):
        return n


def main():
    c = C()
    c.d = 3
    return c.made, c.d, c.q, c.zzz, C.d
