"""`__import__`."""


def main():
    th = __import__("threading")
    s = []
    t = th.Thread(target=s.append, args=(1,))
    t.start()
    t.join()
    return s
