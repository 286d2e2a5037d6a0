import threading


def deeper(depth):
    return sorted([depth], key=lambda n: deeper(n - 1) if n else 0)[0] if depth else 0


def f():
    raised = []

    def work():
        try:
            deeper(10**6)
        except RecursionError:
            raised.append(21)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(raised)
