"""Matching of data sets against query parameters (PS3.18 8.3.4, PS3.4 C.2.2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from workstation.domain.identity import is_uid
from workstation.local_service import data_sets
from workstation.local_service.answers import bad_request

#: More than this is never given in one answer; the client pages on.
MAXIMUM_ROWS = 100_000
_WILDCARD = frozenset(["AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"])
_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
_DATETIME = re.compile(r"(\d{4}(?:\d{2}){0,5})(?:\.(\d{1,6}))?([+-]\d{4})?")
_DATETIMES = re.compile(r"(\d{4,14}(?:\.\d+)?(?:[+-]\d{4})?)?-(\d{4,14}(?:\.\d+)?(?:[+-]\d{4})?)?")
_RANGE = {"DA": _DATE, "TM": _TIME, "DT": _DATETIME}


@dataclass(frozen=True, slots=True)
class Key:
    """One matching key: a path of tags and the value that is asked for."""

    path: tuple[str, ...]
    vr: str
    value: str

    def matches(self, held: Mapping[str, Any]) -> bool:
        """Whether some value along the path matches; an empty key matches all (C.2.2.2.3)."""
        if not self.value:
            return True
        return any(self._one(each) for each in _along(held, self.path))

    def _one(self, value: Any) -> bool:
        if self.vr == "PN":
            groups = value.values() if isinstance(value, dict) else [value]
            return any(_like(str(group), self.value, fold=True) for group in groups)
        if self.vr == "UI":
            return str(value) in re.split(r"[,\\]", self.value)
        if self.vr in _RANGE:
            return _in_range(str(value), self.value, self.vr)
        if self.vr in _WILDCARD:
            return any(_like(str(value), each) for each in self.value.split("\\"))
        try:
            return float(value) == float(self.value)
        except (TypeError, ValueError):
            return str(value) == self.value


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `include` holds top-level tags; `everything` is includefield=all."""

    keys: tuple[Key, ...] = ()
    include: frozenset[str] = frozenset()
    everything: bool = False
    limit: int = MAXIMUM_ROWS
    offset: int = 0
    warnings: tuple[str, ...] = ()

    def matches(self, held: Mapping[str, Any]) -> bool:
        """Whether all keys match."""
        return all(key.matches(held) for key in self.keys)

    @property
    def tags(self) -> frozenset[str]:
        """Top-level tags that are asked for or matched."""
        return self.include | {key.path[0] for key in self.keys}


def parse(parameters: Iterable[tuple[str, str]], *, ignored: Sequence[str] = ()) -> Query:
    """Query parameters as a Query; Refusal 400 for what has no meaning."""
    keys: list[Key] = []
    include: set[str] = set()
    everything = False
    numbers = {"limit": MAXIMUM_ROWS, "offset": 0}
    warnings: list[str] = []
    seen: set[object] = set()
    for name, value in parameters:
        folded = name.lower()
        if folded in ignored or folded == "accept":
            continue
        if folded == "includefield":
            for field in filter(None, value.split(",")):
                if field.lower() == "all":
                    everything = True
                else:
                    include.add(_path(field)[0])
            continue
        if folded in seen:
            raise bad_request("A query parameter is given twice.")
        seen.add(folded)
        if folded in numbers:
            numbers[folded] = _number(folded, value)
        elif folded == "fuzzymatching":
            if value.lower() not in ("true", "false"):
                raise bad_request("fuzzymatching is true or false.")
            if value.lower() == "true":
                warnings.append(
                    "The fuzzymatching parameter is not supported. Only literal matching has"
                    " been performed."
                )
        elif folded == "emptyvaluematching":
            continue
        else:
            keys.append(_key(name, value))
    return Query(
        tuple(keys),
        frozenset(include),
        everything,
        min(numbers["limit"], MAXIMUM_ROWS),
        numbers["offset"],
        tuple(warnings),
    )


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdecimal() or len(value) > 9:
        raise bad_request(f"{name} is a whole number that is not negative.")
    return int(value)


def _path(name: str) -> tuple[str, ...]:
    path = tuple(data_sets.tag_of(part) for part in name.split("."))
    if not all(path) or len(path) > 8:
        raise bad_request("A query parameter is neither a keyword nor a tag of DICOM.")
    return path


def _key(name: str, value: str) -> Key:
    path = _path(name)
    vr = data_sets.vr_of(path[-1])
    if vr == "SQ" and value:
        raise bad_request("A sequence is matched by the attributes of its items.")
    if value and vr == "UI":
        value = ",".join(each.strip() for each in re.split(r"[,\\]", value))
        if not all(is_uid(each) for each in value.split(",")):
            raise bad_request("A UID that is asked for is none.")
    elif value and vr in _RANGE:
        _check_range(value, vr)
    return Key(path, vr, value)


def _along(held: Mapping[str, Any], path: Sequence[str]) -> list[Any]:
    found = data_sets.values(held, path[0])
    if len(path) == 1:
        return found
    return [value for item in found if isinstance(item, dict) for value in _along(item, path[1:])]


def _like(value: str, pattern: str, *, fold: bool = False) -> bool:
    value, pattern = value.strip(), pattern.strip()
    if fold:
        value, pattern = value.casefold(), pattern.casefold()
    if "*" not in pattern and "?" not in pattern:
        return value == pattern
    # Each star takes the shortest text that lets the next piece fit: linear, whatever is asked.
    pieces = pattern.split("*")
    position = 0
    for index, piece in enumerate(pieces):
        length = len(piece)
        if index == len(pieces) - 1 and index > 0:
            start = len(value) - length
            return start >= position and _same(value[start:], piece)
        last = 0 if index == 0 else len(value) - length
        start = position
        while start <= last and not _same(value[start : start + length], piece):
            start += 1
        if start > last:
            return False
        position = start + length
    return position == len(value)


def _same(value: str, piece: str) -> bool:
    return len(value) == len(piece) and all(
        sign in (letter, "?") for letter, sign in zip(value, piece, strict=True)
    )


def _bounds(asked: str, vr: str) -> tuple[str, str] | None:
    """(from, to) of a range, either may be empty; None for a single value."""
    if "-" not in asked:
        return None
    if vr != "DT":
        first, _, last = asked.partition("-")
        return first, last
    # A hyphen is also the sign of an offset, and no zone lies beyond 14 hours.
    single = _DATETIME.fullmatch(asked)
    if single is not None and int((single[3] or "0")[-4:]) <= 1400:
        return None
    both = _DATETIMES.fullmatch(asked)
    return None if both is None else (both[1] or "", both[2] or "")


def _check_range(asked: str, vr: str) -> None:
    bounds = _bounds(asked, vr)
    parts = [asked] if bounds is None else [part for part in bounds if part]
    if not parts:
        raise bad_request("A range names neither its beginning nor its end.")
    for part in parts:
        written = part.replace(":", "") if vr == "TM" else part
        if not _RANGE[vr].fullmatch(written):
            raise bad_request(f"A value that is asked for is no {vr}.")
        try:
            _moments(written, vr)
        except ValueError as error:
            raise bad_request(f"A value that is asked for is no {vr}.") from error
    if len(parts) == 2 and _moments(parts[0], vr)[0] > _moments(parts[1], vr)[1]:
        raise bad_request("A range ends before it begins.")


def _moments(written: str, vr: str) -> tuple[datetime, datetime]:
    """The first and the last moment that a value of some precision means, in UTC."""
    written = written.strip().replace(":", "")
    if vr == "DA":
        written = written.replace(".", "")
    if vr == "TM":
        written = "20000101" + written
    found = _DATETIME.fullmatch(written)
    if found is None:
        raise ValueError("no moment")
    digits, fraction, offset = found.groups()
    full = digits + "00000101000000"[len(digits) :]
    if full.endswith("60") and len(digits) == 14:
        full = full[:-2] + "59"  # a leap second (PS3.5 6.2)
    first = datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if fraction:
        first += timedelta(microseconds=int(fraction.ljust(6, "0")))
    if offset:
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
        first -= shift if offset[0] == "+" else -shift
    if fraction:
        return first, first
    steps = {8: timedelta(days=1), 10: timedelta(hours=1), 12: timedelta(minutes=1)}
    if len(digits) == 4:
        step = timedelta(days=366 if first.year % 4 == 0 else 365)
    elif len(digits) == 6:
        step = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - first
    else:
        step = steps.get(len(digits), timedelta(seconds=1))
    return first, first + step - timedelta(microseconds=1)


def _in_range(value: str, asked: str, vr: str) -> bool:
    try:
        first, last = _moments(value, vr)
    except (ValueError, OverflowError):
        return False
    bounds = _bounds(asked, vr)
    low, high = (asked, asked) if bounds is None else bounds
    if low and last < _moments(low, vr)[0]:
        return False
    return not (high and first > _moments(high, vr)[1])
