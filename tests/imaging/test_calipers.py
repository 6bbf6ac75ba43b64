"""Lengths, angles and ratios against what the same points say in patient space, and ultrasound
regions against the standard's formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.imaging.frames import described
from tests.imaging.test_statistics import DOPPLER, TISSUE, scan
from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, Point, unit
from workstation.domain.image import (
    Calibration,
    CalibrationSource,
    FrameDescription,
    UltrasoundRegion,
)
from workstation.domain.measurement import POINTS, MeasurementKind
from workstation.domain.shapes import squared
from workstation.imaging.scales import aspect_of
from workstation.imaging.statistics import measure, measure_line

K = MeasurementKind
POINT = st.tuples(st.floats(-100, 400), st.floats(-100, 400))
SPACING = st.tuples(st.floats(0.1, 4), st.floats(0.1, 4))


def oblique(spacing: tuple[float, float], turn: float = 0.7) -> FrameDescription:
    """A frame in an oblique plane with pixels that are not square."""
    row = unit((math.cos(turn), 0.3, math.sin(turn)))
    away = np.cross(row, (0.2, 1.0, -0.4))
    column = unit((float(away[0]), float(away[1]), float(away[2])))
    stored = np.zeros((64, 64), np.int16)
    plane = PlaneGeometry((11.0, -7.0, 3.0), row, column, spacing, 64, 64, "1.2")
    return described(
        stored, plane=plane, calibration=Calibration(CalibrationSource.PATIENT, spacing)
    )


def in_patient(frame: FrameDescription, points: tuple[Point, ...]) -> np.ndarray:
    assert frame.plane is not None
    return np.asarray([frame.plane.to_patient(point) for point in points])


def between(a: np.ndarray, b: np.ndarray) -> float:
    cosine = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


@settings(max_examples=150, deadline=None)
@given(st.lists(POINT, min_size=2, max_size=8), SPACING)
def test_a_polyline_is_as_long_as_its_way_through_the_patient(
    points: list[Point], spacing: tuple[float, float]
) -> None:
    frame = oblique(spacing)
    there = in_patient(frame, tuple(points))
    expected = np.linalg.norm(np.diff(there, axis=0), axis=1).sum()
    assume(expected > 0)
    found = measure_line(K.POLYLINE, points, frame)
    assert (found.value, found.unit) == (pytest.approx(expected), "mm")
    assert found.calibration is CalibrationSource.PATIENT


@settings(max_examples=150, deadline=None)
@given(st.tuples(*[POINT] * 4), SPACING)
def test_a_cobb_angle_is_that_of_the_lines_whichever_way_they_were_drawn(
    points: tuple[Point, ...], spacing: tuple[float, float]
) -> None:
    frame = oblique(spacing)
    a, b, c, d = in_patient(frame, points)
    assume(np.linalg.norm(b - a) > 1 and np.linalg.norm(d - c) > 1)
    wide = between(b - a, d - c)
    expected = min(wide, 180 - wide)
    for drawn in (points, (points[1], points[0], points[2], points[3]), points[::-1]):
        found = measure_line(K.COBB, drawn, frame)
        assert found.value == pytest.approx(expected, abs=1e-5)
        other = found.detail("other angle")
        assert other is not None
        assert other.value == pytest.approx(180 - expected, abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(st.tuples(*[POINT] * 4), SPACING)
def test_two_axes_are_told_long_one_first(
    points: tuple[Point, ...], spacing: tuple[float, float]
) -> None:
    frame = oblique(spacing)
    assume(math.dist(points[0], points[1]) > 5)
    made = squared(K.BIDIRECTIONAL, points, aspect_of(frame))
    a, b, c, d = in_patient(frame, made)
    one, other = np.linalg.norm(b - a), np.linalg.norm(d - c)
    assume(other > 1)
    found = measure_line(K.BIDIRECTIONAL, made, frame)
    short = found.detail("short axis")
    assert short is not None
    assert (found.value, short.value) == (
        pytest.approx(max(one, other)),
        pytest.approx(min(one, other)),
    )
    assert abs(between(b - a, d - c) - 90) < 1e-4


@settings(max_examples=150, deadline=None)
@given(st.tuples(*[POINT] * 3), SPACING)
def test_a_distance_from_a_line_is_the_shortest_in_the_patient(
    points: tuple[Point, ...], spacing: tuple[float, float]
) -> None:
    frame = oblique(spacing)
    a, b, p = in_patient(frame, points)
    assume(np.linalg.norm(b - a) > 1)
    expected = np.linalg.norm(np.cross(b - a, p - a)) / np.linalg.norm(b - a)
    found = measure_line(K.CENTRE_LINE, points, frame)
    assert found.value == pytest.approx(expected, abs=1e-6)


# -- the cardiothoracic ratio ------------------------------------------------------------------


def radiograph(**changes: Any) -> FrameDescription:
    held = {
        "modality": "DX",
        "view_position": "PA",
        "calibration": Calibration(CalibrationSource.DETECTOR, (0.2, 0.2)),
    }
    return described(np.zeros((400, 400), np.uint16), **{**held, **changes})


THORAX_HEART = [(50.0, 300.0), (350.0, 300.0), (120.0, 250.0), (276.0, 250.0)]


def test_a_cardiothoracic_ratio_has_no_unit_and_needs_no_scale() -> None:
    found = measure_line(K.CARDIOTHORACIC, THORAX_HEART, radiograph())
    assert (found.value, found.unit, found.calibration) == (pytest.approx(0.52), "1", "detector")
    widths = [(each.name, each.value, each.unit) for each in found.details]
    assert widths == [
        ("heart", pytest.approx(31.2), "mm"),
        ("thorax", pytest.approx(60.0), "mm"),
    ]
    bare = measure_line(K.CARDIOTHORACIC, THORAX_HEART, radiograph(calibration=Calibration()))
    assert bare.value == pytest.approx(0.52)
    assert {each.unit for each in bare.details} == {"px"}


def test_a_cardiothoracic_ratio_is_refused_where_no_frontal_chest_can_be() -> None:
    for changes in ({"view_position": "LL"}, {"view_position": "LATERAL"}, {"modality": "MG"}):
        with pytest.raises(MeasurementRefused, match="frontal"):
            measure_line(K.CARDIOTHORACIC, THORAX_HEART, radiograph(**changes))
    # A decubitus film is a frontal projection.
    assert measure_line(K.CARDIOTHORACIC, THORAX_HEART, radiograph(view_position="LLD")).value
    lying = measure_line(K.CARDIOTHORACIC, THORAX_HEART, radiograph(view_position="AP"))
    assert "AP" in lying.note
    wide = [*THORAX_HEART[2:], *THORAX_HEART[:2]]
    with pytest.raises(MeasurementRefused, match="thorax first"):
        measure_line(K.CARDIOTHORACIC, wide, radiograph())


# -- ultrasound regions (PS3.3 C.8.5.5) ----------------------------------------------------------


def test_two_points_of_a_doppler_region_tell_time_and_velocity() -> None:
    stored, held = scan(TISSUE, DOPPLER)
    found = measure(K.LENGTH, [(20, 120), (100, 160)], stored, held)
    assert (found.value, found.unit) == (pytest.approx(0.4), "s")
    assert {(each.name, each.value, each.unit) for each in found.details} == {
        ("Δt", 0.4, "s"),
        ("Δv", 20.0, "cm/s"),
    }


def test_an_m_mode_region_tells_time_and_depth() -> None:
    motion = UltrasoundRegion(0, 0, 199, 199, 2, 2, 4, 3, 0.01, 0.02)
    stored, held = scan(motion)
    down = measure(K.LENGTH, [(20, 20), (25, 70)], stored, held)
    assert (down.value, down.unit) == (pytest.approx(10.0), "mm")
    along = down.detail("Δt")
    assert along is not None
    assert along.value == pytest.approx(0.05)


def test_a_point_of_a_doppler_region_has_the_value_of_its_reference_pixel() -> None:
    """Value = reference value + (p - region minimum - reference pixel) times delta."""
    spectral = UltrasoundRegion(
        10, 110, 200, 190, 3, 3, 4, 7, 0.005, -0.5,
        reference_x=0, reference_y=40, reference_value_x=1.5, reference_value_y=2.0,
    )  # fmt: skip
    stored, held = scan(spectral)
    grey = measure(K.PROBE, [(30, 170)], stored, held)
    assert [each.name for each in grey.details] == ["time", "velocity"]
    assert [each.value for each in grey.details] == pytest.approx([1.6, -8.0])
    colour = measure(K.PROBE, [(30, 170)], np.zeros((200, 220, 3), np.uint8), held)
    assert (colour.value, colour.unit) == (pytest.approx(-8.0), "cm/s")
    assert colour.calibration is CalibrationSource.ULTRASOUND_REGION


def test_the_next_frame_may_have_other_regions() -> None:
    stored, first = scan(TISSUE)
    coarse = UltrasoundRegion(10, 10, 200, 100, 1, 1, 3, 3, 0.04, 0.04)
    _, second = scan(coarse)
    points = [(20, 20), (50, 20)]
    assert measure(K.LENGTH, points, stored, first).value == pytest.approx(6.0)
    assert measure(K.LENGTH, points, stored, second).value == pytest.approx(12.0)


def test_a_region_of_a_colour_image_has_an_area_and_no_mean() -> None:
    _, held = scan(TISSUE)
    colour = np.full((200, 220, 3), 90, np.uint8)
    box = [(20.0, 20.0), (60.0, 70.0)]
    found = measure(K.RECTANGLE, box, colour, held)
    assert (found.value, found.unit, found.statistics) == (pytest.approx(8.0 * 5.0), "mm2", None)
    outside = measure(K.RECTANGLE, [(20.0, 120.0), (60.0, 170.0)], colour, held)
    assert (outside.value, outside.unit, outside.calibration) == (2000.0, "px2", "none")


@pytest.mark.parametrize("kind", [k for k in K if k is not K.PROBE])
def test_points_at_one_place_make_no_line_and_no_angle(kind: MeasurementKind) -> None:
    if kind in (K.LENGTH, K.ELLIPSE, K.RECTANGLE):
        pytest.skip("a length of 0 mm and a region of one pixel are true")
    frame = oblique((0.5, 0.5))
    with pytest.raises(MeasurementRefused):
        measure(kind, [(5.0, 5.0)] * POINTS[kind], np.zeros((64, 64), np.int16), frame)
