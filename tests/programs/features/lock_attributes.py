"""What a lock tells of itself."""

import threading


def main():
    k = threading.Lock()
    return (
        type(k).__name__,
        hasattr(k, "acquire"),
        isinstance(threading.Condition(), threading.Condition),
        k.acquire(timeout=1),
        k.locked(),
    )
