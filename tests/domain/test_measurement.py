"""Measurements and scales that cannot be built wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import (
    Detail,
    MeasuredValue,
    Measurement,
    MeasurementKind,
    UserCalibration,
)
from workstation.domain.wording import detail_text, report_text, value_text

K = MeasurementKind
NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


def measurement(kind: MeasurementKind, points: list[tuple[float, float]], **changes: object):  # type: ignore[no-untyped-def]
    result = MeasuredValue(1.0, "mm", CalibrationSource.PATIENT)
    held = {"result": result, **changes}
    return Measurement(
        "a",
        1,
        kind,
        "s",
        "1.2",
        FrameKey("1.2.3"),
        "S1",
        tuple(points),
        **held,  # type: ignore[arg-type]
    )


def test_a_measurement_of_crooked_axes_cannot_be_built() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (5.0, 3.0), (5.0, -3.0)]
    measurement(K.BIDIRECTIONAL, square)
    with pytest.raises(ValueError, match="square"):
        measurement(K.BIDIRECTIONAL, [*square[:3], (7.0, -3.0)])
    # What is square in pixels twice as high as wide is not square in square ones.
    slanted = [(0.0, 0.0), (10.0, 10.0), (7.0, 4.0), (3.0, 5.0)]
    measurement(K.BIDIRECTIONAL, slanted, pixel_aspect=2.0)
    with pytest.raises(ValueError, match="square"):
        measurement(K.BIDIRECTIONAL, slanted)
    with pytest.raises(ValueError, match="height"):
        measurement(K.BIDIRECTIONAL, square, pixel_aspect=0.0)
    with pytest.raises(ValueError, match="position"):
        measurement(K.LENGTH, square[:2], positions=((0.0, 0.0, 0.0),))


def test_a_scale_of_a_reader_gives_its_line_the_true_length_and_has_an_author() -> None:
    made = UserCalibration.of_line(
        "1.2", FrameKey("1.2.3"), ((0, 0), (30, 20)), 100.0, pixel_aspect=2.0, by="ROW", at=NOW
    )
    assert made.spacing_mm == (4.0, 2.0)
    with pytest.raises(ValueError, match="who"):
        replace(made, by="")
    with pytest.raises(ValueError, match="length"):
        replace(made, true_length_mm=50.0)
    with pytest.raises(ValueError, match="no length"):
        UserCalibration.of_line(
            "1.2", FrameKey("1.2.3"), ((5, 5), (5, 5)), 9.0, pixel_aspect=1.0, by="ROW", at=NOW
        )


def test_further_numbers_stand_once_and_in_words() -> None:
    heart = MeasuredValue(
        0.5196,
        "1",
        CalibrationSource.DETECTOR,
        details=(Detail("heart", 132, "mm"), Detail("thorax", 254, "mm")),
    )
    points = [(0.0, 0.0), (10.0, 0.0), (2.0, 3.0), (7.0, 3.0)]
    held = measurement(K.CARDIOTHORACIC, points, result=heart)
    assert value_text(held) == "CTR 0.52"
    assert detail_text(heart) == "heart 132.0 mm   thorax 254.0 mm"
    axes = MeasuredValue(
        14.23, "mm", CalibrationSource.PATIENT, details=(Detail("short axis", 9.08, "mm"),)
    )
    square = [(0.0, 0.0), (10.0, 0.0), (5.0, 3.0), (5.0, -3.0)]
    assert value_text(measurement(K.BIDIRECTIONAL, square, result=axes)) == "14.2 × 9.1 mm"
    assert detail_text(axes) == ""
    with pytest.raises(ValueError, match="not a number"):
        Detail("heart", float("nan"), "mm")


def test_a_length_of_a_projection_is_no_bare_number_in_the_report() -> None:
    points = [(0.0, 0.0), (10.0, 0.0)]
    words = {
        source: report_text(
            measurement(K.LENGTH, points, result=MeasuredValue(17.06, "mm", source))
        )
        for source in (
            CalibrationSource.PATIENT,
            CalibrationSource.DETECTOR,
            CalibrationSource.USER,
        )
    }
    assert list(words.values()) == [
        "17.1 mm",
        "17.1 mm (at detector)",
        "17.1 mm (scale set by the reader)",
    ]
