"""RESULTS.md: one section a benchmark, replaced as a whole."""

from __future__ import annotations

import re
from pathlib import Path


def replace_section(path: Path, title: str, body: str) -> None:
    """Put `body` under the heading `## title`, where it stood or at the end."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Measured\n"
    section = f"## {title}\n\n{body}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    text, replaced = pattern.subn(lambda _: section + "\n", text)
    if not replaced:
        text = f"{text.rstrip()}\n\n{section}"
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
