"""Match."""


def main():
    def f(x):
        match x:
            case {"a": y}:
                return y
            case [_, *b]:
                return b
            case int(n) if n > 3:
                return "big"
            case _:
                return None

    return f({"a": 1}), f([1, 2]), f(7), f("")
