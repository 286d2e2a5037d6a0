"""The hidden check of ex17: the server's block ends with an exception."""

from __future__ import annotations

import os

from grader.checks import check, scenario


@scenario
def block_that_raises(answer, lines):
    """with LogServer: write {lines} from the parent, then raise LookupError"""
    try:
        with answer.LogServer("log.txt") as server:
            handle = server.handle()
            for line in lines:
                handle.write(line)
            raise LookupError(lines[0])
    except LookupError:
        raised = True
    del handle
    if not os.path.exists("log.txt"):
        return ["no file"]
    with open("log.txt", encoding="utf-8") as file:
        return [raised, file.read().split("\n")]


@check(
    kind="EXC", points="1/4", hint="__exit__ is called with an exception, too: stop the listener, and let it through."
)
def test_server_ends_when_the_block_raises(box):
    """An exception in the block comes out; what was written before is in the file, and nothing is left."""
    lines = [f"line {box.random.randint(10, 99)}" for _ in range(3)]
    box.run(
        block_that_raises,
        lines=lines,
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: seen == [True, [*lines, ""]],
        expected=f"LookupError comes out, and the file holds {lines}",
    )
