"""What the values of an Enhanced PET are: its Real World Value Mapping (PS3.3 A.56, CID 84)."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset

from workstation.dicom import attributes

ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.130"
#: UCUM of PS3.16 CID 84 to (Units (0054,1001), SUV Type (0054,1006)) of the older PET object.
_UNITS = {
    "Bq/ml": ("BQML", ""),
    "g/ml{SUVbw}": ("GML", "BW"),
    "g/ml{SUVlbm}": ("GML", "LBM"),
    "g/ml{SUVlbm(James128)}": ("GML", "LBMJAMES128"),
    "g/ml{SUVlbm(Janma)}": ("GML", "LBMJANMA"),
    "g/ml{SUVibw}": ("GML", "IBW"),
    "cm2/ml{SUVbsa}": ("CM2ML", "BSA"),
}
#: Units that SUV is made of, or that are SUV.
KNOWN = frozenset(unit for unit, _ in _UNITS.values())


def chosen(mappings: Sequence[Dataset]) -> Dataset | None:
    """The mapping that the values are told in: the concentration before a SUV that the device
    made, which before anything else."""
    for wanted in (("BQML",), ("GML", "CM2ML")):
        for each in mappings:
            if units(each)[0] in wanted:
                return each
    return mappings[0] if mappings else None


def units(mapping: Dataset | None) -> tuple[str, str]:
    """(Units, SUV Type) of a mapping as the older PET object names them; else its UCUM code."""
    if mapping is None:
        return "", ""
    code, _ = attributes.code(mapping, "MeasurementUnitsCodeSequence")
    return _UNITS.get(code, (code, ""))
