"""SUV by the formulas of display rules §10, and its refusals, which name the attribute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import numpy as np
import pytest

from workstation.domain.errors import MeasurementRefused
from workstation.domain.identity import Sex
from workstation.domain.suv import SuvInput, SuvKind
from workstation.imaging.suv import body_size, scan_start, seconds_since_injection, suv_factor

GOOD = SuvInput(
    units="BQML",
    corrected_image=frozenset({"ATTN", "DECY", "SCAT"}),
    decay_correction="START",
    weight_kg=70.0,
    height_m=1.75,
    sex=Sex.MALE,
    dose_bq=3.7e8,
    half_life_s=6586.2,
    injected_at=datetime(2025, 1, 1, 10),
    injected_time=time(10),
    series_at=datetime(2025, 1, 1, 11),
    earliest_acquisition_at=datetime(2025, 1, 1, 11),
)


def test_body_weight_suv_decays_the_dose_to_the_start_of_the_scan() -> None:
    assert suv_factor(GOOD) == pytest.approx(70_000 / (3.7e8 * 2 ** (-3600 / 6586.2)), rel=1e-12)


def test_a_dose_corrected_to_administration_is_not_decayed() -> None:
    assert suv_factor(replace(GOOD, decay_correction="ADMIN")) == pytest.approx(70_000 / 3.7e8)


@pytest.mark.parametrize(
    ("sex", "kind", "kilograms"),
    [
        # Worked by hand for 70 kg and 175 cm: (70/175)^2 = 0.16, BMI = 22.857.
        (Sex.MALE, SuvKind.LBM, 1.10 * 70 - 120 * 0.16),
        (Sex.MALE, SuvKind.LBM_JAMES_128, 1.10 * 70 - 128 * 0.16),
        (Sex.FEMALE, SuvKind.LBM, 1.07 * 70 - 148 * 0.16),
        (Sex.FEMALE, SuvKind.LBM_JAMES_128, 1.07 * 70 - 148 * 0.16),
        (Sex.MALE, SuvKind.LBM_JANMA, 55.854),
        (Sex.FEMALE, SuvKind.LBM_JANMA, 45.194),
    ],
)
def test_lean_body_mass_takes_the_coefficients_of_the_right_sex(
    sex: Sex, kind: SuvKind, kilograms: float
) -> None:
    assert body_size(replace(GOOD, sex=sex), kind) == pytest.approx(kilograms * 1000, rel=1e-4)


def test_the_body_surface_is_that_of_du_bois() -> None:
    # 1.8481 m2 for 70 kg and 175 cm.
    assert body_size(GOOD, SuvKind.BSA) == pytest.approx(18481, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "kind", "named"),
    [
        ({"weight_kg": None}, SuvKind.BW, "PatientWeight"),
        ({"weight_kg": 0.0}, SuvKind.BW, "PatientWeight"),
        ({"height_m": None}, SuvKind.LBM, "PatientSize"),
        ({"height_m": None}, SuvKind.BSA, "PatientSize"),
        ({"sex": Sex.OTHER}, SuvKind.LBM_JANMA, "PatientSex"),
        ({"dose_bq": None}, SuvKind.BW, "RadionuclideTotalDose"),
        ({"half_life_s": None}, SuvKind.BW, "RadionuclideHalfLife"),
        ({"decay_correction": ""}, SuvKind.BW, "DecayCorrection"),
        ({"decay_correction": "NONE"}, SuvKind.BW, "DecayCorrection"),
        ({"corrected_image": frozenset({"ATTN"})}, SuvKind.BW, "CorrectedImage"),
        ({"corrected_image": frozenset({"DECY"})}, SuvKind.BW, "CorrectedImage"),
        ({"units": "PROPCPS"}, SuvKind.BW, "Units"),
        ({"units": "CNTS"}, SuvKind.BW, "7053,1000"),
        ({"injected_at": None, "injected_time": None}, SuvKind.BW, "RadiopharmaceuticalStartTime"),
        ({"series_at": None, "earliest_acquisition_at": None}, SuvKind.BW, "SeriesTime"),
    ],
)
def test_a_missing_attribute_is_named_and_no_value_is_given(
    change: dict[str, object], kind: SuvKind, named: str
) -> None:
    with pytest.raises(MeasurementRefused, match=named):
        suv_factor(replace(GOOD, **change), kind)  # type: ignore[arg-type]


def test_values_that_are_suv_already_need_neither_dose_nor_time() -> None:
    bare = SuvInput(units="GML", suv_type="BW")
    assert suv_factor(bare) == 1.0
    with pytest.raises(MeasurementRefused, match="PatientWeight"):
        suv_factor(bare, SuvKind.LBM)
    sized = replace(bare, weight_kg=70.0, height_m=1.75, sex=Sex.MALE)
    assert suv_factor(sized, SuvKind.LBM) == pytest.approx((1.10 * 70 - 120 * 0.16) / 70)


def test_philips_counts_use_the_suv_scale_and_else_the_activity_scale() -> None:
    counts = replace(GOOD, units="CNTS", philips_suv_scale=0.0005, philips_activity_scale=2.0)
    assert suv_factor(counts) == 0.0005
    zero = replace(counts, philips_suv_scale=0.0)
    assert suv_factor(zero) == pytest.approx(2.0 * suv_factor(GOOD))


def test_a_dose_in_megabecquerel_is_recognised() -> None:
    assert suv_factor(replace(GOOD, dose_bq=370.0)) == pytest.approx(suv_factor(GOOD))


def test_an_injection_before_midnight_is_an_hour_before_and_not_a_day_after() -> None:
    night = replace(
        GOOD,
        injected_at=None,
        injected_time=time(23, 30),
        series_at=datetime(2025, 1, 2, 0, 30),
        earliest_acquisition_at=datetime(2025, 1, 2, 0, 30),
    )
    assert seconds_since_injection(night) == 3600.0


def test_a_date_that_cannot_be_gives_way_to_the_time_of_day() -> None:
    moved = replace(GOOD, injected_at=datetime(1999, 1, 1, 10))
    assert seconds_since_injection(moved) == 3600.0
    with pytest.raises(MeasurementRefused, match="StartDateTime"):
        seconds_since_injection(replace(moved, injected_time=None))


def test_a_series_made_anew_later_counts_from_its_earliest_acquisition() -> None:
    anew = replace(GOOD, series_at=datetime(2025, 1, 1, 15))
    assert scan_start(anew) == datetime(2025, 1, 1, 11)
    ge = replace(anew, ge_scan_at=datetime(2025, 1, 1, 10, 58))
    assert scan_start(ge) == datetime(2025, 1, 1, 10, 58)


def test_siemens_frame_reference_leads_back_to_the_start() -> None:
    # A 300 s frame whose reference lies at its mean count rate (149.2 s for F-18).
    decay = np.log(2) / 6586.2
    middle = np.log(decay * 300 / -np.expm1(-decay * 300)) / decay
    second = replace(
        GOOD,
        series_at=datetime(2025, 1, 1, 15),
        earliest_acquisition_at=datetime(2025, 1, 1, 11, 5),
        frame_reference_ms=(300 + middle) * 1000,
        frame_duration_ms=300_000,
    )
    assert scan_start(second) == datetime(2025, 1, 1, 11, 0)
