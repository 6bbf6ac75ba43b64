"""Radiation dose reports: the totals first, then a line for each irradiation (PS3.16 TID 10001,
TID 10011)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from workstation.dicom import attributes, sr_page
from workstation.domain.document_page import Block, Heading, NamedValue, ReadablePage, Table
from workstation.domain.radiation import RadiationDose

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


#: UCUM units → factor to the unit of `RadiationDose`.
_TO_MGY = {"mGy": 1.0, "Gy": 1000.0, "cGy": 10.0, "dGy": 100.0, "uGy": 0.001}
_TO_GY_CM2 = {"Gy.m2": 1e4, "Gy.cm2": 1.0, "dGy.cm2": 0.1, "cGy.cm2": 0.01, "mGy.cm2": 0.001,
              "uGy.m2": 0.01}  # fmt: skip
_TO_SECONDS = {"s": 1.0, "min": 60.0, "ms": 0.001}
_TO_MGY_CM = {"mGy.cm": 1.0, "mGycm": 1.0, "Gy.cm": 1000.0}


def totals(dataset: Dataset, sop_class_uid: str) -> RadiationDose | None:
    """The totals as numbers; None for any other report, and where it tells none.

    What stands twice with different values (two planes of a biplane system), or in a unit that is
    not known, is left out: nothing is added up here.
    """
    if sop_class_uid != X_RAY_RADIATION_DOSE:
        return None
    accumulated = [held for container in _ACCUMULATED for held in _all(dataset, container)]

    def total(concept: str, units: dict[str, float]) -> float | None:
        found = {
            value
            for held in accumulated
            for item in _all(held, concept)
            for value in _values(item, units)
        }
        return found.pop() if len(found) == 1 else None

    scans = [value for item in _all(dataset, _CTDI) for value in _values(item, _TO_MGY)]
    found = RadiationDose(
        ctdi_vol_mgy=max(scans) if scans else None,
        dlp_mgy_cm=total("113813", _TO_MGY_CM),
        area_product_gy_cm2=total("113722", _TO_GY_CM2),
        reference_point_mgy=total("113725", _TO_MGY),
        fluoroscopy_s=total("113730", _TO_SECONDS),
    )
    return found if found.told else None


def _values(item: Dataset, units: dict[str, float]) -> Iterator[float]:
    for measured in attributes.items(item, "MeasuredValueSequence"):
        number = attributes.number(measured, "NumericValue")
        unit, _ = attributes.code(measured, "MeasurementUnitsCodeSequence")
        factor = units.get(unit)
        # Rounded, so that 0.3 Gy is 300 mGy; a negative or absurd number is no dose.
        if number is not None and factor is not None and 0 <= number * factor < 1e7:
            yield round(number * factor, 6)


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
