"""Where answers come from: one file, notebook, folder or archive, or everything that an LMS lets one download.

answer         Answer: files, origin, hash, notes, the cells of a notebook's lines
intake         bytes of bounded regular files
python_file    bytes -> text
notebook       bytes -> text, without `magics`
holder         what folders and archives have in common: `folder`, `archive`, `git_repo`
matching       which file is the answer to which exercise
reading        read, read_own: one answer
lms_names      who handed it in, by the names that LMSs give
collect        collect: everybody's answers
"""

from __future__ import annotations

from grader.submissions.reading import read, read_own

__all__ = ["read", "read_own"]
