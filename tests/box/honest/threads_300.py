import threading


def f():
    barrier, woken = threading.Barrier(301), []

    def work():
        barrier.wait()
        woken.append(1)

    threads = [threading.Thread(target=work) for _ in range(300)]
    for each in threads:
        each.start()
    barrier.wait()
    for each in threads:
        each.join()
    return len(woken) - 258
