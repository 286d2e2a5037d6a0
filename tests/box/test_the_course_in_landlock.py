"""What is right in the tier full is right in the tier landlock, too: marks must not hang on the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from boxes import need

from grader.course import read_course
from grader.exercises import ExerciseOnDisk, find_exercises
from grader.grading import Options, grade
from grader.submissions import read

EXERCISES = find_exercises(read_course(Path(__file__).resolve().parents[2]))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.spec.id)
def test_the_reference_gets_all_points_in_landlock(exercise: ExerciseOnDisk) -> None:
    need("landlock")
    assert exercise.solution is not None
    result = grade(exercise, read(exercise.solution, exercise.spec.module), Options(tier="landlock"))
    assert [(each.id, each.findings) for each in result.checks if each.verdict != "pass"] == []
