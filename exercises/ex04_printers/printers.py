"""ex04: threads that speak in turn. README.md tells the story; write what is marked TODO."""

from __future__ import annotations

from collections.abc import Callable


def alternate(emit: Callable[[str], object], parts: list[list[str]]) -> None:
    """Let one thread per list in `parts` emit its strings, in turn, by calling `emit(s)`.

    The order is parts[0][0], parts[1][0], ..., parts[0][1], parts[1][1], ... A list that is exhausted is
    skipped. The strings of parts[i] are emitted by a thread of the name 'printer-<i>', which counts from 0.
    `emit` is never called by two threads at once.

    A thread that waits for its turn blocks: it neither spins nor relies on sleeping.

    Returns when all threads have ended; with no lists, or only empty ones, it emits nothing.
    If `emit` raises, every thread ends and then the exception is re-raised here.
    """
    # TODO: start a thread per list, make them take turns, join them all
    raise NotImplementedError("write alternate")


def numbers_and_letters() -> list[list[str]]:
    """[['12', '34', ..., '5152'], ['A', 'B', ..., 'Z']], so that alternate gives 12A34B56C...5152Z."""
    # TODO
    raise NotImplementedError("write numbers_and_letters")


if __name__ == "__main__":
    alternate(lambda text: print(text, end="", flush=True), numbers_and_letters())
    print()
