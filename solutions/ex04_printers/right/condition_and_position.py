"""One Condition over one number: how far we are. Each waits until the next string is its own."""

from threading import Condition, Thread


def alternate(emit, parts):
    script = []
    for turn in range(max([len(part) for part in parts], default=0)):
        for owner, part in enumerate(parts):
            if turn < len(part):
                script.append((owner, part[turn]))
    stage = Stage(script, emit)
    threads = [Thread(target=stage.act, args=(i,), name=f"printer-{i}") for i in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if stage.error is not None:
        raise stage.error


class Stage:
    def __init__(self, script, emit):
        self.script = script
        self.emit = emit
        self.position = 0
        self.error = None
        self.moved = Condition()

    def act(self, me):
        with self.moved:
            while True:
                while not self.over() and self.script[self.position][0] != me:
                    self.moved.wait()
                if self.over():
                    return
                try:
                    self.emit(self.script[self.position][1])
                except Exception as error:
                    self.error = error
                self.position += 1
                self.moved.notify_all()

    def over(self):
        return self.error is not None or self.position == len(self.script)


def numbers_and_letters():
    numbers = [str(n) + str(n + 1) for n in range(1, 52, 2)]
    return [numbers, list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
