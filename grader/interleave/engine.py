"""Engine: runs a program under a strategy, one execution after another, and says what each was."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Collection, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from grader.interleave.endings import place, spinning_sentences, waiting_sentences
from grader.interleave.execution import Clock, Execution, Failure, Observer, Site, Spinning
from grader.interleave.fairness import WAITS
from grader.interleave.instrument.lives import Lives
from grader.interleave.instrument.memory import Hooks
from grader.interleave.looking import peek
from grader.interleave.scheduler import Scheduler
from grader.interleave.stand_ins.library import Library
from grader.interleave.stand_ins.printing import print_function
from grader.interleave.surroundings import Surroundings
from grader.interleave.vthread import GREENLETS, Abandon, Carrier

if TYPE_CHECKING:
    from grader.interleave.strategies import Strategy
    from grader.interleave.unwritten import Unwritten
    from grader.trace import Ending

__all__ = ["Engine", "Execution", "Failure", "Observer", "Site", "Spinning", "peek"]

STEPS = 20_000
"""Operations that one execution may take before it counts as a livelock."""
PRINTED = 2_000
"""Characters kept of what was printed."""
RUNS_PER_COLLECTION = 500


class Engine:
    """`program.engine` is the one whose stand-ins and hooks the program was compiled for."""

    def __init__(self, carrier: Carrier = GREENLETS) -> None:
        self.scheduler = Scheduler(carrier)
        self.library = Library(self.scheduler)
        self.sites: list[Site] = []
        """What `Operation.site` indexes."""
        self.hooks = Hooks(self.scheduler, self.sites)
        self.library.builtins.update(
            self.hooks.names(), print=print_function(self.hooks.printed_to, self.hooks.asked_for_output)
        )
        self.hooks.foreign.builtins = self.library.builtins
        self.hooks.foreign.by_computed_name = self._computed
        self.hooks.hide = self._hide
        self.library.place, self.library.touched = self.hooks.suspended, self.hooks.touched
        self.library.cached, self.library.read = self.hooks.cached, self.hooks.read
        self.library.told = self.hooks.foreign.wrap
        self.files: Collection[str] = ()
        """Names of the answer's files and the scenarios', the answer's first."""
        self.modules: dict[str, ModuleType] = {}
        """The program's own modules in this execution."""
        self.replaced: dict[str, ModuleType] = {}
        """Modules of the process for which these stand in `sys.modules` meanwhile."""
        self.hidden = ""
        """How the program may reach data by ways that are not told: then nothing is proven of it. See `Facts`."""
        self._waiting: tuple[str, ...] = ()
        self._error: BaseException | None = None
        self._runs = 0

    def let_die(self) -> None:
        """The program can tell when its objects die."""
        lives = self.hooks.lives = self.library.lives = Lives()
        self.scheduler.before, self.scheduler.when_alone = lives.sweep, lives.let_go
        self.library.builtins.update(lives.sweeping(self.hooks.names()))

    def run(
        self,
        main: Callable[[], object],
        strategy: Strategy,
        *,
        clock: Clock = "free",
        limit: int = STEPS,
        observers: Sequence[Observer] = (),
        unwritten: Unwritten | None = None,
    ) -> Execution:
        """One execution of `main` (made by `Program.execution`). The caller has asked `strategy.begin()`;
        `strategy.end(execution)` is called in here, also when the strategy abandons it. Without `unwritten` every
        look at data is a step."""
        if unwritten is not None:
            unwritten.begin()
        self.scheduler.begin(strategy, clock == "free", limit, observers, unwritten)
        self.hooks.begin()
        self.library.reset()
        execution = Execution()
        self._error, self._waiting = None, ()
        with Surroundings(self.scheduler, self.library.escapes, self.modules, self.replaced) as printed:
            self.scheduler.execute(lambda: self._main(main, execution), self._look_around)
        self._describe(execution, printed.getvalue())
        self._collect()
        strategy.end(execution)
        return execution

    def _main(self, main: Callable[[], object], execution: Execution) -> Ending:
        """The body of the main thread: the scenario, then what the interpreter does at the end."""
        scheduler = self.scheduler
        self.library.begin()
        try:
            execution.value = main()
            scheduler.returned = True
            self.library.shut_down()
        except Abandon:
            raise
        except BaseException as error:
            # `SystemExit` too: an answer that ends the program has not returned.
            self._error = error
            return "raised"
        return "done"

    def _look_around(self) -> None:
        """The threads are still where the execution left them."""
        ending = self.scheduler.ending
        if ending in ("deadlock", "leak"):
            self._waiting = waiting_sentences(self.scheduler, self.sites)
        elif ending == "busy-wait":
            self._waiting = spinning_sentences(self.scheduler, self.sites)

    def _failure(self, thread: int, error: BaseException) -> Failure:
        file, line = "", 0
        at = error.__traceback__
        while at is not None:
            name = at.tb_frame.f_code.co_filename
            if name in self.files:
                file, line = name, at.tb_lineno
            at = at.tb_next
        return Failure(thread, type(error).__name__, _message(error), file, line)

    def _describe(self, execution: Execution, printed: str) -> None:
        scheduler = self.scheduler
        execution.choices = scheduler.choices
        execution.glances = scheduler.glances
        execution.pending = dict(scheduler.pending)
        execution.threads = {number: thread.name for number, thread in scheduler.threads.items()}
        execution.makespan = scheduler.clock.now
        execution.printed = printed[:PRINTED]
        execution.nestings = frozenset(scheduler.nestings)
        execution.spins = scheduler.fairness.spins
        execution.stalls = scheduler.stalls
        execution.restrained = self._restrained()
        execution.abandoned = scheduler.ending == "abandoned"
        if self._error is not None:
            execution.error = self._failure(0, self._error)
        if scheduler.escapees:
            execution.thread_errors = [self._failure(*one) for one in scheduler.escapees]
        ending = scheduler.ending
        if ending == "done" and execution.thread_errors:
            ending = "raised"
        if ending != "done" and ending != "abandoned":
            execution.ending = ending or "done"
            execution.detail = tuple(self._detail(execution))
        if execution.ending not in ("done", "raised", "leak"):
            execution.value = None

    def _restrained(self) -> str:
        """What this program does because of which not every order of it is tried, so that nothing is proven of it."""
        scheduler = self.scheduler
        if self.hidden or scheduler.fairness.restrained:
            return self.hidden or scheduler.fairness.restrained
        if scheduler.clock.unsettled:
            return "looks at the clock while others sleep"
        torn = scheduler.groups.torn()
        if torn >= 0:
            return f"touches several things in one operation, at {place(self.sites, torn)}, while others change them"
        # Abandoned because all others were covered: then who stood back counts, too.
        return WAITS if scheduler.ending == "abandoned" and scheduler.fairness.holds_back() else ""

    def _detail(self, execution: Execution) -> list[str]:
        scheduler, sites = self.scheduler, self.sites
        said = [scheduler.note] if scheduler.note else []
        if execution.error is not None:
            said.append(execution.error.sentence(execution.threads[0]))
        said += [failure.sentence(execution.threads[failure.thread]) for failure in execution.thread_errors]
        if execution.ending in ("deadlock", "leak", "busy-wait"):
            said += self._waiting
        if execution.ending == "livelock":
            last = scheduler.current
            said.append(f"the step budget ran out; {last.name} was at {place(sites, last.site)}")
        return said

    def _computed(self, module: ModuleType) -> None:
        if module.__name__ in self.hooks.modules:
            self._hide("assigns a variable of a module by a computed name")

    def _hide(self, how: str) -> None:
        self.hidden = self.hidden or how

    def _collect(self) -> None:
        self._runs += 1
        if self._runs % RUNS_PER_COLLECTION == 0:
            # What executions leave is young. All that lives in the process besides, pytest for example, is not ours.
            gc.collect(1)


def _message(error: BaseException) -> str:
    """What the exception says, on one line, without addresses, which differ from run to run."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return re.sub(r"0x[0-9a-fA-F]+", "0x...", " ".join(text.split()))[:300]
