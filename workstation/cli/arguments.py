"""Types of arguments that several verbs take; imports nothing heavy."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

from workstation.domain.suv import SuvKind


def add_suv(parser: argparse.ArgumentParser) -> None:
    """`--suv`, whose kinds are those of PS3.3 C.8.9.1."""
    parser.add_argument(
        "--suv",
        choices=[kind.value for kind in SuvKind],
        help="values as SUV; refused where an attribute that it needs is missing",
    )


def positive(text: str) -> int:
    """A number that counts from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("counts from 1")
    return number


def numbers(text: str) -> tuple[float, ...]:
    """Finite numbers separated by commas."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError("numbers are separated by commas") from error
    if not all(math.isfinite(number) for number in found):
        raise argparse.ArgumentTypeError("a number is not finite")
    return found


class Numbers:
    """An argparse type: so many numbers separated by commas."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __call__(self, text: str) -> tuple[float, ...]:
        found = numbers(text)
        if len(found) != self._count:
            raise argparse.ArgumentTypeError(f"{self._count} numbers are needed")
        return found


def pairs(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """x0,y0,x1,y1,… as points."""
    return tuple(zip(values[::2], values[1::2], strict=True))
