"""Two readers count themselves without a lock."""

import threading

ALLOWED = [[1, 1]]
ENDING = "deadlock"
IDIOM = "lock not released"
PREEMPTIONS = 1


class Page:
    def __init__(self):
        self.readers = 0
        self.text = ["old", "old"]
        self.counting, self.writing = threading.Lock(), threading.Lock()

    def read(self):
        self.readers += 1
        if self.readers == 1:
            self.writing.acquire()
        seen = list(self.text)
        self.readers -= 1
        if self.readers == 0:
            self.writing.release()
        return seen

    def write(self):
        with self.writing:
            self.text[0] = "new"
            self.text[1] = "new"


def main():
    page, seen = Page(), []
    threads = [threading.Thread(target=lambda: seen.append(page.read())) for _ in range(2)]
    threads.append(threading.Thread(target=page.write))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [len(set(words)) for words in seen]
