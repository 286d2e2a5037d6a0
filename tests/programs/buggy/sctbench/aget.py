"""SCTBench CB/aget: whoever is interrupted saves how far the download has come while the download goes on."""

import threading

ALLOWED = [True]
ENDING = "done"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main():
    written, saved, lock = [0], [], threading.Lock()

    def download(size):
        with lock:
            written[0] += size

    def interrupted():
        with lock:
            saved.append(written[0])

    threads = [threading.Thread(target=download, args=(size,)) for size in (1, 2)]
    threads += [threading.Thread(target=interrupted)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return saved[0] == written[0]
