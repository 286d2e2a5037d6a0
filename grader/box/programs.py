"""The programs that jobs run, loaded in the zygote: an answer is rewritten once, and each job forked with the result.

Loading reads, rewrites and compiles source; nothing of the answer runs. It takes longer than many a job.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING, NamedTuple

from grader.box.protocol import DriveJob, ExplainJob, ExploreJob, Prepare, ReplayJob, Request, RunJob

if TYPE_CHECKING:
    from grader.interleave.program import LoadProblem, Program


class Layout(NamedTuple):
    """What a program is made of."""

    files: tuple[tuple[str, str], ...]
    module: str
    source: str
    file: str
    forbidden: tuple[str, ...]


class Programs:
    """Keeps the programs of one answer; those of another take their place."""

    def __init__(self) -> None:
        self.wanted: list[Layout] = []
        """Those to be loaded when there is nothing else to do."""
        self._loaded: dict[Layout, Program | LoadProblem] = {}

    def want(self, order: Prepare) -> None:
        files = tuple(sorted(order.files.items()))
        self.wanted = [Layout(files, order.module, *scenario, order.forbidden) for scenario in order.scenarios]

    def load_next(self) -> None:
        """Loads the first of those wanted, if any. For the zygote, in its idle moments."""
        if self.wanted:
            self._load(self.wanted.pop(0))

    def load_for(self, request: Request) -> None:
        """Loads what `request` needs, unless it is there already. For the zygote, before it forks."""
        job = request.job
        if isinstance(job, RunJob):
            import grader.processes.run
        if isinstance(job, ExplainJob | ReplayJob | DriveJob):
            job = job.job
        if isinstance(job, ExploreJob) and job.processes:
            import grader.processes.orders  # noqa: F401
        elif isinstance(job, ExploreJob):
            self._load(_layout(request, job))

    def of(self, request: Request, job: ExploreJob) -> Program:
        """The program of a job. Raises LoadProblem when the answer cannot be loaded."""
        program = self._find(_layout(request, job))
        if isinstance(program, Exception):
            raise program
        return program

    def _load(self, layout: Layout) -> None:
        if layout in self._loaded:
            return
        if any(kept.files != layout.files for kept in self._loaded):
            self._loaded.clear()
        # What is not foreseen is met again, and told, in the process of the job that needs this program.
        with contextlib.suppress(Exception):
            self._loaded[layout] = self._find(layout)
        # Frozen objects are not touched by the collector, so their pages stay shared with every job.
        gc.freeze()

    def _find(self, layout: Layout) -> Program | LoadProblem:
        from grader.interleave import program

        known = self._loaded.get(layout)
        if known is not None:
            return known
        try:
            files, module, source, file, forbidden = layout
            return program.load(dict(files), module, source, file, forbidden=forbidden)
        except program.LoadProblem as problem:
            return problem


def _layout(request: Request, job: ExploreJob) -> Layout:
    return Layout(tuple(sorted(request.files.items())), request.module, job.source, job.file, request.forbidden)
