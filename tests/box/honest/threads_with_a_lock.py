import threading


def f():
    lock, count = threading.Lock(), [0]

    def work():
        for _ in range(7):
            with lock:
                count[0] += 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return count[0]
