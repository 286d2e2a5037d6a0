"""./grade: the private environment is made once, whatever happens, and then costs nothing.

The course here is tiny and its lock empty, so that nothing is downloaded. One environment is made for real; where
a test is about when and where it is made, it is filled with a copy of that one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKING = "grade: making a private environment in .grade/ (once, about a minute)\n"
MAIN = """\
import os, sys
print(sys.argv[1:], os.getcwd(), len(sys.path[0]) > 0)
sys.exit(len(sys.argv) - 1)
"""
TOOLS = ("sh", "cksum", "readlink")


QUICKLY = """
def _fill(fresh, lock):
    shutil.copytree({ready!r}, fresh, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("pip*"))


if __name__ =="""


def bare(root: Path, ready: Path | None = None) -> Path:
    """A course whose grader only prints what it was given. Its environment is filled from `ready`, or for real."""
    (root / "grader").mkdir(parents=True)
    shutil.copy(ROOT / "grade", root / "grade")
    for name in ("environment.sh", "environment.py"):
        shutil.copy(ROOT / "grader" / name, root / "grader" / name)
    if ready:
        script = root / "grader" / "environment.py"
        script.write_text(
            script.read_text().replace("if __name__ ==", QUICKLY.format(ready=str(environment_of(ready))))
        )
    (root / "grader" / "__init__.py").touch()
    (root / "grader" / "__main__.py").write_text(MAIN)
    (root / "grader" / "requirements.lock").write_text("# nothing\n")
    return root


def environment_of(course: Path) -> Path:
    (name,) = made(course)
    return course / ".grade" / name


@pytest.fixture(scope="module")
def path_with_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which `python3` is the interpreter of this test, and nothing else is Python."""
    folder = tmp_path_factory.mktemp("bin")
    link_tools(folder)
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def link_tools(folder: Path) -> None:
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory, path_with_python: str) -> Path:
    """A course whose environment has been made."""
    root = bare(tmp_path_factory.mktemp("ready") / "course")
    done = run(root / "grade", "ex04", "a b", path=path_with_python, cwd=root.parent)
    assert done.stderr == MAKING
    assert done.stdout == f"['ex04', 'a b'] {root.parent} True\n"
    assert done.returncode == 2
    return root


@pytest.fixture
def course(ready: Path, tmp_path: Path) -> Path:
    """A copy of it, at another place: an environment can be moved with its course."""
    root = bare(tmp_path / "a course", ready)
    shutil.copytree(ready / ".grade", root / ".grade", symlinks=True)
    return root


@pytest.fixture
def no_python(tmp_path: Path) -> str:
    (tmp_path / "no python").mkdir()
    link_tools(tmp_path / "no python")
    return str(tmp_path / "no python")


def run(
    script: Path | str, *words: str, path: str, cwd: Path | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": "/nonexistent", "PIP_NO_INDEX": "1", **(more or {})}
    return subprocess.run([script, *words], capture_output=True, text=True, cwd=cwd, env=environment)


def made(course: Path) -> list[str]:
    return sorted(path.name for path in (course / ".grade").iterdir() if path.is_dir())


def test_the_first_run_says_one_line_and_goes_on(ready: Path) -> None:
    assert [name[:6] for name in made(ready)] == ["grade-"]


def test_a_warm_run_is_silent_and_needs_no_other_python(course: Path, no_python: str) -> None:
    done = run(course / "grade", "x", path=no_python, cwd=course)
    assert (done.returncode, done.stderr) == (1, "")


def test_it_works_from_any_folder_and_through_links(course: Path, no_python: str, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "direct").symlink_to(course / "grade")
    (tmp_path / "links" / "relative").symlink_to("../a course/grade")
    (tmp_path / "links" / "of a link").symlink_to("relative")
    for script in (course / "grade", *(tmp_path / "links").iterdir()):
        assert run(script, path=no_python, cwd=tmp_path).stdout == f"[] {tmp_path} True\n"
    assert run("./grade", path=no_python, cwd=course).returncode == 0
    assert run("grade", path=f"{no_python}:{course}", cwd=tmp_path).returncode == 0
    (course / "-deep").mkdir()
    assert run("sh", "../grade", path=no_python, cwd=course / "-deep").returncode == 0


def test_files_of_the_current_folder_replace_nothing(course: Path, no_python: str, tmp_path: Path) -> None:
    for name in ("os.py", "sitecustomize.py", "grader.py", "threading.py"):
        (tmp_path / name).write_text("raise SystemExit('shadowed')")
    done = run(course / "grade", path=no_python, cwd=tmp_path, more={"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_another_lock_makes_another_environment_and_removes_the_old(course: Path, path_with_python: str) -> None:
    before = made(course)
    (course / "grader" / "requirements.lock").write_text("# nothing, but in other words\n")
    assert run(course / "grade", path=path_with_python).stderr == MAKING
    assert len(made(course)) == 1
    assert made(course) != before


def test_a_lost_interpreter_makes_it_anew(course: Path, path_with_python: str) -> None:
    python = environment_of(course) / "bin" / "python"
    for link in python.parent.glob("python*"):
        link.unlink()
    python.symlink_to("/nonexistent/python3.11")
    done = run(course / "grade", path=path_with_python)
    assert (done.returncode, done.stderr) == (0, MAKING)


KILLED = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("environment", sys.argv[1])
environment = importlib.util.module_from_spec(spec)
spec.loader.exec_module(environment)
environment._fill = lambda *_: os.kill(os.getpid(), 9)
environment.main(sys.argv[2:])
"""


def test_killed_half_way_the_next_run_begins_anew(ready: Path, tmp_path: Path, path_with_python: str) -> None:
    root = bare(tmp_path / "course", ready)
    lock, folder = root / "grader" / "requirements.lock", root / ".grade" / "grade-0-0"
    done = subprocess.run(
        [sys.executable, "-I", "-c", KILLED, root / "grader" / "environment.py", lock, folder], capture_output=True
    )
    assert done.returncode == -9
    assert [name[:4] for name in made(root)] == ["new-"]
    assert run(root / "grade", path=path_with_python).returncode == 0
    assert [name[:6] for name in made(root)] == ["grade-"]


def test_two_at_once_make_one(ready: Path, tmp_path: Path, path_with_python: str) -> None:
    root = bare(tmp_path / "course", ready)
    environment = {"PATH": path_with_python, "PIP_NO_INDEX": "1"}
    both = [
        subprocess.Popen([root / "grade"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    said = [each.communicate()[1] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sorted(said) == ["", MAKING]
    assert len(made(root)) == 1


def test_what_pip_cannot_install_is_said_and_leaves_nothing(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = course / "grader" / "requirements.lock"
    lock.write_text(f"nosuchpackage==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    environment = module()
    with pytest.raises(environment.CannotMake) as problem:
        environment._install(environment_of(course), lock)
    said = str(problem.value)
    assert said.startswith("pip could not install what requirements.lock lists:\n")
    assert "nosuchpackage==1.0" in said
    assert "The first run needs the network." in said


def test_an_environment_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = module()

    def fail(fresh: Path, lock: Path) -> None:
        (fresh / "half").touch()
        raise environment.CannotMake("pip could not")

    monkeypatch.setattr(environment, "_fill", fail)
    assert environment.main([str(tmp_path / "lock"), str(tmp_path / ".grade" / "grade-0")]) == 2
    assert capsys.readouterr().err.endswith("grade: pip could not\n")
    assert made(tmp_path) == []


def fake(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!{shutil.which('sh')}\n{script}\n")
    (folder / name).chmod(0o755)


def test_too_old_a_python_is_named_with_what_to_install(tmp_path: Path, no_python: str) -> None:
    root = bare(tmp_path / "course")
    fake(Path(no_python), "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    done = run(root / "grade", path=no_python)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer; found on this machine: Python 3.9.2." in done.stderr
    assert "sudo apt install python3" in done.stderr


def test_no_python_at_all_is_said(tmp_path: Path, no_python: str) -> None:
    done = run(bare(tmp_path / "course") / "grade", path=no_python)
    assert done.returncode == 2
    assert "found on this machine: no Python at all." in done.stderr


def test_a_shim_that_only_fails_is_passed_over(ready: Path, tmp_path: Path, no_python: str) -> None:
    root = bare(tmp_path / "course", ready)
    fake(Path(no_python), "python3", "echo 'pyenv: python3: command not found' >&2; exit 127")
    fake(Path(no_python), "python3.12", f'exec "{sys.executable}" "$@"')
    assert run(root / "grade", path=no_python).stderr == MAKING


def module() -> ModuleType:
    """environment.py, as the script that it is: no part of the package is imported with it."""
    spec = importlib.util.spec_from_file_location("environment", ROOT / "grader" / "environment.py")
    assert spec
    assert spec.loader
    environment = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(environment)
    return environment


@pytest.mark.parametrize("lacking", ["venv", "ensurepip"])
def test_a_python_without_venv_says_which_package_has_it(
    lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = module()
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == lacking else find(name))
    assert environment.main([str(tmp_path / "lock"), str(tmp_path / ".grade" / "grade-0")]) == 2
    assert "sudo apt install python3-venv" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, path_with_python: str) -> None:
    root = bare(tmp_path / "course")
    (root / ".grade").write_text("in the way")
    done = run(root / "grade", path=path_with_python)
    assert done.returncode == 2
    assert f"cannot write to {root / '.grade'}" in done.stderr
    assert "Copy the course into a folder of your own." in done.stderr


def test_the_interpreter_is_kept_by_its_real_path(course: Path) -> None:
    link = environment_of(course) / "bin" / "python"
    assert os.path.realpath(link) == os.path.realpath(sys.executable)
