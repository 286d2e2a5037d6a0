"""The little Markdown of hints, set for a terminal: paragraphs and list items folded, code left as it was written."""

from __future__ import annotations

import re

from grader.reports.safe_text import wrap

INDENT = "    "
"""What code stands behind."""

_MARK = r"[ ]{0,12}(?:[-*+]|\d{1,3}[.)])[ ]+"
_BLOCK = re.compile(
    rf"""^(?:
      (?P<fence>```|~~~).*\n (?P<fenced>(?:.*\n)*?) (?:(?P=fence).*|\Z)
    | (?P<indented>(?:{INDENT.replace(" ", "[ ]")}(?!{_MARK}).*\n?)+)
    | (?P<mark>{_MARK})? (?P<words>[ ]*\S.*(?:\n(?!\s*$|```|~~~|{_MARK}).*)*)
    )""",
    re.MULTILINE | re.VERBOSE,
)


def fold(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns` characters; only code, and a word longer than that, may be wider."""
    lines: list[str] = []
    end = 0
    text = f"{text.strip(chr(10)).expandtabs(4)}\n"
    for block in _BLOCK.finditer(text):
        if lines and "\n\n" in text[end - 1 : block.start()]:
            lines.append("")
        lines += _set(block, columns)
        end = block.end()
    return lines


def _set(block: re.Match[str], columns: int) -> list[str]:
    if block["fenced"] is not None:
        return [f"{INDENT}{line}".rstrip() for line in block["fenced"].splitlines()]
    if block["indented"] is not None:
        return block["indented"].rstrip().splitlines()
    mark = f"{block['mark'].rstrip()} " if block["mark"] else ""
    first, *rest = wrap(block["words"], columns - len(mark))
    return [f"{mark}{first}", *(f"{' ' * len(mark)}{line}" for line in rest)]
