"""Radiation dose reports: the totals first, then a line for each irradiation (PS3.16 TID 10001,
TID 10011)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from workstation.dicom import attributes, sr_page
from workstation.domain.document_page import Block, Heading, NamedValue, ReadablePage, Table

X_RAY_RADIATION_DOSE = "1.2.840.10008.5.1.4.1.1.88.67"

#: Concepts of DCM in the accumulated dose of CT (TID 10012) and of projection X-ray (TID 10002,
#: TID 10004, TID 10007), in the order in which they are told.
_ACCUMULATED = {"113811", "113702"}
_TOTALS = {
    "113813": "Total DLP",
    "113812": "Irradiation events",
    "113722": "Total dose area product",
    "113725": "Total dose at the reference point",
    "113726": "Fluoroscopy dose area product",
    "113730": "Total fluoroscopy time",
    "113855": "Total acquisition time",
    "113731": "Number of radiographic frames",
    "111637": "Accumulated average glandular dose",
}
#: Columns of a CT acquisition (TID 10013): title and the concept that fills it.
_CT_ACQUISITION = "113819"
_CT_COLUMNS = (
    ("Protocol", "125203"),
    ("Region", "123014"),
    ("Type", "113820"),
    ("Length", "113825"),
    ("CTDIvol", "113830"),
    ("DLP", "113838"),
    ("Phantom", "113835"),
)
#: Columns of a projection X-ray event (TID 10003).
_XRAY_EVENT = "113706"
_XRAY_COLUMNS = (
    ("Protocol", "125203"),
    ("Type", "113721"),
    ("Dose area product", "122130"),
    ("Dose at reference point", "113738"),
    ("Average glandular dose", "111631"),
    ("kVp", "113733"),
)
_CTDI = "113830"
_UNKNOWN = "not told"


def page(dataset: Dataset, sop_class_uid: str) -> ReadablePage | None:
    """A dose report with its totals and events; None for any other report.

    A total is what the report says; it is never added up here.
    """
    if sop_class_uid != X_RAY_RADIATION_DOSE:
        return None
    whole = sr_page.page(dataset, sop_class_uid)
    found: list[Block] = [Heading("Totals"), *_totals(dataset)]
    for concept, columns, title in (
        (_CT_ACQUISITION, _CT_COLUMNS, "CT acquisitions"),
        (_XRAY_EVENT, _XRAY_COLUMNS, "X-ray events"),
    ):
        rows = [_row(item, columns) for item in _all(dataset, concept)]
        if not rows:
            continue
        kept = [at for at in range(len(columns)) if any(row[at] != _UNKNOWN for row in rows)]
        found += [
            Heading(title),
            Table(
                tuple(columns[at][0] for at in kept),
                tuple(tuple(row[at] for at in kept) for row in rows),
            ),
        ]
    return ReadablePage(
        whole.title, (*found, Heading("The whole report"), *whole.blocks), whole.standing
    )


def _code(item: Dataset) -> str:
    value, scheme = attributes.code(item, "ConceptNameCodeSequence")
    return value if scheme == "DCM" else ""


def _all(item: Dataset, concept: str, depth: int = 0) -> Iterator[Dataset]:
    """Items of a concept below one, in their order."""
    if depth > 16:
        return
    for child in attributes.items(item, "ContentSequence"):
        if _code(child) == concept:
            yield child
        else:
            yield from _all(child, concept, depth + 1)


def _totals(dataset: Dataset) -> list[Block]:
    found: list[Block] = []
    for container in _ACCUMULATED:
        for held in _all(dataset, container):
            for concept, name in _TOTALS.items():
                for item in _all(held, concept):
                    words = sr_page.value(item)
                    if not any(isinstance(b, NamedValue) and b.name == name for b in found):
                        found.append(NamedValue(name, words))
    # There is no total of CTDIvol: the highest of the scans is told, and named so.
    values = [
        (number, item)
        for item in _all(dataset, _CTDI)
        for measured in attributes.items(item, "MeasuredValueSequence")
        if (number := attributes.number(measured, "NumericValue")) is not None
    ]
    if values:
        highest = max(values, key=lambda pair: pair[0])[1]
        found.insert(1, NamedValue("Highest CTDIvol", sr_page.value(highest)))
    return found or [NamedValue("Total", _UNKNOWN)]


def _row(item: Dataset, columns: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    cells = []
    for _, concept in columns:
        held = next(_all(item, concept), None)
        cells.append(_UNKNOWN if held is None else sr_page.value(held) or _UNKNOWN)
    return tuple(cells)
