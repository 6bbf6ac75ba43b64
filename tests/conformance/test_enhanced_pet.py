"""SUV of an Enhanced PET from its functional groups and modules (display rules §10, C.8.22)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.dicom.states import item
from workstation.cli import main
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import DisplaySet
from workstation.domain.suv import SuvKind
from workstation.imaging.modality import modality_values
from workstation.workflow.uptake import in_uptake

ENHANCED = "1.2.840.10008.5.1.4.1.1.130"
LEVELS = (0.2, 1.0, 4.0)


def mapping(slope: float, unit: str = "Bq/ml") -> Dataset:
    """One item of the Real World Value Mapping Sequence (C.7.6.16.2.11)."""
    code = item(CodeValue=unit, CodingSchemeDesignator="UCUM", CodeMeaning=unit)
    return item(
        RealWorldValueSlope=slope,
        RealWorldValueIntercept=0.0,
        RealWorldValueFirstValueMapped=-32768,
        RealWorldValueLastValueMapped=32767,
        LUTLabel="PET",
        MeasurementUnitsCodeSequence=Sequence([code]),
    )


def agent(number: int = 1, **values: Any) -> Dataset:
    """An item of Radiopharmaceutical Information: MBq, and a moment in full (C.8.22.4)."""
    held: dict[str, Any] = {
        "RadiopharmaceuticalAgentNumber": number,
        "RadiopharmaceuticalStartDateTime": "20250101100000",
        "RadionuclideTotalDose": pet.DOSE_BQ / 1e6,
        "RadionuclideHalfLife": pet.HALF_LIFE_S,
    }
    made = Dataset()
    for keyword, value in {**held, **values}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def enhanced(
    units: tuple[str, ...] = ("Bq/ml",),
    one: float = pet.ONE,
    agents: tuple[Dataset, ...] = (),
    usage: int | None = None,
    **values: Any,
) -> Dataset:
    """Four frames with a slope of their own each: SUVbw 0.2, 1 and 4 side by side by construction.

    Decay is corrected to an hour after the injection at 10:00, whenever the frame was acquired.
    """
    frames, pixels = [], []
    for index in range(4):
        # The same stored value means another concentration in each frame.
        stored_of_one = 2000 * (index + 1)
        row = np.repeat(np.asarray([*LEVELS, 0.0]), 8) * stored_of_one
        pixels.append(np.tile(np.round(row).astype(np.int16), (16, 1)))
        frames.append(
            item(
                FrameContentSequence=Sequence(
                    [item(FrameAcquisitionDateTime=f"202501011{index + 1}3000")]
                ),
                PlanePositionSequence=Sequence([item(ImagePositionPatient=[0, 0, 3.0 * index])]),
                RealWorldValueMappingSequence=Sequence(
                    [mapping(one / stored_of_one, unit) for unit in units]
                ),
            )
        )
    made = make.image(np.stack(pixels), SOPClassUID=ENHANCED, Modality="PT")
    made.FrameOfReferenceUID = f"{make.ROOT}.5"
    shared = item(
        PixelMeasuresSequence=Sequence([item(PixelSpacing=[4, 4])]),
        PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]),
        PixelValueTransformationSequence=Sequence(
            [item(RescaleSlope=1, RescaleIntercept=0, RescaleType="US")]
        ),
    )
    if usage is not None:
        shared.RadiopharmaceuticalUsageSequence = Sequence(
            [item(RadiopharmaceuticalAgentNumber=usage)]
        )
    made.SharedFunctionalGroupsSequence = Sequence([shared])
    made.PerFrameFunctionalGroupsSequence = Sequence(frames)
    held: dict[str, Any] = {
        "AttenuationCorrected": "YES",
        "DecayCorrected": "YES",
        "DecayCorrectionDateTime": "20250101110000",
        "PatientWeight": pet.WEIGHT_KG,
        "PatientSize": 1.75,
        "PatientSex": "M",
        "RadiopharmaceuticalInformationSequence": Sequence(list(agents) or [agent()]),
    }
    for keyword, value in {**held, **values}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def opened(dataset: Dataset, kind: SuvKind = SuvKind.BW) -> DisplaySet:
    (study,) = build_studies([read_object(make.to_bytes(dataset))])
    (shown,) = in_uptake(study, kind).display_sets
    return shown


def levels(dataset: Dataset, frame: int, kind: SuvKind = SuvKind.BW) -> list[float]:
    shown = opened(dataset, kind)
    assert shown.suv is not None, shown.suv_refused
    stored = open_pixels(make.to_bytes(dataset)).frame(frame + 1)
    values = modality_values(stored, shown.frames[frame])
    return [float(values[8, column]) for column in (4, 12, 20)]


ADMIN = pet.DOSE_BQ / (pet.WEIGHT_KG * 1000)

WRITTEN = {
    "Bq/ml corrected to the scan": enhanced(),
    "Bq/ml corrected to the injection": enhanced(
        one=ADMIN, DecayCorrectionDateTime="20250101100000"
    ),
    "beside a SUV of the device": enhanced(("g/ml{SUVlbm}", "Bq/ml")),
    "the device's own SUV": enhanced(
        ("g/ml{SUVbw}",), one=1.0, DecayCorrectionDateTime=None, DecayCorrected="NO"
    ),
    "another clock for the injection": enhanced(
        agents=(agent(RadiopharmaceuticalStartDateTime="20250101080000+0000"),),
        TimezoneOffsetFromUTC="+0200",
    ),
    "dose in Bq against the standard": enhanced(agents=(agent(RadionuclideTotalDose=pet.DOSE_BQ),)),
    "the second of two agents": enhanced(
        agents=(agent(RadionuclideTotalDose=10), agent(2)), usage=2
    ),
    "across midnight": enhanced(
        agents=(agent(RadiopharmaceuticalStartDateTime="20241231233000"),),
        DecayCorrectionDateTime="20250101003000",
    ),
}


@pytest.mark.parametrize("name", list(WRITTEN))
@conforms("10 enhanced", "activity x weight / decayed dose, worked out by hand")
def test_every_frame_of_an_enhanced_pet_is_in_suv_whatever_its_slope(name: str) -> None:
    for frame in range(4):
        assert levels(WRITTEN[name], frame) == pytest.approx(LEVELS, rel=1e-3)


@conforms("10 enhanced", "Du Bois' surface and Janmahasatian's mass, worked out by hand")
def test_the_other_kinds_follow_from_height_and_sex() -> None:
    surface = 0.007184 * 70**0.425 * 175**0.725 * 1e4
    lean = 9270 * 70 / (6680 + 216 * 70 / 1.75**2)
    for kind, size in ((SuvKind.BSA, surface), (SuvKind.LBM_JANMA, lean * 1000)):
        wanted = [level * size / 70000 for level in LEVELS]
        assert levels(enhanced(), 2, kind) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (enhanced(DecayCorrectionDateTime=None), "DecayCorrectionDateTime (0018,9701)"),
        (enhanced(DecayCorrected="NO"), "DecayCorrected (0018,9758)"),
        (enhanced(AttenuationCorrected=None), "AttenuationCorrected (0018,9759)"),
        (enhanced(PatientWeight=None), "PatientWeight (0010,1030)"),
        (
            enhanced(agents=(agent(RadionuclideTotalDose=None),)),
            "RadionuclideTotalDose (0018,1074)",
        ),
        (
            enhanced(agents=(agent(RadionuclideHalfLife=None),)),
            "RadionuclideHalfLife (0018,1075)",
        ),
        (
            enhanced(agents=(agent(RadiopharmaceuticalStartDateTime=None),)),
            "RadiopharmaceuticalStartDateTime (0018,1078)",
        ),
        (
            enhanced(DecayCorrectionDateTime="20250101090000"),
            "RadiopharmaceuticalStartDateTime (0018,1078)",
        ),
        (enhanced(("{counts}",)), "MeasurementUnitsCodeSequence (0040,08EA) is {counts}"),
        (enhanced(()), "MeasurementUnitsCodeSequence (0040,08EA) is missing"),
        (enhanced(agents=(agent(), agent(2))), "RadiopharmaceuticalUsageSequence (0018,9737)"),
    ],
)
@conforms("10 refusal", "PS3.3 C.8.22.4 and C.8.22.6: the attribute that is missing")
def test_what_an_enhanced_pet_lacks_is_named_and_the_values_stay(made: Dataset, words: str) -> None:
    shown = opened(made)
    assert shown.suv is None
    assert words in shown.suv_refused


def test_without_suv_the_values_are_the_concentration_with_its_unit() -> None:
    made = enhanced(PatientWeight=None)
    shown = opened(made)
    assert {frame.modality_transform.unit for frame in shown.frames} == {"BQML"}
    values = modality_values(open_pixels(make.to_bytes(made)).frame(3), shown.frames[2])
    assert float(values[8, 12]) == pytest.approx(pet.ONE, rel=1e-4)


def test_parts_that_were_corrected_to_different_moments_have_no_common_suv() -> None:
    one = enhanced()
    other = enhanced(DecayCorrectionDateTime="20250101120000", SOPInstanceUID=f"{make.ROOT}.1.2")
    (study,) = build_studies([read_object(make.to_bytes(each)) for each in (one, other)])
    refused = {shown.suv_refused for shown in in_uptake(study, SuvKind.BW).display_sets}
    assert all("DecayCorrectionDateTime (0018,9701) differs" in words for words in refused)


def test_measure_tells_the_suv_of_a_frame_of_an_enhanced_pet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pet.dcm"
    file.write_bytes(make.to_bytes(enhanced()))
    arguments = ["measure", str(file), "--frame", "3", "--suv", "bw", "--probe", "20,8", "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["value"] == pytest.approx(4.0, rel=1e-3)
    assert told["unit"] == "g/ml"
    file.write_bytes(make.to_bytes(enhanced(DecayCorrectionDateTime=None)))
    assert main(arguments) == 1
    assert "DecayCorrectionDateTime (0018,9701)" in capsys.readouterr().err
