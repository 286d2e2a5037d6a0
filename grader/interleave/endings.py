"""Endings in words: who waits where, for what, and who has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.interleave.parties import Parties
from grader.interleave.stand_ins.locks import Guard

if TYPE_CHECKING:
    from grader.interleave.execution import Site
    from grader.interleave.turns import Turns
    from grader.interleave.vthread import VThread


def waiting_sentences(turns: Turns, sites: Sequence[Site]) -> tuple[str, ...]:
    """One sentence for each thread that waits for something."""
    threads = turns.threads.values()
    hosts = {thread.host for thread in threads if isinstance(thread.monitor, Parties)}
    waiting = [thread for thread in threads if thread.monitor is not None]
    # The thread of an event loop waits for its tasks, which say what for.
    return tuple(
        _sentence(thread, turns, sites)
        for thread in waiting
        if not (thread in hosts and isinstance(thread.monitor, Parties))
    )


def spinning_sentences(turns: Turns, sites: Sequence[Site]) -> tuple[str, ...]:
    """One sentence for each thread that was still going round."""
    spins = {spin.thread: spin.site for spin in turns.fairness.spins}
    return tuple(
        f"{thread.name} goes round and round at {place(sites, spins.get(thread.number, thread.site))}"
        for thread in turns.threads.values()
        if thread.enabled and not thread.done
    )


def place(sites: Sequence[Site], site: int) -> str:
    """`bank.py:12, self._lock`."""
    if not 0 <= site < len(sites):
        return "the beginning"
    one = sites[site]
    return f"{one.file}:{one.line}" + (f" ({one.words})" if one.words else "")


def _sentence(thread: VThread, turns: Turns, sites: Sequence[Site]) -> str:
    told = not 0 <= thread.site < len(sites) or not sites[thread.site].file.startswith("grader/")
    waits = f"{thread.name} waits" + (f" at {place(sites, thread.site)}" if told else "")
    return waits + _for_what(thread, turns, sites)


def _for_what(thread: VThread, turns: Turns, sites: Sequence[Site]) -> str:
    operation = turns.pending.get(thread.number)
    monitor = thread.monitor
    if operation is not None and operation.kind == "join":
        other = next(one for one in turns.threads.values() if one.ended is monitor)
        return f" for {other.name} to end"
    if isinstance(monitor, Parties):
        return ", and nobody is left to end that"
    if operation is not None and operation.kind == "wait":
        return _awaited(monitor, sites)
    if isinstance(monitor, Guard) and monitor.holder is not None:
        holder = monitor.holder
        who = "itself" if holder is thread else holder.name
        gone = f", and {who} has ended" if holder.done else ""
        return f": held by {who} since {place(sites, monitor.held_at)}{gone}"
    return ""


def _awaited(monitor: object, sites: Sequence[Site]) -> str:
    if not isinstance(monitor, Guard):
        return " for an item"
    if monitor.counts:
        return " for somebody to release it"
    if monitor.unheard < 0:
        return " to be woken"
    return f" to be woken; notify() at {place(sites, monitor.unheard)} woke nobody"
