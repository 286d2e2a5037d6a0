"""SCTBench CS/circular_buffer: who may not have its turn waits for it."""

import threading

ALLOWED = ["received in order"]
EXHAUSTED = True
TURNS = 3


def main():
    buffer, turn, receiving = [], threading.Condition(), [False]

    def send():
        for number in range(TURNS):
            with turn:
                turn.wait_for(lambda: not receiving[0])
                buffer.append(number)
                receiving[0] = True
                turn.notify()

    def receive():
        for number in range(TURNS):
            with turn:
                turn.wait_for(lambda: receiving[0])
                assert buffer.pop(0) == number
                receiving[0] = False
                turn.notify()

    threads = [threading.Thread(target=send), threading.Thread(target=receive)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "received in order"
