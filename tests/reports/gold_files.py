"""Comparing a text with its gold file. `ACCEPT_GOLD=1` accepts what is there now."""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "gold" / "reports"


def compare(name: str, text: str) -> None:
    """Fail with the diff when `text` is not what the gold file `name` holds, byte for byte."""
    gold, fresh = FOLDER / name, FOLDER / f"{name}.new"
    if os.environ.get("ACCEPT_GOLD"):
        gold.write_bytes(text.encode())
        fresh.unlink(missing_ok=True)
        return
    known = gold.read_bytes().decode() if gold.exists() else ""
    if text != known:
        fresh.write_bytes(text.encode())
        diff = "\n".join(unified_diff(known.splitlines(), text.splitlines(), "gold", "now", lineterm=""))
        raise AssertionError(f"{name} has changed; accept it with ACCEPT_GOLD=1\n{diff}")
    fresh.unlink(missing_ok=True)
