"""SCTBench CS/circular_buffer: a receiver that finds nothing counts the turn all the same and expects too much."""

import threading

ALLOWED = ["received in order"]
ENDING = "raised"
IDIOM = ""
PREEMPTIONS = 1
TURNS = 7


def main():
    buffer, lock, may = [], threading.Lock(), {"send": True, "receive": False}

    def send():
        for number in range(TURNS):
            with lock:
                if may["send"]:
                    buffer.append(number)
                    may.update(send=False, receive=True)

    def receive():
        for number in range(TURNS):
            with lock:
                if may["receive"]:
                    assert buffer.pop(0) == number
                    may.update(send=True, receive=False)

    threads = [threading.Thread(target=send), threading.Thread(target=receive)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "received in order"
