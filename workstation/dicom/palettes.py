"""The well-known colour palettes of PS3.6 annex B, which pydicom carries as objects."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pydicom.data

from workstation.dicom import lookup_tables
from workstation.dicom.part10 import open_object
from workstation.domain.errors import ReaderError
from workstation.domain.image import Palette

#: (name of the file, title) in the order of the menu
WELL_KNOWN = (
    ("hotiron", "Hot iron"),
    ("pet", "PET"),
    ("hotmetalblue", "Hot metal blue"),
    ("pet20step", "PET 20 step"),
    ("spring", "Spring"),
    ("summer", "Summer"),
    ("fall", "Fall"),
    ("winter", "Winter"),
)


@cache
def well_known(name: str) -> Palette:
    """The palette of a name of `WELL_KNOWN`; KeyError for another."""
    if name not in dict(WELL_KNOWN):
        raise KeyError(name)
    file = Path(pydicom.data.__file__).parent / "palettes" / f"{name}.dcm"
    made = lookup_tables.palette(open_object(file).dataset, signed=False)
    if made is None:
        raise ReaderError(
            f"The palette {name} of this installation cannot be read.",
            remedy="Install the program again.",
        )
    return made
