"""A notebook -> its code cells as one Python file, with the cell of every line. nbformat is imported only here."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

from grader.errors import SubmissionError
from grader.submissions.answer import LineMap
from grader.submissions.intake import KIB, SOURCE_BYTES
from grader.submissions.magics import without_magics

DEEPEST = 100
"""JSON in a notebook nests no deeper; nbformat's own parser would run into its recursion limit."""
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def to_python(content: bytes, name: str) -> tuple[str, LineMap, tuple[str, ...]]:
    """The code of a notebook: its text, the cell of each line (code cells counted from 1), what was left out.

    Raises SubmissionError when it is no notebook, not of Python, or too long.
    """
    cells = _code_cells(_parsed(content, name), name)
    lines: list[str] = []
    line_map: LineMap = {}
    notes: list[str] = []
    for number, source in enumerate(cells, 1):
        cleaned = without_magics(source)
        for inner, line in enumerate(cleaned.lines, 1):
            lines.append(line)
            line_map[len(lines)] = (f"cell {number}", inner)
        notes += [f"cell {number}, line {inner}: {line[:80]!r} is left out" for inner, line in cleaned.left_out]
    text = "\n".join(lines) + "\n" if lines else ""
    if len(text.encode()) > SOURCE_BYTES:
        raise _invalid(f"the code of {name!r} is longer than {SOURCE_BYTES // KIB} KiB", "hand in the answer alone")
    return text, line_map, tuple(notes)


def _parsed(content: bytes, name: str) -> Any:
    _check_depth(content, name)
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _invalid(f"{name!r} is not a notebook ({reason})") from None
    if not isinstance(document, dict) or not ({"cells", "worksheets"} & set(document)):
        raise _invalid(f"{name!r} is not a notebook: it has no cells")
    if document.get("nbformat", 1) == 1:
        # nbformat takes what says nothing for its very first format, and finds no code in the cells of any later one
        raise _invalid(f"{name!r} is not a valid notebook: it does not say its format, or one of before 2012")
    return document


def _check_depth(content: bytes, name: str) -> None:
    depth = 0
    for token in _JSON_TOKEN.finditer(content):
        first = content[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEEPEST:
            raise _invalid(f"{name!r} nests {DEEPEST} levels deep, which no notebook does")


def _code_cells(document: dict[str, Any], name: str) -> list[str]:
    import nbformat
    from nbformat.validator import normalize

    _drop_outputs(document)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about ids that older notebooks lack
            notebook = nbformat.convert(nbformat.from_dict(document), 4)  # type: ignore[no-untyped-call]
            _, notebook = normalize(notebook)
            nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # nbformat raises whatever a strange value makes its converters raise
        raise _invalid(f"{name!r} is not a valid notebook: {_first_line(error)}") from None
    language = _language(notebook)
    if language not in ("", "python", "ipython"):
        raise _invalid(f"{name!r} is a notebook of {language}", "choose a Python kernel, then save")
    return ["".join(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def _drop_outputs(document: dict[str, Any]) -> None:
    """Outputs are not read: they may be large, out of date, or anything."""
    sheets = document.get("worksheets")
    for holder in [document, *(sheets if isinstance(sheets, list) else [])]:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict) and "outputs" in cell:
                cell["outputs"] = []


def _language(notebook: Any) -> str:
    for holder, key in (("kernelspec", "language"), ("language_info", "name")):
        found = notebook.metadata.get(holder, {})
        if isinstance(found, dict) and isinstance(found.get(key), str):
            return str(found[key]).lower()
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _invalid(
    message: str, remedy: str = "open it in Jupyter, save it again, and hand in the .ipynb file"
) -> SubmissionError:
    return SubmissionError(message, remedy=remedy, slug="submission-notebook")
