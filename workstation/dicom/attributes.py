"""Tolerant access to attributes: what a device wrote wrong reads as absent, and is said."""

from __future__ import annotations

import functools
import logging
import math
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence
from pydicom.tag import BaseTag

# pydicom logs values of elements that it cannot convert: patient data must not reach a log.
logging.getLogger("pydicom").addHandler(logging.NullHandler())
logging.getLogger("pydicom").propagate = False
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


#: Who holds `quiet`: the warning filters are the process's, so one thread at a time changes them.
_filters = threading.RLock()
_inside = threading.local()

_SENTENCES = (
    (r"explicit VR|implicit VR|Unknown VR", "Elements are encoded otherwise than declared."),
    (r"encod|decod|character set", "A text does not fit the character set that it names."),
    (r"[Ee]nd of file|truncat", "The object ends early."),
)


@contextmanager
def quiet(notes: list[str] | None = None) -> Iterator[None]:
    """Hold back pydicom's warnings, which quote values of the object.

    They become sentences without any value in `notes`. May be nested; the outermost counts.
    """
    if getattr(_inside, "depth", 0):
        yield
        return
    with _filters, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _inside.depth, _inside.caught = 1, caught
        try:
            yield
        finally:
            _inside.depth = 0
            if notes is not None:
                for each in caught:
                    sentence = _sentence(str(each.message))
                    if sentence not in notes:
                        notes.append(sentence)


#: Longer values are converted each time, and so many are remembered at once.
_SHORT, _MOST_KNOWN = 256, 8192
_MISSING = object()
_BY_THEIR_BYTES = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "SL", "SS", "TM", "UI", "UL", "US")
)
_TEXTS = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))


#: Values that were converted, by keyword and bytes.
Known = dict[tuple[object, ...], Any]


@contextmanager
def alike(known: Known | None = None) -> Iterator[None]:
    """Convert values once that many objects have in common, as those of one series do.

    They are kept in `known`, which must not be given where they are a patient's; without it
    nothing is kept afterwards.
    """
    before = getattr(_inside, "known", None)
    _inside.known = {} if known is None else known
    try:
        yield
    finally:
        _inside.known = before


def _sentence(warning: str) -> str:
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, warning):
            return sentence
    return "Some values are not written as the standard asks."


#: Tags that are found by their identity: comparing two of the toolkit's runs its Python.
_tags: dict[int, BaseTag] = {}
_MOST_TAGS = 8192


def one_tag(number: int) -> BaseTag:
    """The same tag for equal numbers, as far as they are not too many."""
    # Comparing a number with a tag of the toolkit runs its Python.
    number = int(number)
    held = _tags.get(number)
    if held is not None:
        return held
    tag = BaseTag(number)
    return tag if len(_tags) >= _MOST_TAGS else _tags.setdefault(number, tag)


@functools.lru_cache(maxsize=4096)
def _tag(keyword: str) -> BaseTag | None:
    tag = tag_for_keyword(keyword)
    return None if tag is None else one_tag(tag)


def value(dataset: Dataset, keyword: str) -> Any:
    """The converted value, or None where it is absent, empty or cannot be converted."""
    # By tag: asking by keyword costs several times as much. Most are absent, and the toolkit finds
    # that out by an exception.
    tag = _tag(keyword)
    if tag is None or tag not in dataset.keys():  # noqa: SIM118 - `in dataset` builds a tag anew
        return None
    if not getattr(_inside, "depth", 0):
        with quiet():
            return value(dataset, keyword)
    known: Known | None = getattr(_inside, "known", None)
    if known is None:
        return _converted(dataset, tag)
    raw: Any = dataset.get_item(tag)
    if not isinstance(raw, RawDataElement) or raw.length > _SHORT:
        return _converted(dataset, tag)
    key = (keyword, raw.VR, raw.value, raw.is_little_endian)
    held = known.get(key, _MISSING)
    if held is _MISSING:
        warned = len(_inside.caught)
        held = _converted(dataset, tag)
        if len(_inside.caught) == warned and _alone(dataset, tag, raw):
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[key] = held
    return held


def _converted(dataset: Dataset, tag: BaseTag) -> Any:
    try:
        held = dataset[tag].value
    except Exception:  # noqa: BLE001 - any converter of the toolkit may fail on foreign bytes
        return None
    if held is None or (isinstance(held, str | bytes | Sequence) and len(held) == 0):
        return None
    return held


def _alone(dataset: Dataset, tag: BaseTag, raw: RawDataElement) -> bool:
    """Whether the bytes of an element say its value without anything else of its data set."""
    made: Any = dataset.get_item(tag)
    kind = "" if isinstance(made, RawDataElement) else made.VR
    if kind in _BY_THEIR_BYTES:
        # Without a VR of its own an element may take its sign from Pixel Representation.
        return raw.VR is not None or dictionary_VR(tag) == kind
    if kind not in _TEXTS or not isinstance(raw.value, bytes) or not raw.value.isascii():
        return False
    # Signs that a character set may have put in another place (PS3.3 C.12.1.1.2).
    return not any(sign in raw.value for sign in (b"\x1b", b"\\", b"~"))


def _are_several(held: Any) -> bool:
    # One value is told first: telling a list of the toolkit runs its Python.
    return not isinstance(held, (str, float, int)) and isinstance(held, MultiValue | list | tuple)


def text(dataset: Dataset, keyword: str) -> str:
    """A text value, several joined by a backslash, or an empty text. Always printable: what does
    not fit its character set becomes a replacement character."""
    held = value(dataset, keyword)
    if held is None:
        return ""
    if _are_several(held):
        return printable("\\".join(str(item).strip() for item in held))
    if isinstance(held, bytes):
        return held.decode("ascii", "replace").strip("\0 ")
    return printable(str(held).strip("\0 "))


def printable(words: str) -> str:
    """Without the lone surrogates that stand for bytes which could not be decoded."""
    return words if words.isascii() else words.encode("utf-8", "replace").decode("utf-8")


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """All values of a text attribute."""
    held = text(dataset, keyword)
    return tuple(part.strip() for part in held.split("\\")) if held else ()


#: Millimetres of a pixel that can be: of an electron microscope, and of a field of many metres.
_LEAST_MM, _MOST_MM = 1e-7, 1e5
#: No pixel is that many times longer than wide.
_MOST_ASPECT = 1e4


def lengths(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    """The two lengths of a pixel, between rows and between columns; None where they are not given
    or cannot be those of a pixel."""
    held = numbers(dataset, keyword)
    if len(held) < 2 or not all(_LEAST_MM <= each <= _MOST_MM for each in held[:2]):
        return None
    if max(held[:2]) > _MOST_ASPECT * min(held[:2]):
        return None
    return held[0], held[1]


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """All finite numbers of an attribute; empty where one of them is none."""
    held = value(dataset, keyword)
    if held is None:
        return ()
    found = []
    for item in held if _are_several(held) else (held,):
        try:
            number = float(item)
        except (TypeError, ValueError):
            return ()
        if not math.isfinite(number):
            return ()
        found.append(number)
    return tuple(found)


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first number of an attribute."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def integer(dataset: Dataset, keyword: str) -> int | None:
    """The first integer of an attribute."""
    found = number(dataset, keyword)
    return None if found is None else int(found)


def items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """The items of a sequence."""
    held = value(dataset, keyword)
    return tuple(held) if isinstance(held, DicomSequence | list) else ()


def code(dataset: Dataset, keyword: str) -> tuple[str, str]:
    """(code value, coding scheme) of the first item of a code sequence."""
    for item in items(dataset, keyword):
        return (text(item, "CodeValue"), text(item, "CodingSchemeDesignator"))
    return ("", "")


_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?")


def parse_date(written: str) -> date | None:
    """DA, also in the old form with points (PS3.5 6.2)."""
    match = _DATE.match(written.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(written: str) -> time | None:
    """TM (PS3.5 6.2)."""
    match = _TIME.match(written.strip())
    if match is None:
        return None
    micro = int((match[4] or "").ljust(6, "0") or 0)
    try:
        return time(int(match[1]), int(match[2] or 0), min(int(match[3] or 0), 59), micro)
    except ValueError:
        return None


def parse_zone(written: str) -> timezone | None:
    """Timezone Offset From UTC (0008,0201), ±hhmm."""
    match = re.fullmatch(r"([+-])(\d{2})(\d{2})", written.strip())
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if match[1] == "-" else offset)


def parse_datetime(written: str) -> datetime | None:
    """DT (PS3.5 6.2); naive where it carries no offset."""
    body, zone = written.strip(), None
    match = re.search(r"[+-]\d{4}$", body)
    if match is not None and match.start() >= 4:
        zone = parse_zone(match[0])
        body = body[: match.start()]
    day = parse_date(body.ljust(8, "0")) if len(body) >= 8 else None
    if day is None:
        return None
    clock = parse_time(body[8:]) if len(body) > 8 else time()
    return datetime.combine(day, clock or time(), tzinfo=zone)


def moment(dataset: Dataset, date_keyword: str, time_keyword: str) -> datetime | None:
    """Date and time of an object with its own offset; naive where it gives none."""
    day = parse_date(text(dataset, date_keyword))
    if day is None:
        return None
    clock = parse_time(text(dataset, time_keyword)) or time()
    return datetime.combine(day, clock, tzinfo=parse_zone(text(dataset, "TimezoneOffsetFromUTC")))
