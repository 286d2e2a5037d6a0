"""YAML into frozen values, with the file and line of everything that is wrong, all of it at once.

The msgspec Structs are the only schema. This module walks a document beside them: `msgspec.convert` alone would
stop at the first error and knows no lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from grader.errors import CourseError

Path = tuple[str | int, ...]
"""Where a value is in its document: `("exercises", 3, "points")`."""

_Form = TypeVar("_Form", bound=Struct)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Marked:
    """One YAML document: its values as Structs, the line of each, and what is wrong with it."""

    def __init__(self, text: str, file: str) -> None:
        """Parses `text`; `file` is how messages call it. Raises CourseError when it is not YAML."""
        self.file = file
        self.errors: list[CourseError] = []
        self._lines: dict[Path, int] = {}
        self._ids: dict[Path, str] = {}
        try:
            self._loader = _Loader(text)
            self._root = self._loader.get_single_node()
        except (yaml.YAMLError, ValueError) as error:
            raise self._syntax(error) from None

    def read(self, form: type[_Form]) -> _Form | None:
        """The whole document as `form`; None when it cannot be one, and `errors` says why."""
        if self._root is None:
            self.wrong((), "the file is empty", f"begin with {_beginning(form)}", "course-yaml")
            return None
        return self._struct(self._root, form, ())

    def wrong(self, path: Path, message: str, remedy: str, slug: str) -> None:
        """Notes that the value at `path` is wrong, at its line or at that of what it lies in."""
        self.errors.append(CourseError(message, remedy=remedy, where=self.where(path), slug=slug))

    def where(self, path: Path) -> str:
        """`course.yaml:41` for the value at `path`, or for the nearest thing around it."""
        while path not in self._lines and path:
            path = path[:-1]
        return f"{self.file}:{self._lines.get(path, 0) + 1}"

    def _struct(self, node: yaml.Node, form: type[_Form], path: Path) -> _Form | None:
        self._lines[path] = node.start_mark.line
        if not isinstance(node, yaml.MappingNode):
            keys = ", ".join(field.encode_name for field in _fields(form))
            message = f"{self._spot(path)}: {self._value(node)!r} is not a group of keys"
            self.wrong(path, message, f"write keys and values here: {keys}", "course-value")
            return None
        before = len(self.errors)
        self._ids[path] = next((value.value for key, value in node.value if key.value == "id"), "")
        known = {field.encode_name: field for field in _fields(form)}
        given: dict[str, Any] = {}
        for key, value, field in self._entries(node, known, path):
            given[field.name] = self._field(value, field, (*path, key))
        self._demand(form, given, path)
        return form(**given) if len(self.errors) == before else None

    def _entries(
        self, node: yaml.MappingNode, known: dict[str, FieldInfo], path: Path
    ) -> Iterator[tuple[str, yaml.Node, FieldInfo]]:
        """The entries whose keys belong here; the others are noted as wrong."""
        first: dict[str, int] = {}
        for key_node, value in node.value:
            key = str(self._value(key_node))
            self._lines[*path, key] = line = key_node.start_mark.line
            if key not in known:
                message = f"there is no key {key!r} {self._inside(path)}"
                self.wrong((*path, key), message, _advice(key, known), "course-key")
            elif key in first:
                message = f"the key {key!r} is written twice {self._inside(path)}"
                self.wrong((*path, key), message, f"keep one: the other is in line {first[key] + 1}", "course-twice")
            else:
                first[key] = line
                yield key, value, known[key]

    def _demand(self, form: type[Struct], given: dict[str, Any], path: Path) -> None:
        for field in _fields(form):
            if field.required and field.name not in given:
                message = f"{self._spot(path) or 'the file'} has no key {field.encode_name!r}"
                self.wrong(path, message, f"add a line {_sample(field)}", "course-missing")

    def _field(self, node: yaml.Node, field: FieldInfo, path: Path) -> Any:
        form = field.type
        if isinstance(form, type) and issubclass(form, Struct):
            return self._struct(node, form, path)
        inner = _struct_in(form)
        if inner is not None and isinstance(node, yaml.SequenceNode):
            return tuple([self._struct(item, inner, (*path, i)) for i, item in enumerate(node.value)])
        return self._leaf(node, field, path)

    def _leaf(self, node: yaml.Node, field: FieldInfo, path: Path) -> Any:
        value = self._value(node)
        try:
            return msgspec.convert(_moment(value), field.type, strict=True)
        except msgspec.ValidationError:
            message = f"{self._spot(path)}: {value!r} is not {describe(field.type)}"
            self.wrong(path, message, _remedy(field, node), "course-value")
            return None

    def _value(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError):
            return getattr(node, "value", None)

    def _spot(self, path: Path) -> str:
        """`("exercises", 3, "points")` for a person: "points of ex04"."""
        if not path:
            return ""
        if isinstance(path[-1], int):
            return self._ids.get(path) or f"entry {path[-1] + 1} of {path[-2]}"
        return f"{path[-1]} of {self._spot(path[:-1])}" if len(path) > 1 else path[-1]

    def _inside(self, path: Path) -> str:
        return f"in {self._spot(path)}" if path else "at the top level"

    def _syntax(self, error: Exception) -> CourseError:
        problem = str(getattr(error, "problem", None) or error)
        # of something that never ends, its beginning tells more than the end of the file
        mark = getattr(error, "context_mark" if "end of stream" in problem else "problem_mark", None)
        where = f"{self.file}:{mark.line + 1}" if mark else self.file
        context = getattr(error, "context", None)
        remedy = "look at this line and the one above: indentation by spaces, a colon and a space after each key"
        return CourseError(
            f"this is not YAML: {f'{context} ' if context else ''}{problem}",
            remedy=remedy,
            where=where,
            slug="course-yaml",
        )


@cache
def _fields(form: type[Struct]) -> tuple[FieldInfo, ...]:
    return fields(form)  # evaluates every annotation anew


def describe(form: Any) -> str:
    """What values a field takes, in words: "a whole number from 1 to 4"."""
    schema = _schema(form)
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    return " or ".join(_words(option) for option in options)


def _words(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"a list, each of it {_words(schema.get('items', {}))}"
    if schema.get("title"):
        return str(schema["title"])
    names = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "text"}
    return names.get(str(schema.get("type")), "a value") + _range(schema)


def _range(schema: dict[str, Any]) -> str:
    low, above, high = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    start = f" from {low}" if low is not None else f" above {above}" if above is not None else ""
    if high is not None:
        return f"{start} to {high}" if low is not None else f"{start}, at most {high}"
    return f"{start} up" if low is not None else start


def _schema(form: Any) -> dict[str, Any]:
    return dict(msgspec.json.schema(form))  # for messages only: a good file never pays its import


def _example(form: Any) -> str:
    schema = _schema(form)
    for option in schema.get("anyOf", [schema]):
        for key in ("examples", "enum"):
            if option.get(key):
                return str(option[key][0])
        if option.get("type") == "array":
            return f"[{', '.join(map(str, option.get('items', {}).get('examples', [])))}]"
    return "..."


def _remedy(field: FieldInfo, node: yaml.Node) -> str:
    schema = _schema(field.type)
    if schema.get("type") == "string" and "pattern" not in schema and isinstance(node, yaml.ScalarNode) and node.value:
        return f'write {field.encode_name}: "{node.value}", in quotes, for it looks like something else than text'
    return f"write {field.encode_name}: {_example(field.type)}" + ("" if field.required else ", or leave the line out")


def _sample(field: FieldInfo) -> str:
    return f"`{field.encode_name}: {_example(field.type)}`"


def _beginning(form: type[Struct]) -> str:
    return next(_sample(field) for field in _fields(form) if field.required)


def _struct_in(form: Any) -> type[Struct] | None:
    """The Struct in `tuple[Struct, ...]`, also under Annotated; None for anything else."""
    for inner in get_args(form):
        if isinstance(inner, type) and issubclass(inner, Struct):
            return inner
        if (found := _struct_in(inner)) is not None:
            return found
    return None


def _moment(value: Any) -> Any:
    """A date without a time of day means the end of that day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59, 59))
    return value


def _advice(key: str, known: dict[str, Any]) -> str:
    from difflib import get_close_matches  # only ever needed for a message

    close = get_close_matches(key, known, n=1)
    allowed = "allowed here: " + ", ".join(known)
    return f"did you mean {close[0]!r}? {allowed}" if close else f"delete it; {allowed}"
