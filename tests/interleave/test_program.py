"""Loading says what is wrong with an answer, where; what a scenario gets and returns is plain."""

import importlib
import sys

import pytest
from running import HEAD, run, values

from grader.interleave.program import LoadProblem, load
from grader.interleave.strategies.natural import Natural


def problem(source: str, **options) -> LoadProblem:
    with pytest.raises(LoadProblem) as caught:
        load({"answer.py": source}, "answer", "", "test_it.py", **options).preflight()
    return caught.value


def test_a_syntax_error_is_told_with_line_and_text():
    found = problem("x = 1\ndef f(:\n")
    assert (found.kind, found.file, found.line, found.text) == ("syntax", "answer.py", 2, "def f(:")


def test_an_exception_while_importing_is_told_with_line_and_text():
    found = problem("import threading\n\nboom = 1 / 0\n")
    assert (found.kind, found.message, found.line) == ("import", "ZeroDivisionError: division by zero", 3)
    assert found.text == "boom = 1 / 0"


@pytest.mark.parametrize("inside", ["\f", "\u2028"], ids=ascii)
def test_the_line_that_is_told_is_the_one_that_python_counts(inside: str):
    found = problem(f"x = 1  # {inside}#\nboom = 1 / 0\n")
    assert (found.line, found.text) == (2, "boom = 1 / 0")


def test_importing_that_never_ends_is_told():
    assert "livelock" in problem("while True: pass").message or "budget" in problem("while True: pass").message


def test_importing_that_waits_for_ever_is_told():
    assert (
        "waits at answer.py:4"
        in problem("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()").message
    )


@pytest.mark.parametrize(
    "line", ["import concurrent.futures", "from concurrent import futures", "from concurrent.futures import Future"]
)
def test_a_forbidden_import_is_told(line):
    found = problem(f"x = 1\n{line}\n", forbidden=("concurrent.futures",))
    assert (found.kind, found.line) == ("forbidden", 2)
    assert "concurrent.futures" in found.message


def test_what_is_not_forbidden_may_be_imported():
    load({"answer.py": "import concurrent"}, "answer", "", "test_it.py", forbidden=("concurrent.futures",)).preflight()


def test_a_missing_module_is_told():
    with pytest.raises(LoadProblem, match=r"there is no printers\.py; the files are answer\.py"):
        load({"answer.py": ""}, "printers", "", "test_it.py")


def test_preflight_gives_the_names_that_the_answer_defines():
    made = load({"answer.py": "import threading\nclass A: pass\ndef f(): pass\n"}, "answer", "", "test_it.py")
    assert made.preflight() == ("threading", "A", "f")


def test_a_scenario_that_is_not_there_is_told():
    made = load({"answer.py": ""}, "answer", "def s(answer): pass", "test_it.py")
    with pytest.raises(LoadProblem, match="no scenario called 'other'; there is: s"):
        made.execution("other", {})


def test_files_of_one_answer_import_each_other():
    files = {"answer.py": "import other\nfrom other import value\n", "other.py": "value = 3\n"}
    made = load(
        files, "answer", HEAD + "def s(answer, more): return [answer.value, answer.other.value, more]", "test_it.py"
    )
    strategy = Natural()
    strategy.begin()
    assert made.engine.run(made.execution("s", {"more": [1]}), strategy).value == [3, 3, [1]]


def test_arguments_are_fresh_in_each_execution():
    made = load(
        {"answer.py": ""}, "answer", "def s(answer, items):\n    items.append(1)\n    return items", "test_it.py"
    )
    main, seen = made.execution("s", {"items": []}), []
    for _ in range(2):
        strategy = Natural()
        strategy.begin()
        seen.append(made.engine.run(main, strategy))
    assert values(seen) == [[1]]


def test_tuples_are_returned_as_lists_and_what_is_no_json_is_named():
    assert run("def s(answer): return {'a': (1, (2.5, None))}").value == {"a": [1, [2.5, None]]}
    assert run("def s(answer): return {1, 2}").value == {"not JSON": "object of type set"}
    assert run("def s(answer): return {1: 2, (): 3}").value == {"1": 2, "<key of type tuple>": 3}


def test_a_thread_that_leaves_by_sys_exit_is_recorded():
    head = "import sys\nfrom grader.checks import together\n"
    ended = run(head + "def s(answer): return together(lambda: 1, lambda: sys.exit(3))").value
    assert ended == [{"value": 1}, {"raised": "SystemExit", "args": [3]}]


def test_decorators_and_oracles_of_the_check_module_do_nothing_inside():
    body = "from grader.checks import scenario, check, same\n@scenario\ndef s(answer): return 7"
    assert run(body).value == 7


def test_sites_in_the_answer_are_not_trusted_and_others_are():
    made = load({"answer.py": "class A:\n    def f(self): self.n = 1\n"}, "answer", "def s(a): a.n = 2", "test_it.py")
    assert {site.file: site.trusted for site in made.engine.sites}.items() >= {
        ("answer.py", False),
        ("test_it.py", True),
    }


IN_PACKAGES = {
    "shop/stock/shelf.py": "from ..till import money\nrewritten = '_k_read' in __builtins__\n",
    "shop/till.py": "money = 3\n",
}


@pytest.mark.parametrize("real", [False, True], ids=["", "beside a real package"])
@pytest.mark.parametrize(
    "imports",
    [
        "import shop.till, shop.stock.shelf\nshelf = shop.stock.shelf",
        "import shop.till\nimport shop.stock.shelf as shelf",
        "import shop.stock\nfrom shop.stock import shelf",
        "from importlib import import_module\nshelf = import_module('.stock.shelf', 'shop')",
    ],
)
def test_a_module_in_a_package_is_the_programs_own_however_it_is_imported(imports, real, tmp_path, monkeypatch):
    if real:
        for file, source in (IN_PACKAGES | {"shop/__init__.py": "", "shop/stock/__init__.py": ""}).items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        for name in ("shop", "shop.stock", "shop.stock.shelf", "shop.till"):
            monkeypatch.setitem(sys.modules, name, importlib.import_module(name))
    source = (
        f"{imports}\ndef ask():\n    import shop\n    return shelf.rewritten, shelf.money, hasattr(shop, 'nothing')\n"
    )
    made = load({"answer.py": source, **IN_PACKAGES}, "answer", "def s(answer):\n    return answer.ask()\n", "s.py")
    strategy = Natural()
    strategy.begin()
    execution = made.engine.run(made.execution("s", {}), strategy)
    assert execution.value == [True, 3, False], execution.detail
