"""A PET series of five slices whose SUVbw are 0.2, 1 and 4 by construction, for every way in which
a device may write the concentration, the dose and the times."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom import make

PET = "1.2.840.10008.5.1.4.1.1.128"
#: 70 kg and 3.7e8 Bq at injection, an hour and F-18 before the scan.
WEIGHT_KG, DOSE_BQ, HALF_LIFE_S, WAIT_S = 70.0, 3.7e8, 6586.2, 3600.0
#: Bq/ml of SUVbw 1 where decay is corrected to the start.
ONE = DOSE_BQ * 2 ** (-WAIT_S / HALF_LIFE_S) / (WEIGHT_KG * 1000)


def tracer(**values: Any) -> Dataset:
    """Radiopharmaceutical Information with an injection at 10:00; None leaves one out."""
    held: dict[str, Any] = {
        "RadiopharmaceuticalStartDateTime": "20250101100000",
        "RadiopharmaceuticalStartTime": "100000",
        "RadionuclideTotalDose": DOSE_BQ,
        "RadionuclideHalfLife": HALF_LIFE_S,
    }
    made = Dataset()
    for keyword, value in {**held, **values}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def slices(one: float = ONE, drug: Dataset | None = None, **values: Any) -> list[Dataset]:
    """`one` is the modality value that SUVbw 1 is written as; None leaves an attribute out.

    Blocks of 0.2, 1 and 4 lie side by side, 16 columns each, and nothing beyond them.
    """
    made = []
    for index in range(5):
        levels = np.repeat(np.asarray([0.2, 1.0, 4.0, 0.0]), 16)
        pixels = np.tile(np.round(levels * 5000).astype(np.int16), (64, 1))
        held: dict[str, Any] = {
            "SOPClassUID": PET,
            "Modality": "PT",
            "Units": "BQML",
            "CorrectedImage": ["ATTN", "DECY", "SCAT"],
            "DecayCorrection": "START",
            "PatientWeight": WEIGHT_KG,
            "PatientSize": 1.75,
            "PatientSex": "M",
            "SeriesDate": "20250101",
            "SeriesTime": "110000",
            "AcquisitionDate": "20250101",
            "AcquisitionTime": f"110{index}00",
            "RescaleSlope": f"{one / 5000:.10g}",
            "RescaleIntercept": 0,
        }
        one_slice = make.slice_of(index, 3.0 * index, pixels=pixels)
        for keyword, value in {**held, **values}.items():
            if value is None:
                if keyword in one_slice:
                    delattr(one_slice, keyword)
            else:
                setattr(one_slice, keyword, value)
        given = drug if drug is not None else tracer()
        one_slice.RadiopharmaceuticalInformationSequence = Sequence([given])
        made.append(one_slice)
    return made
