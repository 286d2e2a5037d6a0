from __future__ import annotations

import io

from grader.bulk.progress import LINES, Lines, showing


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_is_what_the_graded_ones_took() -> None:
    clock, log = Clock(), io.StringIO()
    lines = Lines(4, log, clock)
    for _ in range(4):
        clock.now += 10
        lines.advance(fresh=True)
    assert log.getvalue().splitlines() == [
        "bulk: 1 of 4 done, about 30 s left",
        "bulk: 2 of 4 done, about 20 s left",
        "bulk: 3 of 4 done, about 10 s left",
        "bulk: 4 of 4 done",
    ]


def test_what_was_in_the_store_does_not_count_as_speed() -> None:
    clock, log = Clock(), io.StringIO()
    lines = Lines(4, log, clock)
    lines.advance(fresh=False)
    lines.advance(fresh=False)
    clock.now += 200
    lines.advance(fresh=True)
    assert log.getvalue().splitlines() == [
        "bulk: 1 of 4 done",
        "bulk: 2 of 4 done",
        "bulk: 3 of 4 done, about 3 min left",
    ]


def test_a_log_gets_few_lines_however_much_there_is_to_do() -> None:
    log = io.StringIO()
    lines = Lines(1000, log, Clock())
    for _ in range(1000):
        lines.advance(fresh=True)
    assert len(log.getvalue().splitlines()) == LINES


def test_a_terminal_gets_a_bar_and_a_log_gets_lines() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        with showing(1, stream) as progress:
            progress.advance(fresh=True)
    assert log.getvalue() == "bulk: 1 of 1 done\n"
    assert "\x1b[" in terminal.getvalue()
    assert "grading" in terminal.getvalue()
