"""Everybody meets at a barrier before every string; exactly one of them speaks between two meetings."""

import threading


class Printer(threading.Thread):
    def __init__(self, me, parts, barrier, emit):
        super().__init__(name=f"printer-{me}")
        self.me, self.parts, self.barrier, self.emit = me, parts, barrier, emit
        self.error = None

    def run(self):
        try:
            for turn in range(max(len(part) for part in self.parts)):
                for owner, part in enumerate(self.parts):
                    self.barrier.wait()
                    if owner == self.me and turn < len(part):
                        self.emit(part[turn])
        except threading.BrokenBarrierError:
            pass
        except Exception as error:
            self.error = error
            self.barrier.abort()


def alternate(emit, parts):
    if not parts:
        return
    barrier = threading.Barrier(len(parts))
    printers = [Printer(me, parts, barrier, emit) for me in range(len(parts))]
    for printer in printers:
        printer.start()
    for printer in printers:
        printer.join()
    for printer in printers:
        if printer.error:
            raise printer.error


def numbers_and_letters():
    numbers = [f"{i}{i + 1}" for i in range(1, 53) if i % 2 == 1]
    letters = [chr(65 + i) for i in range(26)]
    return [numbers, letters]
