"""The public checks of ex15. Everything runs in real processes; the hidden check looks into them."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection

from grader.checks import attempt, check, same, scenario

PATIENCE = 6.0
"""Seconds that a task waits for company. Only wrong answers wait so long."""
LIMIT = 20.0
"""Seconds for one run: a busy machine changes no verdict, and a deadlock is seen at once."""
# Where an interval ends is the business of one check: in the others the limit is no prime, and all pieces are full.


@scenario
def chosen(answer, kinds):
    """choose(kind) for {kinds}"""
    return [attempt(answer.choose, kind) for kind in kinds]


@check(kind="EDGE", points="1/4", hint="Who holds the global interpreter lock while it waits, and while it computes?")
def test_chooses(box):
    """Threads for waiting, processes for computing; ValueError for what is neither."""
    box.run(
        chosen,
        time_limit=LIMIT,
        kinds=["io", "cpu", "ram"],
        allowed=lambda seen: (
            same(seen[:2], [{"value": "threads"}, {"value": "processes"}]) and seen[2]["raised"] == "ValueError"
        ),
        expected="'threads' for io, 'processes' for cpu, ValueError for ram",
    )


@scenario
def primes_counted(answer, cases):
    """count_primes(limit, workers, chunk) for {cases}"""
    return [attempt(answer.count_primes, *case) for case in cases]


def primes_below(limit):
    return sum(all(number % divisor for divisor in range(2, int(number**0.5) + 1)) for number in range(2, limit))


@check(kind="EDGE", points="1/2", hint="Where does one piece end and the next begin? Is 1 prime? Is `limit` counted?")
def test_counts_primes(box):
    """The primes below the limit, however it is cut into pieces."""
    prime = box.random.choice([401, 601, 809, 1009])
    cases = [[0, 1, 5], [2, 1, 5], [3, 1, 1], [10, 2, 3], [prime, 2, 100], [prime + 1, 3, 90], [30, 2, 10_000]]
    wanted = [{"value": primes_below(limit)} for limit, _, _ in cases]
    box.run(
        primes_counted,
        time_limit=LIMIT,
        cases=cases,
        allowed=lambda seen: same(seen, wanted),
        expected=", ".join(str(case["value"]) for case in wanted),
    )


@scenario
def mapped(answer, items):
    """parallel_map over {items}, where the first item waits until nobody else has work; then over nothing"""
    function = partial(first_is_last, os.getpid())
    waits = answer.parallel_map(function, iter(items), 2, 1)
    none = answer.parallel_map(function, [], 2, 1)
    few = answer.parallel_map(abs, [-3, -2, -1], 2, 100)
    return {"results": waits, "of nothing": none, "of one chunk": few}


def first_is_last(caller, item):
    from grader.processes.rest import all_rest

    end = time.monotonic() + PATIENCE
    while item < 0 and time.monotonic() < end and not all_rest(caller, {threading.get_native_id()}):
        time.sleep(0.002)
    return item * item


@check(kind="EDGE", points="1/2", hint="Which result is ready first? Which one is wanted first?")
def test_keeps_the_order(box):
    """The results come in the order of the items, whichever is ready first."""
    items = [-box.random.randint(2, 99), *box.random.sample(range(2, 99), 6)]
    wanted = {"results": [item * item for item in items], "of nothing": [], "of one chunk": [3, 2, 1]}
    box.run(
        mapped,
        time_limit=LIMIT,
        items=items,
        start_method="fork",
        allowed=lambda seen: same(seen, wanted),
        expected=f"{wanted['results']}, [], [3, 2, 1]",
    )


@scenario
def errors_met(answer, bad):
    """parallel_map over 0..9 in chunks of 3, where item {bad} raises; then with 0 workers, and with chunk 0"""
    return [
        attempt(answer.parallel_map, fails_at, [[item, bad] for item in range(10)], 2, 3),
        attempt(answer.parallel_map, abs, [1], 0, 1).get("raised"),
        attempt(answer.parallel_map, abs, [1], 2, 0).get("raised"),
        attempt(answer.count_primes, 10, 0, 5).get("raised"),
        attempt(answer.count_primes, 10, 2, 0).get("raised"),
    ]


def fails_at(pair):
    item, bad = pair
    if item == bad:
        raise LookupError("no such item", item)
    return item


@check(kind="EXC", points="1/2", hint="What does the executor's map do with an exception? Who asks for the results?")
def test_errors_come_out(box):
    """What a worker raises comes out of parallel_map; numbers below 1 are a ValueError."""
    bad = box.random.randint(1, 9)
    box.run(
        errors_met,
        time_limit=LIMIT,
        bad=bad,
        start_method="fork",
        allowed=lambda seen: same(
            seen, [{"raised": "LookupError", "args": ["no such item", bad]}, *["ValueError"] * 4]
        ),
        expected=f"LookupError('no such item', {bad}), and a ValueError for each number below 1",
    )


@scenario
def company(answer, workers, items):
    """parallel_map over {items} items with {workers} workers; the first ones wait until nobody else can come in"""
    records = answer.parallel_map(*gathering("several", items, workers), workers, 1)
    alone = answer.parallel_map(*gathering("alone", 4, 1), 1, 1)
    return {
        "met": all(met for met, _ in [*records, *alone]),
        "processes": len({pid for _, pid in records}),
        "in the caller": os.getpid() in {pid for _, pid in [*records, *alone]},
        "processes of one worker": len({pid for _, pid in alone}),
    }


def gathering(room, items, company):
    """The function and the items for a map whose first tasks meet in the folder `room`."""
    os.mkdir(room)
    return partial(waits_for_company, os.getpid(), room, company), range(items)


def waits_for_company(caller, room, company, place):
    """Whether as many as `company` came in, and in which process."""
    from grader.processes.rest import all_rest

    end = time.monotonic() + PATIENCE
    open(f"{room}/{threading.get_native_id()}.{place}", "w").close()
    while not os.path.exists(f"{room}.closed"):
        inside = [int(name.partition(".")[0]) for name in os.listdir(room)]
        complete = len(inside) >= company
        if (complete and all_rest(caller, inside)) or time.monotonic() > end:
            os.close(os.open(f"{room}.closed", os.O_CREAT))
        time.sleep(0.002)
    return [len(os.listdir(room)) >= company, os.getpid()]


@check(kind="PAR", points="1/2", hint="Who computes, and in how many processes at once? Pass `workers` to the pool.")
def test_works_in_as_many_processes(box):
    """With three workers three items are computed at once, in three processes and no more."""
    box.run(
        company,
        time_limit=LIMIT,
        workers=3,
        items=box.random.randint(9, 12),
        start_method="fork",
        allowed=lambda seen: (
            seen["met"] is True
            and seen["processes"] == 3
            and seen["processes of one worker"] == 1
            and seen["in the caller"] is False
        ),
        expected="three at once, in three processes; one process for one worker; nothing in the caller's own process",
    )


@scenario
def messages_sent(answer, items, chunk):
    """parallel_map over {items} items in chunks of {chunk}; how many messages come back from the workers?"""
    caller, plain = os.getpid(), Connection._send_bytes

    def counted(connection, data):
        if os.getpid() != caller:
            with open("sent", "ab", 0) as file:
                file.write(b".")
        return plain(connection, data)

    Connection._send_bytes = counted
    try:
        results = answer.parallel_map(abs, range(-items, 0), 2, chunk)
    finally:
        Connection._send_bytes = plain
    sent = os.path.getsize("sent") if os.path.exists("sent") else 0
    return {"results": sorted(results) == list(range(1, items + 1)), "messages": sent}


@check(kind="PAR", points="1/4", hint="One message for each chunk: pass `chunk` on, as chunksize for example.")
def test_sends_chunks(box):
    """A worker answers once for each chunk, not once for each item."""
    items, chunk, workers = 40, box.random.randint(8, 10), 2
    most = -(-items // chunk) + 2 * workers
    box.run(
        messages_sent,
        time_limit=LIMIT,
        items=items,
        chunk=chunk,
        start_method="fork",
        allowed=lambda seen: seen["results"] is True and seen["messages"] <= most,
        expected=f"at most {most} messages: one a chunk, two more a worker",
    )


@scenario
def spawned(answer, limit):
    """count_primes({limit}) and parallel_map"""
    return [answer.count_primes(limit, 2, 50), sorted(answer.parallel_map(abs, [-1, 2, -3], 2, 2))]


@check(kind="LIVE", points="1/2", hint="A spawned worker imports your file anew. What runs then? What is not there?")
def test_works_under_spawn(box):
    """Both functions work when the workers are spawned."""
    limit = 50 * box.random.randint(2, 4)
    box.run(
        spawned,
        time_limit=LIMIT,
        limit=limit,
        start_method="spawn",
        allowed=lambda seen: same(seen, [primes_below(limit), [1, 2, 3]]),
        expected=f"{primes_below(limit)} and [1, 2, 3]",
    )


@scenario
def all_done(answer, limit):
    """count_primes({limit}), parallel_map, and parallel_map with an error; then: who is still there?"""
    return [
        answer.count_primes(limit, 2, 100),
        sorted(answer.parallel_map(abs, [-1, 2, -3], 2, 1)),
        attempt(answer.parallel_map, len, [[], 5, []], 2, 1).get("raised"),
    ]


@check(kind="CLEAN", points="1/2", hint="Who ends the workers, and who waits for them? A `with` does both.")
def test_leaves_nothing_behind(box):
    """All processes have ended when the functions return, after an error, too."""
    limit = 100 * box.random.randint(3, 5)
    box.run(
        all_done,
        time_limit=LIMIT,
        limit=limit,
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: same(seen, [primes_below(limit), [1, 2, 3], "TypeError"]),
        expected="the right results; no process, no thread, no descriptor left",
    )


@scenario
def computed(answer, seeds, rounds):
    """parallel_map over 12 items of computing, with two workers"""
    records = answer.parallel_map(churn, [[seed, rounds] for seed in seeds], 2, 1)
    times = sorted([begin, end] for _, _, begin, end in records)
    return {
        "results": sorted(result for result, _, _, _ in records),
        "processes": len({pid for _, pid, _, _ in records}),
        "overlap": any(later[0] < earlier[1] for earlier, later in pairwise(times)),
    }


@scenario
def computed_in_one_process(_, seeds, rounds):
    """the same computing, one item after the other"""
    return sorted(churn([seed, rounds])[0] for seed in seeds)


def churn(work):
    """Computing that nothing but computing can shorten; and where and when it was done."""
    value, rounds = work
    begin = time.monotonic()
    for _ in range(rounds):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return [value, os.getpid(), begin, time.monotonic()]


@check(kind="SPEED", points=1, hint="How many processes have something to do at once? Do they do each item only once?")
def test_two_workers_are_faster(box):
    """Two workers compute faster than one process."""
    box.speedup(
        computed,
        time_limit=LIMIT,
        beside=computed_in_one_process,
        seeds=[box.random.randrange(2**31) for _ in range(12)],
        rounds=200_000,
        start_method="fork",
        allowed=lambda seen, alone: same(seen["results"], alone),
        expected="the same results, at least 1.3 times as fast as one process",
        evidence=lambda seen: seen["processes"] >= 2 and seen["overlap"] is True,
    )
