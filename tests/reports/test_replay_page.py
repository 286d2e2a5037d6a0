"""The page that steps through one interleaving: what is in it, what is not, and how it behaves in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import browser
import pytest
from sample_results import HOSTILE

from grader.reports import Source
from grader.reports.replay_page import write
from grader.results import Rerun
from grader.trace import Step, Trace

ANSWER = """\
class Account:
    def deposit(self, amount):
        with self.lock:
            old = self.balance
        self.balance = old + amount
"""
LOCK, BALANCE = 2, 4


def step(thread: int, line: int, operation: str, key: int, value: str = "", note: str = "") -> Step:
    words = "self.lock" if key == LOCK else "self.balance"
    return Step(thread, "bank.py", line, operation, words, value, note, key=key)


STEPS = (
    step(1, 3, "acquire", LOCK),
    step(1, 4, "read", BALANCE, "100"),
    step(1, 4, "release", LOCK),
    step(2, 3, "acquire", LOCK),
    step(2, 4, "read", BALANCE, "100"),
    step(2, 4, "release", LOCK),
    step(1, 5, "write", BALANCE, "110", "B still believes that self.balance = 100"),
    step(2, 5, "write", BALANCE, "105"),
)
LOST = Rerun(
    title="No deposit is lost",
    ran="two deposits of 10 and 5",
    saw="balance: 105",
    expected="balance: 115",
    hint="What does B know?",
    trace=Trace(("MainThread", "A", "B"), STEPS, (), idiom="lost update", telling=(1, 4, 6, 7)),
)
SOURCE = Source(files={"bank.py": ANSWER})
BREAKOUT = "</script><script>document.title='owned';alert(1)</script><img src=x onerror=alert(2)>\"'`${alert(3)}<!--"
SAVAGE_TEXT = BREAKOUT + HOSTILE + "\u2066" + "x" * 100_000
SAVAGE = Rerun(
    title=SAVAGE_TEXT,
    ran=SAVAGE_TEXT,
    saw=SAVAGE_TEXT,
    expected=SAVAGE_TEXT,
    hint=SAVAGE_TEXT,
    trace=Trace(
        (SAVAGE_TEXT, "B"),
        tuple(
            Step(thread, "bank.py", 1, operation, SAVAGE_TEXT, SAVAGE_TEXT, SAVAGE_TEXT, key=2)
            for thread, operation in ((0, "write"), (1, SAVAGE_TEXT), (1, "write"))
        ),
        (SAVAGE_TEXT,),
        idiom=SAVAGE_TEXT,
    ),
)
SAVAGE_SOURCE = Source(files={"bank.py": f"# {SAVAGE_TEXT}\n" * 3})


def page(told: Rerun = LOST, source: Source = SOURCE) -> str:
    return write(told, source, "ex01 Bank account", "grade replay ex01 no_deposit_is_lost~0~0~")


class Elements(HTMLParser):
    """The tags of a page, their attributes, and what stands in its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, text: str) -> None:
        if self.tags[-1:] == ["script"] and text.strip():
            self.scripts.append(text)


@pytest.mark.parametrize(("told", "source"), [(LOST, SOURCE), (SAVAGE, SAVAGE_SOURCE)], ids=["lost", "savage"])
def test_page_loads_nothing_and_has_no_other_scripts_than_its_own(told: Rerun, source: Source) -> None:
    found = Elements(page(told, source))
    assert found.tags.count("script") == 2
    assert not {"img", "link", "iframe", "object", "form", "base", "a"} & set(found.tags)
    names = {name for name, _ in found.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "href", "style")}


@pytest.mark.parametrize("inside", ["\f", "\u2028"], ids=ascii)
def test_lines_are_numbered_as_python_numbers_them(inside: str) -> None:
    text = page(source=Source(files={"bank.py": ANSWER.replace(":\n", f":  # {inside}#\n", 1)}))
    assert text.count('id="f0-') == ANSWER.count("\n")


def test_policy_allows_exactly_the_pages_own_style_and_script() -> None:
    text = page()
    digests = [
        base64.b64encode(hashlib.sha256(re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[0].encode()).digest())
        for tag in ("style", "script")
    ]
    policy = "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}';"
    assert policy.format(*(digest.decode() for digest in digests)) in text.replace("&#43;", "+")


def test_no_character_of_the_answer_steers_the_page_or_its_reader() -> None:
    text = page(SAVAGE, SAVAGE_SOURCE)
    text.encode()
    assert not [each for each in text if ord(each) < 32 and each != "\n"]
    assert not set(text) & set("\x7f\x9b\u202e\u2066\u2028\ufffe")
    data = Elements(text).scripts[0]
    assert not set(data) & set("<>&")
    assert json.loads(data)["steps"][0]["note"].startswith("</script>")


def test_very_long_texts_are_cut() -> None:
    assert len(page(SAVAGE, SAVAGE_SOURCE)) < 200_000


def test_without_a_script_the_whole_interleaving_is_a_table() -> None:
    text = page()
    assert text.count("<tr data-step=") == len(STEPS)
    assert '<th scope="col" class="t0">A</th><th scope="col" class="t1">B</th>' in text
    assert "B still believes that self.balance = 100" in text
    for words in ("two deposits of 10 and 5", "balance: 105", "balance: 115", "What does B know?", "lost update"):
        assert words in text


def test_a_checks_own_source_is_not_in_the_page() -> None:
    heard = Step(1, "test_ex01_hidden.py", 7, "change", "heard", "['a']", key=6)
    again = Step(2, "test_ex01_hidden.py", 7, "change", "heard", "['a', 'b']", key=6)
    text = page(Rerun("t", "r", "s", "e", "", Trace(("M", "A", "B"), (heard, again), ())))
    assert "the check, line 7" in text
    assert 'class="codeline"' not in text


def test_lines_of_a_notebook_have_the_places_that_their_writer_knows() -> None:
    text = page(source=Source(files={"bank.py": ANSWER}, cells={4: ("cell 2", 1)}))
    assert "cell 2, line 1" in text
    assert '<span class="label">cell 2:1</span>' in text


def test_page_has_language_viewport_both_colour_schemes_and_a_form_for_paper() -> None:
    text = page()
    for words in ('<html lang="en">', 'name="viewport"', "prefers-color-scheme: dark", "@media print", "aria-live"):
        assert words in text


# ---- in a browser


@pytest.fixture
def shown(chromium: browser.Browser, tmp_path: Path) -> browser.Browser:
    path = tmp_path / "replay.html"
    path.write_text(page(), encoding="utf-8")
    chromium.open(path)
    return chromium


def now(shown: browser.Browser) -> str:
    return str(shown.do("document.getElementById('now').textContent"))


def cells(shown: browser.Browser, selector: str) -> list[str]:
    return list(shown.do(f"Array.from(document.querySelectorAll({json.dumps(selector)}), each => each.textContent)"))


def test_arrow_keys_home_and_end_step_through(shown: browser.Browser) -> None:
    assert now(shown).startswith("Before the first of 4 steps")
    shown.press("ArrowRight")
    assert now(shown) == "1 of 4: A, line 4: read self.balance = 100"
    shown.press("ArrowRight")
    assert now(shown) == "2 of 4: B, line 4: read self.balance = 100"
    shown.press("ArrowLeft")
    assert now(shown).startswith("1 of 4: A")
    shown.press("End")
    assert now(shown) == "4 of 4: B, line 5: write self.balance = 105"
    shown.press("ArrowRight")
    assert now(shown).startswith("4 of 4")
    shown.press("Home")
    assert now(shown).startswith("Before the first")
    assert shown.complaints == []


def test_keys_move_one_step_also_where_the_slider_has_the_focus(shown: browser.Browser) -> None:
    shown.do("document.getElementById('slider').focus()")
    shown.press("ArrowRight")
    shown.press("ArrowRight")
    assert now(shown).startswith("2 of 4")
    assert shown.do("document.getElementById('slider').value") == "2"


def test_buttons_and_rows_are_clicked(shown: browser.Browser) -> None:
    for selector, place in (("#on", "1 of 4"), ("#last", "4 of 4"), ("#back", "3 of 4"), ("#first", "Before")):
        shown.click(selector)
        assert now(shown).startswith(place)
    shown.click('tr[data-step="6"] button')
    assert now(shown).startswith("3 of 4: A, line 5")
    assert shown.complaints == []


def test_the_slider_is_dragged(shown: browser.Browser) -> None:
    shown.click("#slider")
    assert now(shown).startswith("2 of 4")
    assert shown.do("document.getElementById('slider').getAttribute('aria-valuetext')") == now(shown)


def test_values_locks_and_threads_are_those_of_the_step(shown: browser.Browser) -> None:
    assert cells(shown, ".state .now") == ["100"]
    assert cells(shown, ".owner") == ["free"]
    shown.press("ArrowRight")
    assert cells(shown, ".owner") == ["A"]
    assert cells(shown, ".waiting") == ["B"]
    assert cells(shown, ".stand")[1] == "waits for self.lock, held by A (line 3)"
    shown.click('tr[data-step="6"] button')
    assert cells(shown, ".state .now") == ["110"]
    assert cells(shown, ".known") == ["110", "100"]
    assert cells(shown, ".known.old") == ["100"]
    shown.press("End")
    assert cells(shown, ".state .now") == ["105"]


def test_lines_where_threads_are_now_and_next_are_marked_in_words(shown: browser.Browser) -> None:
    shown.press("ArrowRight")
    assert cells(shown, ".codeline.current code") == ["            old = self.balance"]
    marked = {line: cells(shown, f"#f0-{line} .mark-thread") for line in (3, 4, 5)}
    assert marked == {3: ["B waits"], 4: ["A now", "A next"], 5: []}


def test_every_step_is_shown_for_the_asking_and_the_place_is_kept(shown: browser.Browser) -> None:
    visible = "tr[data-step]:not([hidden]) button"
    assert cells(shown, visible) == ["1", "2", "3", "4"]
    shown.click('tr[data-step="4"] button')
    shown.click("#every")
    assert cells(shown, visible) == [str(number) for number in range(1, 9)]
    assert now(shown).startswith("5 of 8: B, line 4: read")


def test_the_page_fits_a_phone_and_asks_for_nothing(shown: browser.Browser) -> None:
    shown.resize(390, 844, dark=True)
    try:
        shown.press("End")
        assert shown.do("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        shown.resize(1280, 800)
    assert [url.split(":")[0] for url in shown.requests] == ["file"]


def test_a_focus_is_seen(shown: browser.Browser) -> None:
    shown.press("Tab")
    assert shown.do("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_hostile_answer_is_inert(chromium: browser.Browser, tmp_path: Path) -> None:
    path = tmp_path / "savage.html"
    path.write_text(page(SAVAGE, SAVAGE_SOURCE), encoding="utf-8")
    chromium.open(path)
    for key in ("End", "ArrowLeft", "Home", "ArrowRight"):
        chromium.press(key)
    chromium.click("#every")
    assert chromium.complaints == []
    assert chromium.do("document.title").startswith("ex01 Bank account: </script><script>")
    assert chromium.do("document.querySelectorAll('script').length") == 2
    assert chromium.do("document.images.length") == 0
    assert [url.split(":")[0] for url in chromium.requests] == ["file"]
