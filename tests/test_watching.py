from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from grader.watch import versions


def test_each_save_is_seen_once_and_a_moment_without_a_file_is_no_save(tmp_path: Path) -> None:
    file = tmp_path / "door.py"
    file.write_text("a = 1\n")
    fresh = tmp_path / "fresh"

    def saved_by_rename() -> None:
        fresh.write_text("a = 3\n")
        os.replace(fresh, file)

    happenings = iter(
        [
            lambda: None,
            lambda: file.write_text("a = 12\n"),
            lambda: file.unlink(),
            lambda: None,
            lambda: file.write_text("a = 12\n"),
            saved_by_rename,
        ]
    )
    seen = list(islice(versions(file, pause=lambda: next(happenings)()), 4))
    assert len(set(seen)) == 4
    assert next(happenings, None) is None
