"""Each kind of target of an assignment."""


class Thing:
    pass


G = 0


def main():
    global G
    o = Thing()
    o.a = 1
    row = [1, 2]
    d = {"x": 1}
    n = 1
    m = [[1]]
    o.a += 1
    o.a *= 3
    row[0] -= 5
    row[-1] **= 2
    d["x"] |= 6
    n //= 1
    G += 2
    m[0][0] += 4
    m[0] += [5]
    row[0:1] += [7]
    d["y"], o.b = (1, 2)
    (o.c, *row) = 1, 2, 3
    for o.i in range(2):
        pass
    with open("/dev/null") as o.f:
        pass
    del d["x"], o.c, row[0]
    if (z := o.a) > 1:
        pass
    return o.a, row, d, n, m, o.b, o.i, z, hasattr(o, "c")
