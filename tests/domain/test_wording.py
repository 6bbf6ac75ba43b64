"""How values are written."""

from __future__ import annotations

import pytest

from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import MeasuredValue, MeasurementKind, RoiStatistics
from workstation.domain.wording import area_text, number, plain_text, quantity, value_words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (17.06, "mm", "17.1 mm"),
        (0.1, "mm", "0.1 mm"),
        (0.0425, "mm", "42 µm"),
        (0.0, "mm", "0.0 mm"),
        (-0.2, "HU", "0 HU"),
        (-14.0, "HU", "−14 HU"),
        (32.46, "deg", "32.5°"),
        (183.4, "px", "183 px"),
        (1.004, "g/ml", "1.00 g/ml"),
        (3.21, "", "3.2"),
    ],
)
def test_a_value_is_written_as_readers_write_it(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


def test_an_area_of_one_square_centimetre_is_written_in_square_centimetres() -> None:
    assert area_text(99.9) == "99.9 mm²"
    assert area_text(190) == "1.90 cm²"


def test_what_a_slide_of_tissue_measures_is_not_rounded_to_nothing() -> None:
    assert area_text(0.000_81) == "810 µm²"
    assert area_text(0) == "0.0 mm²"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.00081, "mm2/s", "0.00081 mm2/s"),
        (0.2, "HU", "0 HU"),
    ],
)
def test_a_small_value_is_not_written_as_nothing(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


@pytest.mark.parametrize(
    ("mean", "sd", "highest", "unit", "text"),
    [
        (0.999, 0.0235, 1.023, "", "1.00 ± 0.02"),
        (29.46, 1.2, 31.0, "Gy", "29.5 ± 1.2 Gy"),
        (0.00081, 0.00002, 0.0009, "mm2/s", "0.00081 ± 0.00002 mm2/s"),
        (598.4, 11.2, 617.0, "µm²/s", "598 ± 11 µm²/s"),
        (3.4, 2.1, 9.0, "HU", "3 ± 2 HU"),
        (0.0, 0.0, 0.0, "", "0 ± 0"),
    ],
)
def test_a_mean_has_the_digits_that_its_values_are_told_apart_by(
    mean: float, sd: float, highest: float, unit: str, text: str
) -> None:
    held = RoiStatistics(9, mean, sd, 0.0, highest, mean, 9.0, 0, unit)
    result = MeasuredValue(mean, unit, CalibrationSource.PATIENT, statistics=held)
    assert value_words(MeasurementKind.ELLIPSE, result) == text


def test_there_is_no_negative_zero() -> None:
    assert number(-0.04, 1) == "0.0"


def test_a_link_that_points_nowhere_is_said_and_not_dropped() -> None:
    text = "Nodule of {{m:a1}}, cyst of {{m:b2}}."
    assert plain_text(text, {"m:a1": "9 mm"}) == "Nodule of 9 mm, cyst of [removed measurement]."
