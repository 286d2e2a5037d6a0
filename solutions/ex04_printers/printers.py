"""ex04: threads that speak in turn. A semaphore each; whoever holds the turn decides who is next."""

from __future__ import annotations

import threading
from collections.abc import Callable


def alternate(emit: Callable[[str], object], parts: list[list[str]]) -> None:
    """Let one thread per list in `parts` emit its strings, in turn, by calling `emit(s)`."""
    order = [(owner, text) for column in _columns(parts) for owner, text in column]
    turns = [threading.Semaphore(0) for _ in parts]
    errors: list[BaseException] = []

    def speak(me: int) -> None:
        for place, (owner, text) in enumerate(order):
            if owner != me:
                continue
            turns[me].acquire()
            try:
                if not errors:
                    emit(text)
            except BaseException as error:
                errors.append(error)  # whoever holds the turn is alone: no lock needed
            finally:  # also after an accident, or the others wait for ever
                if place + 1 < len(order):
                    turns[order[place + 1][0]].release()

    if order:
        turns[order[0][0]].release()  # somebody must begin
    threads = [threading.Thread(target=speak, args=(me,), name=f"printer-{me}") for me in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _columns(parts: list[list[str]]) -> list[list[tuple[int, str]]]:
    """The strings that are emitted in one round, each with its owner; exhausted lists are not in it."""
    rounds = max(map(len, parts), default=0)
    return [[(me, part[turn]) for me, part in enumerate(parts) if turn < len(part)] for turn in range(rounds)]


def numbers_and_letters() -> list[list[str]]:
    """[['12', '34', ..., '5152'], ['A', 'B', ..., 'Z']], so that alternate gives 12A34B56C...5152Z."""
    numbers = [f"{odd}{odd + 1}" for odd in range(1, 53, 2)]
    return [numbers, [chr(ord("A") + place) for place in range(26)]]


if __name__ == "__main__":
    alternate(lambda text: print(text, end="", flush=True), numbers_and_letters())
    print()
