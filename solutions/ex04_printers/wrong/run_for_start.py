# fails: each_speaks_for_itself (wrong)
# calls run() for start(): everything happens in the main thread

import threading


class Printer(threading.Thread):
    def __init__(self, me, texts, emit):
        super().__init__(name=f"printer-{me}")
        self.texts = iter(texts)
        self.emit = emit

    def run(self):
        for text in self.texts:
            self.emit(text)
            return


def alternate(emit, parts):
    printers = [Printer(me, texts, emit) for me, texts in enumerate(parts)]
    for _ in range(max(map(len, parts), default=0)):
        for printer in printers:
            printer.run()


def numbers_and_letters():
    numbers = [f"{n}{n + 1}" for n in range(1, 53, 2)]
    letters = [chr(ord("A") + n) for n in range(26)]
    return [numbers, letters]
