"""The site over real sockets: HTTP/1.1 on loopback, for any client, with virtual time. Runs inside the box.

An answer is held back until the clients' process tree does nothing but wait (`asleep`); then the clock jumps to the
next answer that is due. Twenty pages of 50 ms take 1.000 s one after the other, 0.200 s five at a time and 0.050 s all
at once, exactly, on any machine. The supervisor of the run drives it: no thread, no event loop of its own.
HTTP itself is h11's work (docs/decisions/0011).
"""

from __future__ import annotations

import contextlib
import heapq
import importlib
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from grader.processes.watch import Watch
from grader.trace import Json
from grader.web.asleep import Sleepers
from grader.web.site import Page, Site

CHUNK = 1 << 16
MOST_TOLD = 2000
"""Requests of which the facts hold the times."""
_NO_METHOD = Page("", "only GET and HEAD are known here", status=405, latency=0, kind="text/plain")
_NO_REQUEST = Page("", "this is no HTTP request", status=400, latency=0, kind="text/plain")
_LINGER = struct.pack("ii", 1, 0)
"""Close at once and tell the other side so: a reset."""


class Asked(Struct):
    """One request, in virtual milliseconds."""

    path: str
    begin: int
    end: int = -1
    status: int = 0


class Server:
    """Serves one run. `look` does what there is to do and never waits."""

    def __init__(self, site: Site) -> None:
        """Raises OSError where no socket can be had (tier landlock), ImportError without h11."""
        self._h11: Any = importlib.import_module("h11")  # only here: an extra, and nothing else needs it
        self._site = site
        self._now = 0
        self._asked: list[Asked] = []
        self._due: list[tuple[int, int, Asked, _Line, Page]] = []
        self._peak = 0
        self._lines: list[_Line] = []
        self._sleepers: Sleepers | None = None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self, watch: Watch) -> None:
        self._sleepers = Sleepers(watch, self.port)

    def look(self) -> None:
        if self._sleepers is None:
            return
        now = time.monotonic()
        if self._accept() + sum(map(self._serve, self._lines)):
            self._sleepers.stirred(now)
        elif self._due and self._sleepers.asleep(now):
            self._answer_next()
            self._sleepers.stirred(now)
        self._lines = [line for line in self._lines if line.open]

    def over(self) -> None:
        """What is asked after the scenario is answered, too."""

    def end(self, _seconds: float) -> None:
        """The program is over: nobody is answered any more."""
        self.close()

    def close(self) -> None:
        self._sleepers = None
        self._listener.close()
        for line in self._lines:
            line.close()

    def facts(self) -> Json:
        """Virtual seconds from begin to end of the last answer; most requests at once; each request."""
        told: list[Json] = [
            [each.path, each.begin / 1000, each.end / 1000, each.status] for each in self._asked[:MOST_TOLD]
        ]
        return {"makespan": self._now / 1000, "peak": self._peak, "count": len(self._asked), "requests": told}

    def _accept(self) -> int:
        accepted = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self._listener.accept()
                self._lines.append(_Line(connection, self._h11))
                accepted += 1
        return accepted

    def _serve(self, line: _Line) -> bool:
        """Takes what came on one connection; whether anything did."""
        moved = line.flush() | line.read()
        for method, path in line.requests():
            self._take(line, method, path)
            moved = True
        return moved

    def _take(self, line: _Line, method: str, path: str) -> None:
        page = self._site.page(path.partition("?")[0]) if method in ("GET", "HEAD") else _NO_METHOD
        asked = Asked(path[:200], self._now)
        self._asked.append(asked)
        heapq.heappush(self._due, (self._now + page.latency, len(self._asked), asked, line, page))
        self._peak = max(self._peak, len(self._due))

    def _answer_next(self) -> None:
        """The clock jumps to the next answer; all that are due at the same moment are given."""
        self._now = self._due[0][0]
        while self._due and self._due[0][0] == self._now:
            _, _, asked, line, page = heapq.heappop(self._due)
            asked.end, asked.status = self._now, 0 if page.fails else page.status
            line.answer(page)


class _Line:
    """One connection: bytes and HTTP."""

    def __init__(self, connection: socket.socket, h11: Any) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._h11 = h11
        self._http = h11.Connection(h11.SERVER)
        self._request: Any = None
        self._out = b""
        self._head = False
        self._last = False
        self.open = True

    def read(self) -> bool:
        """Whether anything came, an end included."""
        if not self.open:
            return False
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            self.close()
            return True
        with contextlib.suppress(self._h11.RemoteProtocolError, RuntimeError):
            self._http.receive_data(data)
        if not data:
            self.close()
        return True

    def requests(self) -> Iterator[tuple[str, str]]:
        """Method and path of each request that is complete; the next one comes after the answer."""
        while self.open:
            try:
                event = self._http.next_event()
            except self._h11.RemoteProtocolError:
                self._refuse()
                return
            if isinstance(event, self._h11.Request):
                self._request = event
            elif isinstance(event, self._h11.EndOfMessage):
                self._head = self._request.method == b"HEAD"
                yield self._request.method.decode("ascii"), self._request.target.decode("ascii", "replace")
            elif not isinstance(event, self._h11.Data):
                return

    def answer(self, page: Page) -> None:
        if not self.open:
            return
        if page.fails == "reset":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self.close()
            return
        body = page.body.encode("utf-8")
        self._send(self._h11.Response(status_code=page.status, headers=_headers(page, len(body))))
        if page.fails == "cut":
            self._out += body[: len(body) // 2]
            self._last = True
        else:
            self._send(self._h11.Data(data=b"" if self._head else body))
            self._send(self._h11.EndOfMessage())
            self._last = self._http.our_state is not self._h11.DONE
            if not self._last:
                self._http.start_next_cycle()
        self.flush()

    def flush(self) -> bool:
        """Sends what the socket takes; whether it took anything."""
        before = len(self._out)
        if not self.open or (not before and not self._last):
            return False
        try:
            while self._out:
                self._out = self._out[self._socket.send(self._out) :]
        except BlockingIOError:
            pass
        except OSError:
            self.close()
        if self._last and not self._out:
            self.close()
        return len(self._out) < before

    def close(self) -> None:
        self.open = False
        self._socket.close()

    def _refuse(self) -> None:
        with contextlib.suppress(self._h11.LocalProtocolError):
            self._send(
                self._h11.Response(status_code=400, headers=[*_headers(_NO_REQUEST, 0), ("connection", "close")])
            )
            self._send(self._h11.EndOfMessage())
        self._last = True
        self.flush()

    def _send(self, event: Any) -> None:
        self._out += self._http.send(event) or b""


def _headers(page: Page, length: int) -> list[tuple[str, str]]:
    headers = [("content-type", page.kind), ("content-length", str(length)), ("server", "threadmark")]
    return [*headers, ("location", page.location)] if page.location else headers
