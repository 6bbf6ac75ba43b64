"""SUV: every kind, unit, decay correction and clock (display rules §10).

rule: §10 SUV
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.dicom import make
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.dicom.suv import suv_input
from workstation.domain.identity import Sex
from workstation.domain.image import VoiFunction, Window
from workstation.domain.study import DisplaySet
from workstation.domain.suv import SuvInput, SuvKind
from workstation.imaging.modality import modality_values
from workstation.imaging.suv import body_size, suv_scale
from workstation.imaging.voi import apply_window
from workstation.workflow import presets
from workstation.workflow.uptake import in_uptake


def opened(datasets: Sequence[Dataset], kind: SuvKind = SuvKind.BW) -> DisplaySet:
    """As the viewer opens the series."""
    (study,) = build_studies([read_object(make.to_bytes(dataset)) for dataset in datasets])
    (shown,) = in_uptake(study, kind).display_sets
    return shown


def levels(datasets: Sequence[Dataset], kind: SuvKind = SuvKind.BW) -> tuple[float, float, float]:
    shown = opened(datasets, kind)
    assert shown.suv is not None, shown.suv_refused
    stored = open_pixels(make.to_bytes(datasets[0])).frame(1)
    values = modality_values(stored, shown.frames[0])
    return float(values[30, 8]), float(values[30, 24]), float(values[30, 40])


ADMIN = pet.DOSE_BQ / (pet.WEIGHT_KG * 1000)


def bare(**values: Any) -> dict[str, Any]:
    """Units that are SUV already need neither dose nor times."""
    return {"DecayCorrection": "NONE", "one": 1.0, **values}


def philips(scale: int, value: float) -> list[Dataset]:
    made = pet.slices(one=pet.ONE / value if scale == 0x09 else 1 / value, Units="CNTS")
    for each in made:
        block = each.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(scale, "DS", f"{value:.6g}")
    return made


#: The rows of the digital reference objects of oncoray/suv_computation, each made here as the
#: row describes it: the SUVbw of each is 0.20, 1.00 and 4.00.
OBJECTS: dict[str, list[Dataset]] = {
    "0.0 BQML, START": pet.slices(),
    "2.0 GML": pet.slices(**bare(Units="GML")),
    "2.1 GML of lean mass, James 128": pet.slices(
        **bare(
            Units="GML",
            SUVType="LBMJAMES128",
            one=(1.10 * 70 - 128 * (70 / 175) ** 2) / 70,
        )
    ),
    "2.2 GML of ideal weight, sex O": pet.slices(
        **bare(Units="GML", SUVType="IBW", one=(72.38 + 66.43) / 2 / 70, PatientSex="O")
    ),
    "2.3 CM2ML": pet.slices(
        **bare(Units="CM2ML", one=0.007184 * 70**0.425 * 175**0.725 * 1e4 / 70000)
    ),
    "2.4 CNTS, Philips' SUV scale": philips(0x00, 0.0005),
    "2.5 CNTS, Philips' activity scale": philips(0x09, 1.5),
    "3.0 dose in MBq": pet.slices(drug=pet.tracer(RadionuclideTotalDose=370)),
    "3.1 ADMIN": pet.slices(one=ADMIN, DecayCorrection="ADMIN"),
    "3.2 series made anew after the scan": pet.slices(SeriesTime="153000"),
    "4.0 only the datetime of injection": pet.slices(
        drug=pet.tracer(RadiopharmaceuticalStartTime=None)
    ),
    "4.1 only the time of injection": pet.slices(
        drug=pet.tracer(RadiopharmaceuticalStartDateTime=None)
    ),
    "4.2 across midnight": pet.slices(
        drug=pet.tracer(
            RadiopharmaceuticalStartDateTime=None, RadiopharmaceuticalStartTime="233000"
        ),
        SeriesDate="20250102",
        SeriesTime="003000",
        AcquisitionDate="20250102",
        AcquisitionTime="003000",
    ),
    "5.0 Ga-68": pet.slices(
        one=pet.DOSE_BQ * 2 ** (-3600 / 4062.6) / 70000,
        drug=pet.tracer(RadionuclideHalfLife=4062.6),
    ),
    "time zone of the injection": pet.slices(
        drug=pet.tracer(
            RadiopharmaceuticalStartDateTime="20250101080000+0000",
            RadiopharmaceuticalStartTime=None,
        ),
        TimezoneOffsetFromUTC="+0200",
    ),
}


@pytest.mark.parametrize("name", list(OBJECTS))
@conforms("10 units", "digital reference objects of oncoray/suv_computation")
def test_every_way_to_write_a_pet_gives_the_same_suv(name: str) -> None:
    assert levels(OBJECTS[name]) == pytest.approx((0.2, 1.0, 4.0), rel=1e-4)


def test_a_ge_scan_start_counts_where_the_series_was_made_anew() -> None:
    made = pet.slices(SeriesTime="153000", AcquisitionTime="111500")
    for each in made:
        block = each.private_block(0x0009, "GEMS_PETD_01", create=True)
        block.add_new(0x0D, "DT", "20250101110000.00")
    assert levels(made) == pytest.approx((0.2, 1.0, 4.0), rel=1e-4)


@conforms("defect 7", "QIBA vendor-neutral rules")
def test_a_long_acquisition_counts_from_the_earliest_slice_of_the_whole_series() -> None:
    """Defect 7 of other viewers: the time of the single image."""
    made = pet.slices(SeriesTime="153000")
    for minute, each in zip((40, 20, 0, 10, 30), made, strict=True):
        each.AcquisitionTime = f"11{minute:02d}00"
    assert levels(made) == pytest.approx((0.2, 1.0, 4.0), rel=1e-4)


def said(sex: Sex, weight: float, height: float) -> SuvInput:
    return SuvInput("BQML", sex=sex, weight_kg=weight, height_m=height)


@pytest.mark.parametrize(
    ("kind", "sex", "grams"),
    [
        # 80 kg, 160 cm; worked by hand from the published formulas.
        (SuvKind.BW, Sex.FEMALE, 80000.0),
        (SuvKind.LBM, Sex.MALE, (88.0 - 30.0) * 1000),
        (SuvKind.LBM, Sex.FEMALE, (85.6 - 37.0) * 1000),
        (SuvKind.LBM_JAMES_128, Sex.MALE, (88.0 - 32.0) * 1000),
        (SuvKind.LBM_JAMES_128, Sex.FEMALE, (85.6 - 37.0) * 1000),
        (SuvKind.LBM_JANMA, Sex.MALE, 741600 / (6680 + 216 * 31.25) * 1000),
        (SuvKind.LBM_JANMA, Sex.FEMALE, 741600 / (8780 + 244 * 31.25) * 1000),
        (SuvKind.IBW, Sex.MALE, 56480.0),
        (SuvKind.IBW, Sex.FEMALE, 52780.0),
    ],
)
@conforms("10 kinds", "published formulas, worked by hand")
@conforms("defect 6", "James 1976, worked by hand")
def test_body_sizes_take_the_coefficients_of_the_right_sex(
    kind: SuvKind, sex: Sex, grams: float
) -> None:
    """Defect 6 of other viewers: 120 and 148 exchanged between the sexes."""
    assert body_size(said(sex, 80, 1.60), kind) == pytest.approx(grams, rel=1e-9)


def test_the_ideal_weight_of_a_light_patient_is_that_of_the_height() -> None:
    """PS3.16, DCM 126413, knows no limit: 48 + 1.06 x (190 - 152) kg."""
    assert body_size(said(Sex.MALE, 50, 1.90), SuvKind.IBW) == pytest.approx(88280.0)


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        ("LBM", (58.0 + 48.6) / 2 * 1000),
        ("LBMJAMES128", (56.0 + 48.6) / 2 * 1000),
        ("LBMJANMA", (741600 / 13430 + 741600 / 16405) / 2 * 1000),
        ("IBW", (56.48 + 52.78) / 2 * 1000),
    ],
)
def test_what_a_device_wrote_of_the_sex_o_was_the_mean_of_both_and_that_is_said(
    written: str, grams: float
) -> None:
    held = replace(said(Sex.OTHER, 80, 1.60), units="GML", suv_type=written)
    scale = suv_scale(held, SuvKind.BW)
    assert scale.factor == pytest.approx(80000 / grams, rel=1e-9)
    assert scale.notes == ("The sex is O: the device is taken to have used the mean of both.",)
    assert suv_scale(replace(held, sex=Sex.FEMALE), SuvKind.BW).notes == ()
    assert suv_scale(replace(held, suv_type="BW"), SuvKind.BSA).notes == ()


@pytest.mark.parametrize(
    ("kind", "missing", "named"),
    [
        (SuvKind.BW, {"PatientWeight": None}, "PatientWeight (0010,1030)"),
        (SuvKind.LBM, {"PatientSize": None}, "PatientSize (0010,1020)"),
        (SuvKind.LBM_JANMA, {"PatientSex": "O"}, "PatientSex (0010,0040)"),
        (SuvKind.IBW, {"PatientSex": ""}, "PatientSex (0010,0040)"),
        (SuvKind.BW, {"DecayCorrection": "NONE"}, "DecayCorrection (0054,1102)"),
        (SuvKind.BW, {"CorrectedImage": ["DECY"]}, "CorrectedImage (0028,0051)"),
        (SuvKind.BW, {"Units": None}, "Units (0054,1001)"),
        (SuvKind.BW, {"Units": "CNTS"}, "(7053,1000) or (7053,1009)"),
        (SuvKind.BW, {"drug": pet.tracer(RadionuclideTotalDose=None)}, "Dose (0018,1074)"),
        (SuvKind.BW, {"drug": pet.tracer(RadionuclideHalfLife=None)}, "HalfLife (0018,1075)"),
    ],
)
@conforms("10 refusal", "QIBA vendor-neutral rules")
def test_what_is_missing_is_named_and_the_values_stay_as_they_are(
    kind: SuvKind, missing: dict[str, Any], named: str
) -> None:
    shown = opened(pet.slices(**missing), kind)
    assert shown.suv is None
    assert named in shown.suv_refused
    assert "SUV" not in shown.frames[0].modality_transform.unit


def test_a_series_that_contradicts_itself_has_no_suv() -> None:
    made = pet.slices()
    made[3].PatientWeight = 80
    shown = opened(made)
    assert shown.suv is None
    assert "PatientWeight (0010,1030) differs" in shown.suv_refused


def test_each_slice_keeps_its_own_slope() -> None:
    """Row 1.0 of the reference objects: several slopes in one series."""
    made = pet.slices()
    made[2].RescaleSlope = f"{2 * pet.ONE / 5000:.10g}"
    shown = opened(made)
    slopes = [frame.modality_transform.slope * 5000 for frame in shown.frames]
    assert slopes == pytest.approx([1, 1, 2, 1, 1], rel=1e-4)


@conforms("10 name", "PS3.16 CID 85")
def test_the_name_of_the_suv_stands_beside_its_values() -> None:
    for kind in SuvKind:
        frame = opened(pet.slices(), kind).frames[0]
        assert frame.modality_transform.unit == kind.words


def test_a_window_of_the_image_shows_the_same_picture_in_suv() -> None:
    made = pet.slices(WindowCenter=f"{pet.ONE * 2:.6g}", WindowWidth=f"{pet.ONE * 4:.6g}")
    plain = read_object(make.to_bytes(made[0])).frames[0].voi[0]
    scaled = opened(made).frames[0].voi[0]
    assert isinstance(plain, Window)
    assert isinstance(scaled, Window)
    values = np.linspace(0, pet.ONE * 6, 500)
    assert np.allclose(
        apply_window(values, plain), apply_window(values / pet.ONE, scaled), atol=1e-4
    )


@conforms("1 user", "arithmetic")
def test_suv_presets_reach_exactly_from_end_to_end_and_only_where_there_is_suv() -> None:
    """LINEAR_EXACT for windows of the reader in SUV (§1): a LINEAR 5 wide would span 4."""
    shown = opened(pet.slices())
    first, *_ = presets.for_display_set(shown)
    assert first.window.function is VoiFunction.LINEAR_EXACT
    assert list(apply_window(np.asarray([0.0, 2.5, 5.0]), first.window)) == [0.0, 0.5, 1.0]
    assert presets.for_display_set(opened(pet.slices(PatientWeight=None))) == ()


def test_the_moment_of_injection_may_not_lie_after_the_scan() -> None:
    held = suv_input(
        [
            make.to_bytes(each)
            for each in pet.slices(
                drug=pet.tracer(
                    RadiopharmaceuticalStartDateTime="20250101120000",
                    RadiopharmaceuticalStartTime=None,
                )
            )
        ]
    )
    assert held.injected_at == datetime(2025, 1, 1, 12)
    shown = opened(
        pet.slices(
            drug=pet.tracer(
                RadiopharmaceuticalStartDateTime="20250101120000",
                RadiopharmaceuticalStartTime=None,
            )
        )
    )
    assert "RadiopharmaceuticalStartDateTime (0018,1078)" in shown.suv_refused


def test_the_brain_is_offered_0_to_15_first_and_head_and_neck_0_to_5() -> None:
    for words, first in (("FDG BRAIN", "suv15"), ("PET HEADNECK", "suv5")):
        shown = opened(pet.slices(SeriesDescription=words))
        assert presets.for_display_set(shown)[0].identifier == first
