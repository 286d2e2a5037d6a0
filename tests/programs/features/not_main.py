"""`__name__` is not `__main__`."""

r = []
if __name__ == "__main__":
    r.append(1)


def main():
    return r, __name__
