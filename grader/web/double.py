"""The site as a function, for scenarios under the engine, where no socket is: waiting is virtual there.

    web = Double(site, time.sleep)          # the scenario's own time.sleep, which is the engine's
    html = web.fetch("http://site/page")

It behaves as `urllib.request.urlopen` does with the server: redirects are followed, each with its own latency.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from grader.web.site import Page, Site

HOPS = 10
"""Redirects followed for one page, as urllib does."""
BAD = 400
"""The least status that is an error."""


class WebError(OSError):
    """The server answered, and not with a page. `status` says how."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path}: HTTP status {status}")
        self.status = status


class Double:
    """Answers from `site`, which may be a Site or what became of one in JSON. `sleep(seconds)` does the waiting."""

    def __init__(self, site: Site | Mapping[str, Any], sleep: Callable[[float], Any]) -> None:
        self._site = site if isinstance(site, Site) else msgspec.convert(site, Site)
        self._sleep = sleep
        self._log: list[int] = []
        self.asked: list[str] = []
        """The paths asked for, in the order of the requests; redirects each."""

    @property
    def peak(self) -> int:
        """How many requests were under way at once, at most."""
        now = most = 0
        for step in self._log:
            now += step
            most = max(most, now)
        return most

    def fetch(self, url: str) -> str:
        """The body of the page. Raises WebError for a status from 400 on, ConnectionResetError, EOFError when cut."""
        path = _path(url)
        for _ in range(HOPS):
            page = self._begin(path)
            try:
                self._sleep(page.latency / 1000)
            finally:
                self._log.append(-1)
            if not page.location:
                return _body(page)
            path = _path(urljoin(page.path, page.location))
        raise WebError(path, page.status)

    async def fetch_async(self, url: str) -> str:
        """The same for coroutines; `sleep` is then awaited (asyncio.sleep)."""
        path = _path(url)
        for _ in range(HOPS):
            page = self._begin(path)
            try:
                waiting: Awaitable[Any] = self._sleep(page.latency / 1000)
                await waiting
            finally:
                self._log.append(-1)
            if not page.location:
                return _body(page)
            path = _path(urljoin(page.path, page.location))
        raise WebError(path, page.status)

    def _begin(self, path: str) -> Page:
        # One append is one step: what is counted from the list needs no lock.
        self._log.append(1)
        self.asked.append(path)
        return self._site.page(path)


def _path(url: str) -> str:
    return urlsplit(url).path or "/"


def _body(page: Page) -> str:
    if page.fails == "reset":
        raise ConnectionResetError(f"{page.path}: connection reset by peer")
    if page.fails == "cut":
        raise EOFError(f"{page.path}: the connection ended in the middle of the page")
    if page.status >= BAD:
        raise WebError(page.path, page.status)
    return page.body
