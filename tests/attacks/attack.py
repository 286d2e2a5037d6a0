"""What a hostile submission is, and the numbers of the catalogue of threats that there must be one for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

_NUMBERS = """
    r01 r02 r03 r03b r04 r05 r06 r07 r08 r08b r09 r10 r11 r12 r13 r15 r15b r17 r18 r19 r20 r20b r21 r24 r25 r26
    h01 h02 h02b h03 h04 h07 h07b h07c h07d h07e h08 h08b h09 h10 h10b h11 h12 h13 h14 h15 h18 h19 h20 h21
    i06 i07 i07b i10 i10b i13 i14 i14b i15 i16 i22 i22b i22c i22d i26 i26b i30 i33 i35 i36 i37 i38 i39 i40 i41 i42 i43
    s01 s07 s09 s09b s11 s12 s13 s14 s16 s17 s17b s18 s19 s20 s21 s22 s23 s24 s25
    z01 z02 z03 z04 z04b z05 z06 z07 z08 z09 z10 z11 z12 z13 z14 z15
    n01 n02 n03 n04 n05 n06 n07 n08
    p01 p02 p03 p04 p05 p06 p07 p08
    t01 t02 t03 t04 t05 t06 t07 t08 t09
    """
NUMBERS = frozenset(_NUMBERS.split())


class Attack(NamedTuple):
    """One submission, the ways in which `trial` asks it, and what must come of it."""

    submission: Mapping[str, str] | Callable[[Path], Path]
    """Source by file name; or what lays it into a folder and says which path is handed in."""
    ways: tuple[str, ...] = ("run",)
    passes: bool = False
    """The right verdict. Not to pass is to fail, or to be refused."""
    refused: bool = False
    """It is not even read."""


def number_of(name: str) -> str:
    """The number at the beginning of a name, or what else stands there."""
    return name.split(" ", 1)[0]
