"""Data sets in the DICOM JSON Model (PS3.18 F.2), and how headers become them.

Here a data set is a dict from eight hexadecimal digits to {"vr", "Value" or "BulkDataURI"}.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence
from pydicom.tag import Tag

from workstation.dicom import attributes

DataSet: TypeAlias = dict[str, Any]

_HEX = re.compile(r"[0-9A-Fa-f]{8}")
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_WHOLE = frozenset({"IS", "SL", "SS", "SV", "UL", "US", "UV"})
_REAL = frozenset({"DS", "FL", "FD"})
#: Binary values up to this size travel inside the metadata, larger ones as bulk data.
INLINE_BYTES = 1024


def tag_of(name: str) -> str:
    """The eight digits of a keyword or a tag; "" where it is neither."""
    if _HEX.fullmatch(name):
        return name.upper()
    found = tag_for_keyword(name)
    return "" if found is None else f"{found:08X}"


def vr_of(tag: str) -> str:
    """The VR of the dictionary; "UN" for a private or unknown tag."""
    try:
        return dictionary_VR(int(tag, 16)).split(" ")[0]
    except KeyError:
        return "UN"


def element(keyword: str, *values: Any) -> DataSet:
    """One element by keyword. Without values it is empty; a PN is given as its text."""
    tag = tag_of(keyword)
    vr = vr_of(tag)
    held = [_person(value) if vr == "PN" and isinstance(value, str) else value for value in values]
    return {tag: {"vr": vr, "Value": held} if held else {"vr": vr}}


def data_set(**values: Any) -> DataSet:
    """A data set by keywords; a list is several values, None leaves the element out."""
    made: DataSet = {}
    for keyword, value in values.items():
        if value is not None:
            made |= element(keyword, *(value if isinstance(value, list) else [value]))
    return dict(sorted(made.items()))


def code(value: str, scheme: str, meaning: str) -> DataSet:
    """A coded entry (PS3.3 8.8)."""
    return data_set(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def values(held: Mapping[str, Any], name: str) -> list[Any]:
    """The values of an element, by keyword or tag; [] where it is absent, empty or malformed."""
    found = held.get(name if _HEX.fullmatch(name) else tag_of(name))
    if not isinstance(found, dict):
        return []
    value = found.get("Value")
    return [each for each in value if each is not None] if isinstance(value, list) else []


def text(held: Mapping[str, Any], name: str) -> str:
    """The first value as text; of a PN the alphabetic group, or the first that is there."""
    found = values(held, name)
    if not found:
        return ""
    if isinstance(found[0], dict):
        groups = (found[0].get(key) for key in ("Alphabetic", "Ideographic", "Phonetic"))
        return next((str(group) for group in groups if group), "")
    return str(found[0]).strip()


def items(held: Mapping[str, Any], name: str) -> list[DataSet]:
    """The items of a sequence."""
    return [each for each in values(held, name) if isinstance(each, dict)]


def first_item(held: Mapping[str, Any], name: str) -> DataSet:
    """The first item of a sequence, or an empty one."""
    return next(iter(items(held, name)), {})


def moment(at: datetime) -> str:
    """A DT in UTC with its offset (PS3.5 6.2)."""
    return at.strftime("%Y%m%d%H%M%S") + at.strftime("%z")[:5]


def is_data_set(held: object, depth: int = 0) -> bool:
    """Whether a parsed JSON value has the shape of F.2: tags, a vr, lists of values."""
    if not isinstance(held, dict) or depth > 16:
        return False
    for tag, entry in held.items():
        if not _HEX.fullmatch(tag) or not isinstance(entry, dict):
            return False
        if not isinstance(entry.get("vr"), str):
            return False
        value = entry.get("Value", [])
        if not isinstance(value, list):
            return False
        if entry["vr"] == "SQ":
            if not all(each is None or is_data_set(each, depth + 1) for each in value):
                return False
        elif entry["vr"] == "PN":
            if not all(each is None or isinstance(each, dict) for each in value):
                return False
        elif any(isinstance(each, dict | list) for each in value):
            return False
    return True


def of_header(
    dataset: Dataset,
    bulk_uri: Callable[[str], str] | None = None,
    *,
    only: Iterable[str] | None = None,
    path: str = "",
) -> DataSet:
    """A header as JSON. Elements whose value breaks its VR are left out: they have no true form.

    `bulk_uri` makes the address of a binary value from its path of tags and item numbers
    (`00540016.0.00181075`); without it such values are left out. `only` limits to some tags.
    """
    made: DataSet = {}
    wanted = sorted(int(tag, 16) for tag in only) if only is not None else sorted(dataset.keys())
    for number in wanted:
        tag = Tag(number)
        if tag not in dataset or tag.element == 0 or tag.group <= 2:
            continue
        name = f"{int(tag):08X}"
        try:
            held = dataset[tag]
            entry = _entry(held.VR, held.value, f"{path}{name}", bulk_uri)
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            NotImplementedError,
            OverflowError,
        ):
            continue
        if entry is not None:
            made[name] = entry
    return made


def _entry(
    vr: str, value: Any, path: str, bulk_uri: Callable[[str], str] | None
) -> dict[str, Any] | None:
    vr = vr.split(" ")[0]
    if vr == "SQ":
        nested = value if isinstance(value, DicomSequence) else []
        return {
            "vr": "SQ",
            "Value": [
                of_header(item, bulk_uri, path=f"{path}.{index}.")
                for index, item in enumerate(nested)
            ],
        }
    if vr in _BINARY:
        if not value:
            return {"vr": vr}
        return {"vr": vr, "BulkDataURI": bulk_uri(path)} if bulk_uri else None
    if value is None or value == "":
        return {"vr": vr}
    many = list(value) if isinstance(value, MultiValue | list | tuple) else [value]
    if len(many) * 8 > INLINE_BYTES * 8 and bulk_uri is not None and vr in ("US", "SS"):
        return {"vr": vr, "BulkDataURI": bulk_uri(path)}
    held = [_value(vr, each) for each in many]
    return {"vr": vr, "Value": held} if held else {"vr": vr}


def _value(vr: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if vr == "PN":
        return _person(str(value))
    if vr == "AT":
        return f"{int(value):08X}"
    if vr in _WHOLE:
        return int(value)
    if vr in _REAL:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError("JSON has no such number")
        return number
    return str(value)


def _person(written: str) -> dict[str, str] | None:
    names = ("Alphabetic", "Ideographic", "Phonetic")
    groups = dict(zip(names, written.split("="), strict=False))
    return {name: group for name, group in groups.items() if group} or None


def quiet_header(
    dataset: Dataset,
    bulk_uri: Callable[[str], str] | None = None,
    *,
    only: Iterable[str] | None = None,
) -> DataSet:
    """`of_header`; what the toolkit repairs on the way is not said, since nothing is changed."""
    with attributes.quiet([]):
        return of_header(dataset, bulk_uri, only=only)
