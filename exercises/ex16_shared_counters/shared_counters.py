"""ex16: counting in several processes. README.md tells the story; write what is marked TODO."""

from __future__ import annotations


class SharedCounter:
    """A number that processes add to. Hand it over as an argument of a Process; all have the same one.

    Works under fork, spawn and forkserver. However many increment it at once, none is lost.
    """

    def __init__(self) -> None:
        # TODO: 0 at first, somewhere that all processes reach
        raise NotImplementedError("write SharedCounter.__init__")

    def increment(self, n: int = 1) -> None:
        """Add n."""
        # TODO
        raise NotImplementedError("write SharedCounter.increment")

    @property
    def value(self) -> int:
        """What all increments so far come to."""
        # TODO
        raise NotImplementedError("write SharedCounter.value")


def histogram(chunks: list[list[int]], bins: int) -> list[int]:
    """How often each number of range(bins) occurs in all chunks together: a list of `bins` counts.

    One child process counts each chunk. Every number is in range(bins). Without chunks, all counts are 0. All
    children have been joined when it returns.
    """
    # TODO
    raise NotImplementedError("write histogram")


def count_words(files: list[str], workers: int) -> dict[str, int]:
    """How often each word occurs in all files together. A word is what str.split() gives, upper and lower case differ.

    `workers` child processes share the files; there may be more files than workers, or fewer. Returns an ordinary
    dict. When a file cannot be read, count_words raises an exception, whichever: it never returns counts in which
    something is missing. All children have been joined when it returns or raises.
    """
    # TODO
    raise NotImplementedError("write count_words")
