"""What an exercise author writes with. `docs/author/` explains it; the rest of this package is inside.

check, scenario                     declare a check, and what runs inside the box
together, attempt, Inside, pause    what a scenario may use
same                                exact comparison for predicates: types count, 1 is not True
"""

from grader.checks.declaring import check, scenario
from grader.checks.judging import Judge, same
from grader.checks.tools import Inside, attempt, pause, together

__all__ = ["Inside", "Judge", "attempt", "check", "pause", "same", "scenario", "together"]
