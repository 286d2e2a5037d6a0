"""The turn is handed on before its holder has spoken; what speaks is the bound method of a list, taken by `main`."""

import threading

ALLOWED = [["a", "b", "c"]]
ENDING = "done"
IDIOM = ""
PREEMPTIONS = 1


def alternate(emit, texts):
    turns = [threading.Semaphore(0) for _ in texts]

    def speak(me):
        turns[me].acquire()
        if me + 1 < len(turns):
            turns[me + 1].release()
        emit(texts[me])

    threads = [threading.Thread(target=speak, args=(me,)) for me in range(len(texts))]
    turns[0].release()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    heard = []
    alternate(heard.append, ["a", "b", "c"])
    return heard
