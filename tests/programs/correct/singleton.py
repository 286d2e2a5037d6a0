"""The only instance is made under a lock."""

import threading

ALLOWED = [1]
EXHAUSTED = True


class Settings:
    made = 0
    one = None
    lock = threading.Lock()

    @classmethod
    def get(cls):
        with cls.lock:
            if cls.one is None:
                cls.made += 1
                cls.one = cls()
        return cls.one


def main():
    threads = [threading.Thread(target=Settings.get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Settings.made
