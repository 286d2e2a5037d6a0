"""SCTBench CB/stringbuffer-jdk1.4: the other buffer's length is old when its characters are taken."""

import threading

ALLOWED = ["", "abc"]
ENDING = "raised"
IDIOM = "change between two looks"
PREEMPTIONS = 2


class Buffer:
    def __init__(self, text=""):
        self.text = text
        self.lock = threading.RLock()

    def length(self):
        with self.lock:
            return len(self.text)

    def first(self, count):
        with self.lock:
            if count > len(self.text):
                raise IndexError(count)
            return self.text[:count]

    def erase(self):
        with self.lock:
            self.text = ""

    def append(self, text):
        with self.lock:
            self.text += text

    def append_buffer(self, other):
        with self.lock:
            self.append(other.first(other.length()))


def main():
    source, copy = Buffer("abc"), Buffer()

    def change():
        source.erase()
        source.append("abc")

    threads = [threading.Thread(target=change), threading.Thread(target=copy.append_buffer, args=(source,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return copy.text
