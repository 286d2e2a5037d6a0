"""The version, in one place: every result names the grader that made it."""

VERSION = "0.1.0"
