"""The zip of feedback files that Moodle hands back to everybody: each in a folder named after the person."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from msgspec import Struct

from grader.reports.safe_text import one_line

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same pages are the same bytes."""


class Feedback(Struct, frozen=True):
    name: str
    """The person's full name in Moodle."""
    moodle_id: str
    """The number in the names of the submissions: Ann Lee_123456_assignsubmission_file."""
    page: str


def write(pages: Sequence[Feedback], file: str = "feedback.html") -> bytes:
    """The zip with one `file` a person."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in pages:
            archive.writestr(zipfile.ZipInfo(entry(each, file), LONG_AGO), each.page.encode("utf-8", "replace"))
    return whole.getvalue()


def entry(feedback: Feedback, file: str) -> str:
    """The name of one entry. Moodle splits it at underscores, so there is none in the person's name or the file's.

    Files that begin with . or ~ are ignored by Moodle.
    """
    # the name is for people, Moodle goes by the number
    name = re.sub(r'[_/\\:*?"<>|]+', " ", one_line(feedback.name, 100)).strip(" .~") or "Participant"
    plain = file.replace("_", "-").lstrip(".~")
    return f"{name}_{feedback.moodle_id}_assignfeedback_file/{plain}"
