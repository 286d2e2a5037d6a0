"""Try, except, else, finally, from, exception groups."""

import threading


class E(Exception):
    pass


def main():
    r = []

    def w():
        try:
            try:
                raise E("x")
            except E as e:
                raise KeyError("y") from e
            finally:
                r.append("f")
        except KeyError as e:
            r.append(type(e.__cause__).__name__)
        else:
            r.append("no")

    t = threading.Thread(target=w)
    t.start()
    t.join()
    try:
        raise ExceptionGroup("g", [E(1), KeyError(2)])
    except* E as g:
        r.append(len(g.exceptions))
    except* KeyError:
        r.append("ke")
    return r
