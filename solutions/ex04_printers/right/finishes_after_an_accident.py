"""The turn is a queue of one token that wanders; after an accident the others still say what they have to say."""

import itertools
import queue
import threading


def alternate(emit, parts):
    inboxes = [queue.SimpleQueue() for _ in parts]
    left = [len(part) for part in parts]
    errors = queue.SimpleQueue()

    def next_after(me):
        candidates = itertools.chain(range(me + 1, len(parts)), range(me + 1))
        return next((who for who in candidates if left[who]), None)

    def speak(me):
        try:
            for text in parts[me]:
                token = inboxes[me].get()
                left[me] -= 1
                heir = next_after(me)
                try:
                    emit(text)
                finally:
                    if heir is not None:
                        inboxes[heir].put(token)
        except BaseException as error:
            errors.put(error)
            succeed(me)

    def succeed(me):
        """Take the turns of a printer that fell: hand the token on until its list would be over."""
        while left[me]:
            token = inboxes[me].get()
            left[me] -= 1
            heir = next_after(me)
            if heir is not None:
                inboxes[heir].put(token)

    first = next_after(len(parts) - 1) if parts else None
    if first is not None:
        inboxes[first].put("turn")
    threads = [threading.Thread(target=speak, args=(me,), name=f"printer-{me}") for me in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not errors.empty():
        raise errors.get()


def numbers_and_letters():
    return [[f"{i}{i + 1}" for i in range(1, 52, 2)], [*map(chr, range(65, 91))]]
