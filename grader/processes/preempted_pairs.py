"""One preemption for each pair of places once, before an operation on something shared. See `site_pairs`.

Where an execution costs a hundred times as much as a thread's, the first ones must go where mistakes are: between a
read and the write that follows it, between two locks. Who starts or joins whom is left to the natural order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.interleave.operations import Operation
from grader.interleave.strategies.site_pairs import SitePairs

_ORDERED = frozenset({"start", "join", "yield"})


class PreemptedPairs(SitePairs):
    """Deterministic; has nothing more to try when the last execution met no new pair."""

    def _departure(self, natural: int, runnable: Sequence[int], pending: Mapping[int, Operation], current: int) -> int:
        if current not in runnable or pending[current].kind in _ORDERED:
            return natural
        return super()._departure(natural, runnable, pending, current)
