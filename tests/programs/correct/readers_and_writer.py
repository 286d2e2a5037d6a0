"""The first reader locks the writer out, the last one lets it in."""

import threading

ALLOWED = [[1, 1]]
EXHAUSTED = True


class Page:
    def __init__(self):
        self.readers = 0
        self.text = ["old", "old"]
        self.counting, self.writing = threading.Lock(), threading.Lock()

    def read(self):
        with self.counting:
            self.readers += 1
            if self.readers == 1:
                self.writing.acquire()
        seen = list(self.text)
        with self.counting:
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
