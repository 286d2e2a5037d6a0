"""What a scenario may use besides the standard library. Runs inside the box, under the engine.

A scenario starts threads and says what it saw; these four words keep that short. `together` and `attempt`
turn what happened into JSON records, so that the parent can judge them:

    {"value": v}                                 the call returned v
    {"raised": "InsufficientFunds", "args": []}  the call raised
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import accumulate
from typing import Any

Record = dict[str, Any]


def attempt(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Record:
    """Call it here and now; its value or its exception as a record."""
    try:
        return {"value": call(*args, **kwargs)}
    except Exception as error:
        return _raised(error)


def together(*calls: Callable[[], Any], names: list[str] | None = None) -> list[Record]:
    """One thread per call, all started before any is joined; a record each, in the order of the calls.

    The threads are named A, B, C, ... unless `names` says otherwise.
    """
    records: list[Record] = [{} for _ in calls]

    def work(place: int, call: Callable[[], Any]) -> None:
        try:
            records[place] = attempt(call)
        except SystemExit as error:  # which threading would pass over in silence
            records[place] = _raised(error)

    threads = []
    for place, call in enumerate(calls):
        name = names[place] if names else chr(ord("A") + place)
        threads.append(threading.Thread(target=work, args=(place, call), name=name))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return records


def pause() -> None:
    """A place where the scheduler may switch, and nothing else."""
    _pause()  # type: ignore[name-defined]  # noqa: F821  (the engine puts it there)


class Inside:
    """Counts how many threads are inside at once: `with inside: pause()`, then `inside.most`.

    It keeps a log of comings and goings, because one append is one step; a counter would be a race of our own.
    """

    def __init__(self) -> None:
        self._log: list[int] = []

    def __enter__(self) -> Inside:
        self._log.append(1)
        return self

    def __exit__(self, *exc: object) -> None:
        self._log.append(-1)

    @property
    def now(self) -> int:
        return sum(self._log)

    @property
    def most(self) -> int:
        return max(accumulate(self._log), default=0)


def _raised(error: BaseException) -> Record:
    return {"raised": type(error).__name__, "args": [_plain(arg) for arg in error.args]}


def _plain(value: Any) -> Any:
    return value if value is None or type(value) in (bool, int, float, str) else repr(value)[:200]
