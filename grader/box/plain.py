"""Makes anything that an answer produced into JSON that says truthfully what it was."""

from __future__ import annotations

import math

from grader.trace import Json

DEEP = 40
LONGEST = 20_000
"""Characters of one string, items of one list."""
LARGEST = 10**30


def plain(value: object, depth: int = 0) -> Json:
    """`value` as JSON. Only the exact built-in types pass; anything else becomes {"not JSON": what it is}.

    By `type(...) is`, never `isinstance` or `==`: an object that claims to be everything must not pass for an int.
    """
    kind = type(value)
    if value is None or kind is bool:
        return value
    if depth > DEEP:
        return strange("nested too deep")
    if kind is int:
        return _whole(value)  # type: ignore[arg-type]
    if kind is float:
        return value if math.isfinite(value) else strange(repr(value))  # type: ignore[arg-type]
    if kind is str:
        return text(value)  # type: ignore[arg-type]
    if kind in (list, tuple):
        return [plain(item, depth + 1) for item in value[:LONGEST]]  # type: ignore[index]
    if kind is dict:
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}  # type: ignore[attr-defined]
    return strange(f"object of type {_name(kind)}")


def _whole(value: int) -> Json:
    return value if -LARGEST < value < LARGEST else strange(f"integer of {value.bit_length()} bits")


def text(value: str) -> str:
    """Without lone surrogates, which UTF-8 cannot carry."""
    return value[:LONGEST].encode("utf-8", "backslashreplace").decode()


def _key(key: object) -> str:
    kind = type(key)
    if kind is str:
        return text(key)  # type: ignore[arg-type]
    return repr(key) if key is None or kind in (bool, int, float) else f"<key of type {_name(kind)}>"


def _name(kind: type) -> str:
    # The class's own word for itself may be a property that raises or lies.
    return text(str(type.__dict__["__name__"].__get__(kind)))[:100]


def strange(what: str) -> Json:
    """In the place of a value that is not JSON: what it was."""
    return {"not JSON": what}
