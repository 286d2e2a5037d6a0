"""A notebook's code cells become one file whose lines know their cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.errors import SubmissionError
from grader.submissions import read
from grader.submissions.intake import NOTEBOOK_BYTES
from grader.submissions.magics import without_magics
from grader.submissions.notebook import to_python


def notebook(*cells: str, **metadata: Any) -> bytes:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata)
    return nbformat.writes(made).encode()


def python_of(*cells: str) -> str:
    return to_python(notebook(*cells), "a.ipynb")[0]


def test_code_cells_are_joined_and_their_lines_found_again(tmp_path: Path) -> None:
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_markdown_cell("# Printers"),
        nbformat.v4.new_code_cell("import threading\n"),
        nbformat.v4.new_raw_cell("raw"),
        nbformat.v4.new_code_cell("def alternate():\n    pass"),
    ]
    nbformat.write(made, tmp_path / "mine.ipynb")
    answer = read(tmp_path / "mine.ipynb", "printers.py")
    assert answer.files == {"printers.py": "import threading\n\ndef alternate():\n    pass\n"}
    assert answer.place(1) == "cell 1, line 1"
    assert answer.place(3) == "cell 2, line 1"
    assert answer.line_map[4] == ("cell 2", 2)
    assert answer.notes == ()


@pytest.mark.parametrize("name", ["a.ipynb", "a.ipynb.json", "a.ipynb.txt", "a.json", "a.py", "A.IPYNB"])
def test_a_notebook_is_known_under_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(notebook("x = 1"))
    assert read(tmp_path / name, "a.py").files == {"a.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1\n"),
        ("!pip install x", "# !pip install x\n"),
        ("if 1:\n    !ls\nx = 2", "if 1:\n    pass  # !ls\nx = 2\n"),
        ("x = !ls\ny = %time 1", "# x = !ls\n# y = %time 1\n"),
        ("print?\n?print\nx.y??", "# print?\n# ?print\n# x.y??\n"),
        ("%%bash\nrm -rf /\n", "# %%bash\n# rm -rf /\n# \n"),
        ("\n%%writefile a.py\nx = 1", "\n# %%writefile a.py\nx = 1\n"),
        ("%%time\nx = 1", "# %%time\nx = 1\n"),
        ("%run other.py\n%load_ext x", "# %run other.py\n# %load_ext x\n"),
    ],
)
def test_magics_and_shell_lines_become_comments(cell: str, python: str) -> None:
    assert python_of(cell) == python


@pytest.mark.parametrize(
    "cell",
    [
        'x = """\n%no magic\n!nor this\n"""',
        "x = '''\n%no'''\ny = (7\n%b)",
        "x = 7 \\\n%b",
        "x = [1, # ( \n%b]",
        "s = 'it''s \\' % (' \nx = 5",
        "assert x != 1, 'what?'\nif x: print('why?')",
        "@decorated\ndef f(): ...",
        'x = "\\"" """\n%no"""',
    ],
)
def test_python_that_only_looks_like_magic_stays(cell: str) -> None:
    assert python_of(cell) == cell + "\n"


def test_what_is_left_out_is_said_with_its_cell() -> None:
    _, line_map, notes = to_python(notebook("x = 1", "a = 1\n%timeit a"), "a.ipynb")
    assert notes == ("cell 2, line 2: '%timeit a' is left out",)
    assert line_map == {1: ("cell 1", 1), 2: ("cell 2", 1), 3: ("cell 2", 2)}


def test_a_cell_keeps_its_number_of_lines_whatever_is_in_it() -> None:
    for source in ("", "\n\n", "%%html\n<b>", "x\n!y\n", '"""\n'):
        assert len(without_magics(source).lines) == source.count("\n") + 1


def test_an_unclosed_string_does_not_take_the_next_cell_with_it() -> None:
    assert python_of('x = """', "%magic") == 'x = """\n# %magic\n'


def test_outputs_are_not_looked_at() -> None:
    document = json.loads(notebook("x = 1"))
    document["cells"][0]["outputs"] = [{"data": {"text/html": "<script>alert(1)</script>"}, "nonsense": float("nan")}]
    assert to_python(json.dumps(document).encode(), "a.ipynb")[0] == "x = 1\n"


@pytest.mark.parametrize("version", [3, 4])
def test_older_notebooks_are_read(version: int) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    content = nbformat.writes(made, version=version).encode()
    assert to_python(content, "a.ipynb")[0] == "x = 1\n"


def test_duplicated_cell_ids_are_no_reason_to_refuse() -> None:
    document = json.loads(notebook("x = 1", "y = 2"))
    for cell in document["cells"]:
        cell["id"] = "same"
    assert to_python(json.dumps(document).encode(), "a.ipynb")[0] == "x = 1\ny = 2\n"


def test_a_notebook_without_code_is_an_empty_file() -> None:
    assert python_of() == ""


def broken(change: dict[str, Any]) -> bytes:
    return json.dumps({**json.loads(notebook("x = 1")), **change}).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a notebook"),
        (b"{", "is not a notebook (line 1"),
        (b"[]", "it has no cells"),
        (b"{}", "it has no cells"),
        (b"\xff\xfe", "is not a notebook"),
        (b'{"cells": ' + b"[" * 5000, "nests 100 levels deep"),
        (broken({"cells": 3}), "not a valid notebook"),
        (broken({"cells": [{"cell_type": "code", "source": {}}]}), "not a valid notebook"),
        (broken({"cells": [7]}), "not a valid notebook"),
        (broken({"nbformat": "four"}), "not a valid notebook"),
        (b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}', "it does not say its format"),
        (broken({"nbformat": 1}), "it does not say its format, or one of before 2012"),
        (broken({"nbformat": 9999}), "not a valid notebook"),
        (broken({"metadata": []}), "not a valid notebook"),
        (b'{"cells": ' + b"9" * 5000 + b"}", "is not a notebook"),
        (b'{"worksheets": [{"cells": 1}], "nbformat": 3, "metadata": {}}', "not a valid notebook"),
    ],
)
def test_an_invalid_notebook_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        to_python(content, "a.ipynb")
    assert said in caught.value.message
    assert "'a.ipynb'" in caught.value.message


def test_a_notebook_of_another_language_is_refused() -> None:
    content = notebook("x <- 1", kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    with pytest.raises(SubmissionError, match="is a notebook of r"):
        to_python(content, "a.ipynb")


def test_a_notebook_with_huge_outputs_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b" " * (NOTEBOOK_BYTES + 1))
    with pytest.raises(SubmissionError, match="larger than") as caught:
        read(tmp_path / "a.ipynb", "a.py")
    assert "clear all outputs" in caught.value.remedy


def test_code_that_is_too_long_is_refused() -> None:
    with pytest.raises(SubmissionError, match="longer than 256 KiB"):
        python_of("#" * 300_000)


def test_an_invalid_notebook_beside_its_name_is_not_read_as_python(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("x = 1\n")
    with pytest.raises(SubmissionError, match="is not a notebook"):
        read(tmp_path / "a.ipynb", "a.py")
