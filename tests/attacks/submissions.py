"""Every hostile submission by its name, with the ways in which it is asked. `test_attacks` and `campaign` ask."""

from __future__ import annotations

from attack import Attack
from channel import AT_IMPORT, AT_THE_CALL, MESSY, NONCE, RIGHT, WRONG
from handed_in import HANDED_IN
from host import HOST
from of_time import OF_TIME
from resources import RESOURCES


def _of(source: str) -> dict[str, str]:
    return {"solution.py": source}


ATTACKS: dict[str, Attack] = {
    **{name: Attack(_of(text + WRONG), ("preflight", "explore", "run")) for name, text in AT_IMPORT.items()},
    **{name: Attack(_of(text), ("explore", "run")) for name, text in AT_THE_CALL.items()},
    "i15 takes the key, answers, hangs": Attack(_of(NONCE)),
    **{name: Attack(_of(text)) for name, text in RESOURCES.items()},
    **{name: Attack(_of(text), ("machine",)) for name, text in HOST.items()},
    **{name: Attack(files, ("explore", "run"), passes=True) for name, files in RIGHT.items()},
    **{f"{name}, and right": Attack(_of(text), passes=True) for name, text in MESSY.items()},
    **OF_TIME,
    **HANDED_IN,
    "right": Attack(_of("def f():\n    return 42\n"), ("explore", "run"), passes=True),
    "wrong": Attack(_of(WRONG), ("explore", "run")),
}
