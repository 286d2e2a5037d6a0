"""Dates: `datetime` whose present is that of the virtual clock. All else about it is Python's own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from types import ModuleType
from typing import Any


def datetime_module(time: Callable[[], float]) -> ModuleType:
    """`datetime`, in which it is as late as `time` says, in seconds since the epoch."""
    module = ModuleType("datetime", datetime.__doc__)
    module.__dict__.update({name: value for name, value in vars(datetime).items() if name != "__builtins__"})
    module.__dict__.update(date=_date_class(time), datetime=_datetime_class(time))
    return module


class _Kind(type):
    """The type of our two classes, which count among their instances the dates that Python itself makes."""

    _real: type

    def __instancecheck__(cls, thing: object) -> bool:
        return super().__instancecheck__(thing) or ("_real" in vars(cls) and isinstance(thing, cls._real))

    def __subclasscheck__(cls, kind: type) -> bool:
        return super().__subclasscheck__(kind) or ("_real" in vars(cls) and issubclass(kind, cls._real))


def _date_class(time: Callable[[], float]) -> Any:
    class date(datetime.date, metaclass=_Kind):
        _real = datetime.date

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time())

        def __repr__(self) -> str:
            return _named(self, super().__repr__())

    return _renamed(date)


def _datetime_class(time: Callable[[], float]) -> Any:
    class moment(datetime.datetime, metaclass=_Kind):
        _real = datetime.datetime

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(time(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(time(), datetime.UTC).replace(tzinfo=None)

        def __repr__(self) -> str:
            return _named(self, super().__repr__())

    moment.__name__ = "datetime"
    return _renamed(moment)


def _renamed(kind: Any) -> Any:
    kind.__module__, kind.__qualname__, kind.__doc__ = "datetime", kind.__name__, kind._real.__doc__
    return kind


def _named(date: datetime.date, said: str) -> str:
    """C code says the name of a class without its module, unless it is one of its own."""
    return f"datetime.{said}" if "_real" in vars(type(date)) else said
