"""Every message for teachers has an entry in docs/messages.md, and every entry a message."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLUG = re.compile(
    r'"((?:bulk|box|canvas|check|course|exercise|hints|moodle|new|no|release|replay|store|submission)(?:-[a-z]+)*)"'
)


def slugs_in_code() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "grader").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'slug="([a-z-]+)"', text))
        found |= {slug for slug in SLUG.findall(text) if slug.startswith(("submission-", "course-"))}
    return found


def test_each_slug_has_its_entry() -> None:
    entries = set(re.findall(r"\*\*([a-z-]+)\*\*", (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")))
    assert slugs_in_code() - entries == set()
