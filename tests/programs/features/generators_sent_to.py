"""Send, throw, close."""


def main():
    def g():
        try:
            x = yield 1
            yield x
        except KeyError:
            yield "k"
        finally:
            log.append("f")

    log = []
    a = g()
    next(a)
    r = [a.send(5), a.throw(KeyError)]
    a.close()
    return r, log
