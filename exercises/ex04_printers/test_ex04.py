"""The public checks of ex04. The hidden ones are of the same kinds, with other lists and other accidents."""

from __future__ import annotations

import threading
import time

from grader.checks import Inside, attempt, check, pause, same, scenario


def in_turn(parts):
    """The right order: a column after the other, exhausted lists skipped."""
    longest = max(map(len, parts), default=0)
    return [part[place] for place in range(longest) for part in parts if place < len(part)]


@scenario
def listened(answer, parts):
    """alternate(emit, {parts})"""
    heard = []
    answer.alternate(heard.append, parts)
    return heard


@scenario
def listened_each(answer, cases):
    """alternate(emit, parts) for parts in {cases}"""
    return [listened(answer, parts) for parts in cases]


@scenario
def given_lists(answer):
    """numbers_and_letters()"""
    return answer.numbers_and_letters()


@scenario
def given_string(answer):
    """alternate(emit, numbers_and_letters()), all joined to one string"""
    heard = []
    answer.alternate(heard.append, answer.numbers_and_letters())
    return "".join(heard)


NUMBERS = [f"{number}{number + 1}" for number in range(1, 53, 2)]
LETTERS = [chr(ord("A") + place) for place in range(26)]


@check(kind="EDGE", points="1/2", hint="Pairs: 1 and 2, 3 and 4, up to 51 and 52; as many as there are letters.")
def test_numbers_and_letters(box):
    """numbers_and_letters() returns the 26 pairs of numbers and the 26 letters."""
    box.call(given_lists, expected=[NUMBERS, LETTERS])


@check(kind="EDGE", points="1/2", hint="Try it with two short lists first: [['12', '34'], ['A', 'B']].")
def test_prints_the_interview_task(box):
    """The interview task: 12A34B56C...5152Z."""
    box.call(given_string, expected="".join(in_turn([NUMBERS, LETTERS])))


@check(
    kind="EDGE",
    points="1/2",
    hint="Which printers still have something to say? max() of nothing is a trap.",
)
def test_lists_of_any_length(box):
    """One list, no lists, empty lists, and lists of different lengths."""
    simple = [[["a", "b"]], [["a", "b", "c"], ["1"]]]
    for cases in (simple, [[], [[]]], [[[], ["a"], []], [["a"], ["1", "2", "3"], [], ["x", "y"]]]):
        box.call(listened_each, cases=cases, expected=[in_turn(parts) for parts in cases])


def in_turn_on_every_schedule(box, parts):
    right = in_turn(parts)
    box.explore(listened, parts=parts, allowed=lambda heard: same(heard, right), expected=str(right), executions=600)


@check(kind="SAFE", points=1, hint="What must a thread know before it may speak, and who changes it?")
def test_two_take_turns(box):
    """Two printers speak in the right order on every schedule."""
    in_turn_on_every_schedule(box, [["12", "34", "56"], ["A", "B", "C"]])


@check(kind="SAFE", points=1, hint="With three threads the wrong one may wake: does it look again at whose turn it is?")
def test_three_take_turns(box):
    """Three printers speak in the right order on every schedule."""
    in_turn_on_every_schedule(box, [["a", "b"], ["1", "2"], ["x", "y"]])


@scenario
def watched(answer, parts):
    """alternate(emit, {parts}), noting which thread calls emit, and whether two do at once"""
    inside, heard = Inside(), []

    def emit(text):
        with inside:
            heard.append([threading.current_thread().name, text])
            pause()

    answer.alternate(emit, parts)
    return {"heard": heard, "in emit at once": inside.most}


@check(
    kind="SAFE",
    points="1/2",
    hint="A thread for each list, Thread(..., name=f'printer-{i}'), and it calls emit itself.",
)
def test_each_speaks_for_itself(box):
    """emit is called by the list's own thread, printer-0, printer-1, ..., and by one at a time."""
    parts = [["a", "b"], ["1"]]
    wanted = {"heard": [["printer-0", "a"], ["printer-1", "1"], ["printer-0", "b"]], "in emit at once": 1}
    box.explore(watched, parts=parts, allowed=lambda seen: same(seen, wanted), expected=str(wanted["heard"]))


@check(kind="LIVE", points=1, hint="Who hands the turn on when the next one has nothing left to say?")
def test_the_shorter_list_ends_first(box):
    """When a list is exhausted the others go on, and all threads end."""
    in_turn_on_every_schedule(box, [["a", "b", "c"], ["1"]])
    in_turn_on_every_schedule(box, [["a"], ["1", "2"], []])


class OutOfPaper(Exception):
    """What an emit raises that cannot go on."""


@scenario
def with_an_accident(answer, parts, broken):
    """alternate(emit, {parts}), where emit raises at {broken!r}"""
    heard = []

    def emit(text):
        heard.append(text)
        if text == broken:
            raise OutOfPaper(text)

    result = attempt(answer.alternate, emit, parts)
    until = heard.index(broken) + 1 if broken in heard else len(heard)
    return {"heard": heard[:until], "result": result}


def accident_seen(parts, broken):
    """What `with_an_accident` must see. What the others say after the accident is their own affair."""
    order = in_turn(parts)
    raised = {"raised": "OutOfPaper", "args": [broken]}
    return {"heard": order[: order.index(broken) + 1], "result": raised}


@check(kind="EXC", points=1, hint="Whoever stumbles must still hand the turn on (finally); and who remembers why?")
def test_an_accident_ends_it_for_all(box):
    """When emit raises, every thread ends and the exception comes out of alternate."""
    parts = [["a", "b"], ["1", "2"]]
    for broken in ("a", "1", "2"):
        wanted = accident_seen(parts, broken)
        box.explore(
            with_an_accident,
            parts=parts,
            broken=broken,
            allowed=lambda seen, wanted=wanted: same(seen, wanted),
            expected=f"{wanted['heard']}, then alternate raises OutOfPaper({broken!r})",
        )


@scenario
def timed(answer, parts, seconds):
    """alternate(emit, {parts}), where each emit takes {seconds} s: how long do the others let the turn lie?"""
    idle, ended = [], [time.monotonic()]

    def emit(_):
        idle.append(round(time.monotonic() - ended[-1], 6))
        time.sleep(seconds)
        ended.append(time.monotonic())

    answer.alternate(emit, parts)
    return {"seconds between two turns": idle}


@check(
    kind="BLOCK",
    points="1/2",
    hint="Whoever waits must be woken by whoever hands the turn on, not look at a watch.",
)
def test_waits_without_spinning_or_sleeping(box):
    """Whoever waits for the turn sleeps until it comes: it does not spin, and does not look again every so often."""
    parts = [["a", "b"], ["1", "2"]]
    box.explore(
        listened,
        parts=parts,
        spin="fail",
        allowed=lambda heard: same(sorted(heard), ["1", "2", "a", "b"]),
        expected="every thread blocks until its turn comes",
    )
    seconds = round(box.random.randint(1_000, 9_000) / 7_919, 6)  # no multiple of any pause that one would poll with
    box.call(
        timed,
        parts=parts,
        seconds=seconds,
        allowed=lambda seen: seen["seconds between two turns"] == [0.0] * 4,
        expected="the next one speaks as soon as the one before has ended",
    )


@scenario
def left_behind(answer, parts):
    """alternate(emit, {parts}); which printers still live when it has returned?"""
    speakers = []
    answer.alternate(lambda _: speakers.append(threading.current_thread()), parts)
    others = [thread for thread in [*speakers, *threading.enumerate()] if thread is not threading.current_thread()]
    return sorted({thread.name for thread in others if thread.is_alive()})


@check(kind="CLEAN", points="1/2", hint="Who waits for the threads to end? Joining only the last one is not enough.")
def test_all_threads_have_ended(box):
    """When alternate returns, all its threads have ended."""
    box.explore(left_behind, parts=[["a"], ["1", "2"]], allowed=lambda alive: alive == [], expected="no thread is left")
