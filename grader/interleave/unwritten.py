"""Unwritten data: which looks at data need be no steps, because nobody changes that data while several threads live.

Of every place in the sources this is taken to be so until an execution shows otherwise; then the search begins anew,
with one place more that is a step. A look at what nobody changes commutes with all that others do, so that where the
thread could have been interrupted before it, it can as well be interrupted after it. And as long as nothing has been
changed that was taken to be unchanging, the search is the same as one in which every look is a step: it meets the
first such change, if there is one. Musuvathi et al., "Finding and Reproducing Heisenbugs in Concurrent Programs"
(OSDI 2008), section 3, leave out the accesses that do not race for the same reason.
"""

from __future__ import annotations


class Unwritten:
    """Of one search; `begin` before each execution."""

    def __init__(self) -> None:
        self._steps: set[int] = set()
        """Places (sites) that look at what somebody changes."""
        self.mistaken = False
        """The execution showed a place that is not in the list it began with: what follows from it does not hold."""
        self._looks: dict[int, set[int]] = {}
        self._changed: set[int] = set()

    def begin(self) -> None:
        self.mistaken = False
        self._looks.clear()
        self._changed.clear()

    def looks(self, key: int, site: int) -> bool:
        """The location `key` is looked at; whether that need be no step."""
        if site in self._steps:
            return False
        if key in self._changed:
            self._steps.add(site)
            self.mistaken = True
            return False
        self._looks.setdefault(key, set()).add(site)
        return True

    def changes(self, key: int) -> None:
        """The location `key` is changed."""
        self._changed.add(key)
        sites = self._looks.pop(key, None)
        if sites:
            self._steps |= sites
            self.mistaken = True
