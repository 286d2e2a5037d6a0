"""The hidden check of ex15: primes are counted by workers, too, and in pieces."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection

from grader.checks import check, scenario

LIMIT = 20.0
"""Seconds for one run: a busy machine changes no verdict."""


@scenario
def primes_in_pieces(answer, limit, workers, chunk):
    """count_primes({limit}) with {workers} workers in pieces of {chunk}: how many processes, how many messages?"""
    from grader.processes.children import Children

    caller, plain = os.getpid(), Connection._send_bytes

    def counted(connection, data):
        if os.getpid() != caller:
            with open("sent", "ab", 0) as file:
                file.write(b".")
        return plain(connection, data)

    Connection._send_bytes = counted
    try:
        with Children() as children:
            count = answer.count_primes(limit, workers, chunk)
    finally:
        Connection._send_bytes = plain
    sent = os.path.getsize("sent") if os.path.exists("sent") else 0
    return {"count": count, "processes": len(children.exit_codes()), "messages": sent}


@check(kind="PAR", points="1/2", hint="Does count_primes hand ranges to several processes, and one number comes back?")
def test_primes_are_counted_by_workers(box):
    """count_primes computes in as many processes as it was told, one message a piece."""
    workers, chunk = 3, box.random.randint(180, 220)
    limit = chunk * box.random.randint(15, 18)
    count = sum(all(number % divisor for divisor in range(2, int(number**0.5) + 1)) for number in range(2, limit))
    most = -(-limit // chunk) + 2 * workers
    box.run(
        primes_in_pieces,
        time_limit=LIMIT,
        limit=limit,
        workers=workers,
        chunk=chunk,
        start_method="fork",
        allowed=lambda seen: seen["count"] == count and 2 <= seen["processes"] <= workers and seen["messages"] <= most,
        expected=f"{count}, counted in two or three processes, with at most {most} messages",
    )
