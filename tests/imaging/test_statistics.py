"""Honest numbers: what is counted, in which unit, and where the millimetres come from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.conforms import conforms
from tests.imaging.frames import described
from tests.realdata import require
from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, unit
from workstation.domain.image import (
    Calibration,
    CalibrationSource,
    ModalityTransform,
    PixelPadding,
    UltrasoundRegion,
    Window,
)
from workstation.domain.measurement import MeasurementKind
from workstation.imaging.statistics import inside, measure, measure_plane

K = MeasurementKind
PATIENT = Calibration(CalibrationSource.PATIENT, (0.5, 2.0))


def image(rows: int = 40, columns: int = 50) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 4096, (rows, columns)).astype(np.uint16)


def frame(stored: np.ndarray, **changes: Any):  # type: ignore[no-untyped-def]
    changes.setdefault("calibration", PATIENT)
    changes.setdefault("modality_transform", ModalityTransform(1, -1024, None, "HU"))
    return described(stored, **changes)


def test_a_length_uses_each_directions_own_spacing() -> None:
    stored = image()
    found = measure(K.LENGTH, [(1, 2), (4, 10)], stored, frame(stored))
    assert found.value == pytest.approx(math.hypot(3 * 2.0, 8 * 0.5))
    assert (found.unit, found.calibration, found.interpolated) == ("mm", "patient", False)


def test_an_angle_is_measured_in_millimetres_and_not_in_pixels() -> None:
    stored = image()
    found = measure(K.ANGLE, [(0, 8), (0, 0), (2, 0)], stored, frame(stored))
    assert found.value == pytest.approx(90)
    diagonal = measure(K.ANGLE, [(2, 8), (0, 0), (2, 0)], stored, frame(stored))
    assert diagonal.value == pytest.approx(45)


def test_without_calibration_lengths_are_pixels_of_their_true_shape() -> None:
    stored = image()
    bare = frame(stored, calibration=Calibration(), pixel_aspect=2.0)
    found = measure(K.LENGTH, [(0, 0), (3, 2)], stored, bare)
    assert (found.value, found.unit, found.calibration) == (5.0, "px", "none")
    ellipse = measure(K.ELLIPSE, [(5, 5), (15, 15)], stored, bare)
    assert ellipse.statistics is not None
    assert ellipse.statistics.area_mm2 is None


@pytest.mark.parametrize("source", ["detector", "magnification corrected", "fiducial", "user"])
@conforms("6 source", "PS3.3 10.7")
def test_the_source_of_the_scale_stands_beside_every_value(source: str) -> None:
    stored = image()
    held = frame(stored, calibration=Calibration(CalibrationSource(source), (0.1, 0.1)))
    for kind, points in ((K.LENGTH, [(0, 0), (10, 0)]), (K.RECTANGLE, [(2, 2), (8, 8)])):
        assert measure(kind, points, stored, held).calibration == source


boxes = st.tuples(*[st.floats(-5, 55)] * 4).filter(
    lambda b: abs(b[2] - b[0]) > 1.5 and abs(b[3] - b[1]) > 1.5
)


@settings(max_examples=60, deadline=None)
@given(box=boxes)
@conforms("11 inside", "equation of the ellipse")
def test_an_ellipse_counts_exactly_the_pixels_whose_centre_it_holds(
    box: tuple[float, float, float, float],
) -> None:
    x0, y0, x1, y1 = box
    mask = inside(K.ELLIPSE, [(x0, y0), (x1, y1)], (40, 50))
    v, u = np.indices((40, 50))
    a, b = (x1 - x0) / 2, (y1 - y0) / 2
    expected = ((u - (x0 + x1) / 2) / a) ** 2 + ((v - (y0 + y1) / 2) / b) ** 2 <= 1 + 1e-9
    assert np.array_equal(mask, expected)


@conforms("defect 4", "equation of the ellipse")
def test_an_ellipse_on_an_oblique_slice_samples_the_drawn_pixels() -> None:
    """The inside test is in image coordinates, not of radii along L, P and H."""
    stored = image()
    oblique = PlaneGeometry(
        (10.0, 20.0, 30.0), unit((1, 1, 0)), unit((-1, 1, 1)), (0.5, 2.0), 40, 50
    )
    points = [(10.0, 12.0), (21.0, 31.0)]
    plain = measure(K.ELLIPSE, points, stored, frame(stored))
    tilted = measure(K.ELLIPSE, points, stored, frame(stored, plane=oblique))
    assert tilted == plain
    assert plain.statistics is not None
    assert plain.statistics.area_mm2 == pytest.approx(math.pi / 4 * 11 * 19 * 0.5 * 2.0)


@conforms("11 values", "numpy")
def test_statistics_are_of_modality_values_with_the_standard_deviation_over_n() -> None:
    stored = image()
    found = measure(K.RECTANGLE, [(3, 4), (12.4, 20)], stored, frame(stored)).statistics
    held = stored[4:21, 3:13].astype(float) - 1024
    assert found is not None
    assert (found.n, found.unit) == (held.size, "HU")
    assert found.mean == pytest.approx(held.mean())
    assert found.sd == pytest.approx(held.std())
    assert (found.minimum, found.maximum) == (held.min(), held.max())
    assert found.median == np.median(held)


def test_the_window_does_not_change_a_measurement() -> None:
    stored = image()
    one = frame(stored, voi=(Window(0, 1),))
    points = [(3, 4), (12, 20)]
    assert measure(K.ELLIPSE, points, stored, one) == measure(
        K.ELLIPSE, points, stored, frame(stored)
    )


def test_a_polygon_counts_its_edge_and_takes_its_geometric_area() -> None:
    triangle = [(2.0, 2.0), (12.0, 2.0), (2.0, 12.0)]
    mask = inside(K.POLYGON, triangle, (40, 50))
    assert mask.sum() == 66  # lattice points of the closed triangle: 11 * 12 / 2
    stored = image()
    found = measure(K.POLYGON, triangle, stored, frame(stored)).statistics
    assert found is not None
    assert found.area_mm2 == pytest.approx(50 * 0.5 * 2.0)


@conforms("11 padding", "count by hand")
def test_padding_is_left_out_and_counted() -> None:
    stored = image()
    stored[10:15, 10:20] = 0
    stored[stored == 1] = 2
    held = frame(stored, padding=PixelPadding(0, 1))
    found = measure(K.RECTANGLE, [(10, 10), (19, 19)], stored, held).statistics
    assert found is not None
    assert (found.n, found.excluded_padding) == (50, 50)
    assert found.minimum > -1024
    with pytest.raises(MeasurementRefused, match="padding"):
        measure(K.RECTANGLE, [(11, 11), (13, 13)], stored, held)
    with pytest.raises(MeasurementRefused, match="padding"):
        measure(K.PROBE, [(11, 11)], stored, held)


@conforms("11 small", "value by hand")
def test_a_region_below_one_pixel_takes_the_nearest_and_says_so() -> None:
    stored = image()
    found = measure(K.ELLIPSE, [(10.1, 10.1), (10.3, 10.3)], stored, frame(stored))
    assert found.value == float(stored[10, 10]) - 1024
    assert found.statistics is not None
    assert found.statistics.n == 1
    assert "nearest" in found.note
    assert not found.interpolated


@conforms("11 outside", "count by hand")
def test_what_reaches_outside_is_left_out_and_said() -> None:
    stored = image()
    found = measure(K.RECTANGLE, [(-5, -5), (4, 4)], stored, frame(stored))
    assert found.statistics is not None
    assert found.statistics.n == 25
    assert "outside" in found.note
    with pytest.raises(MeasurementRefused, match="outside"):
        measure(K.RECTANGLE, [(-9, -9), (-5, -5)], stored, frame(stored))
    with pytest.raises(MeasurementRefused, match="outside"):
        measure(K.PROBE, [(50, 3)], stored, frame(stored))


def test_values_that_are_no_number_are_no_image() -> None:
    stored = np.ones((20, 20), np.float32)
    stored[5, 5] = np.nan
    found = measure(K.RECTANGLE, [(4, 4), (6, 6)], stored, frame(stored)).statistics
    assert found is not None
    assert (found.n, found.excluded_padding) == (8, 1)
    with pytest.raises(MeasurementRefused):
        measure(K.PROBE, [(5, 5)], stored, frame(stored))


@conforms("11 colour", "length by hand")
def test_a_colour_image_has_no_values_and_still_has_lengths() -> None:
    stored = np.zeros((20, 20, 3), np.uint8)
    held = described(stored, calibration=PATIENT)
    with pytest.raises(MeasurementRefused, match="colour"):
        measure(K.PROBE, [(5, 5)], stored, held)
    assert measure(K.LENGTH, [(0, 0), (1, 0)], stored, held).unit == "mm"


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (K.LENGTH, [(0, 0)]),
        (K.ANGLE, [(0, 0), (1, 1)]),
        (K.POLYGON, [(0, 0), (1, 1)]),
        (K.PROBE, [(math.nan, 1)]),
        (K.ANGLE, [(1, 1), (1, 1), (2, 2)]),
    ],
)
def test_points_that_make_no_measurement_are_refused(kind: MeasurementKind, points: Any) -> None:
    with pytest.raises(MeasurementRefused):
        measure(kind, points, image(), frame(image()))


@conforms("11 reslice", "analytic field")
def test_on_a_reslice_values_are_marked_as_interpolated() -> None:
    plane = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 0, -1), (0.5, 0.5), 20, 20)
    values = np.full((20, 20), 7, np.float32)
    values[0:3] = np.nan
    found = measure_plane(K.RECTANGLE, [(2, 2), (6, 6)], values, plane, "HU")
    assert found.interpolated
    assert found.statistics is not None
    assert (found.statistics.n, found.statistics.excluded_padding) == (20, 5)
    assert measure_plane(K.LENGTH, [(0, 0), (6, 8)], values, plane, "HU").value == 5.0


# -- ultrasound (PS3.3 C.8.5.5) --------------------------------------------------------------

TISSUE = UltrasoundRegion(10, 10, 200, 100, 1, 1, 3, 3, 0.02, 0.01)
DOPPLER = UltrasoundRegion(10, 110, 200, 190, 3, 3, 4, 7, 0.005, -0.5)
FLOW = UltrasoundRegion(50, 30, 120, 80, 1, 2, 3, 3, 0.05, 0.05, flags=1)


def scan(*regions: UltrasoundRegion):  # type: ignore[no-untyped-def]
    stored = np.zeros((200, 220), np.uint8)
    return stored, described(stored, ultrasound_regions=regions, calibration=PATIENT)


@conforms("7 region", "PS3.3 C.8.5.5")
def test_ultrasound_lengths_use_the_region_and_each_axis() -> None:
    stored, held = scan(TISSUE, DOPPLER)
    found = measure(K.LENGTH, [(20, 20), (50, 60)], stored, held)
    assert found.value == pytest.approx(math.hypot(30 * 0.2, 40 * 0.1))
    assert (found.unit, found.calibration) == ("mm", "ultrasound region")


@conforms("7 bounds", "PS3.3 C.8.5.5.1.4")
def test_the_bounds_of_a_region_are_inclusive_and_beyond_them_are_pixels() -> None:
    stored, held = scan(TISSUE)
    assert measure(K.LENGTH, [(10, 10), (200, 100)], stored, held).unit == "mm"
    found = measure(K.LENGTH, [(9, 10), (200, 100)], stored, held)
    assert (found.unit, found.calibration) == ("px", "none")


def test_across_two_regions_there_are_no_millimetres() -> None:
    stored, held = scan(TISSUE, DOPPLER)
    found = measure(K.LENGTH, [(20, 90), (20, 120)], stored, held)
    assert (found.value, found.unit, found.calibration) == (30.0, "px", "none")


@conforms("7 doppler", "PS3.3 C.8.5.5.1.15")
def test_doppler_gives_seconds_along_and_speed_up_whatever_the_sign() -> None:
    stored, held = scan(TISSUE, DOPPLER)
    along = measure(K.LENGTH, [(20, 150), (60, 150)], stored, held)
    assert (along.value, along.unit) == (pytest.approx(0.2), "s")
    up = measure(K.LENGTH, [(20, 120), (20, 160)], stored, held)
    assert (up.value, up.unit) == (pytest.approx(20.0), "cm/s")


@conforms("7 priority", "PS3.3 C.8.5.5.1.3")
def test_a_transparent_region_gives_way_where_two_overlap() -> None:
    stored, held = scan(FLOW, TISSUE)
    found = measure(K.LENGTH, [(60, 40), (70, 40)], stored, held)
    assert found.value == pytest.approx(10 * 0.2)


@pytest.mark.parametrize(
    ("file", "points", "expected"),
    [
        # EXPECTED.tsv: 0.0261… cm a pixel in region 0, none across to region 1.
        ("us-mixed/examples_palette.dcm", [(200, 100), (300, 100)], 26.228787661969978),
        ("us-mixed/YBR_422.dcm", [(200, 100), (200, 200)], 6.1599999666213994),
        ("us-mixed/examples_ybr_color.dcm", [(100, 100), (200, 100)], 51.04970559477806),
        ("us-cine-acuson/DIRW0007.dcm", [(100, 100), (200, 100)], 52.478133506629575),
    ],
)
def test_real_ultrasound_is_measured_by_its_regions(
    file: str, points: list[tuple[float, float]], expected: float
) -> None:
    from workstation.dicom.reading import read_object

    held = read_object(require(file)).frames[0]
    found = measure(K.LENGTH, points, np.zeros((2, 2, 3), np.uint8), held)
    assert found.value == pytest.approx(expected, rel=1e-9)
    assert (found.unit, found.calibration) == ("mm", "ultrasound region")


def test_the_nearest_pixel_of_a_tiny_region_is_not_padding() -> None:
    stored = image()
    stored[5, 5] = 0
    held = frame(stored, padding=PixelPadding(0, 0))
    with pytest.raises(MeasurementRefused, match="padding"):
        measure(K.RECTANGLE, [(5.1, 5.1), (5.3, 5.3)], stored, held)


turned_ellipses = st.tuples(
    st.floats(5, 45), st.floats(5, 35), st.floats(2, 20), st.floats(2, 20), st.floats(0, math.pi)
)


@settings(max_examples=80, deadline=None)
@given(held=turned_ellipses)
def test_a_turned_ellipse_is_tested_in_its_own_frame(
    held: tuple[float, float, float, float, float],
) -> None:
    cx, cy, a, b, turn = held
    along = (a * math.cos(turn), a * math.sin(turn))
    across = (-b * math.sin(turn), b * math.cos(turn))
    points = [
        (cx - along[0], cy - along[1]),
        (cx + along[0], cy + along[1]),
        (cx + across[0], cy + across[1]),
    ]
    mask = inside(K.ROTATED_ELLIPSE, points, (40, 50))
    v, u = np.indices((40, 50))
    s = (u - cx) * math.cos(turn) + (v - cy) * math.sin(turn)
    t = -(u - cx) * math.sin(turn) + (v - cy) * math.cos(turn)
    away = (s / a) ** 2 + (t / b) ** 2
    clear = np.abs(away - 1) > 1e-6
    assert np.array_equal(mask[clear], (away <= 1)[clear])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 55), st.integers(-5, 45)), min_size=3, max_size=12))
def test_a_polygon_holds_the_pixels_that_a_test_of_each_one_finds(
    corners: list[tuple[int, int]],
) -> None:
    """Each pixel by itself: on a side, or an odd number of sides to its right (even-odd rule)."""
    points = [(float(x), float(y)) for x, y in corners]
    mask = inside(K.POLYGON, points, (40, 50))
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for y in range(0, 40, 3):
        for x in range(0, 50, 3):
            odd = on = False
            for (x0, y0), (x1, y1) in sides:
                cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
                among = min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)
                on |= cross == 0 and among
                if (y0 > y) != (y1 > y):
                    odd ^= (
                        x * (y1 - y0) < (x0 * (y1 - y0) + (y - y0) * (x1 - x0))
                        if y1 > y0
                        else (x * (y1 - y0) > (x0 * (y1 - y0) + (y - y0) * (x1 - x0)))
                    )
            assert mask[y, x] == (odd or on)


def test_an_outline_that_crosses_itself_says_so_and_counts_what_it_encloses_once() -> None:
    stored = image()
    bow = [(10.0, 10.0), (30.0, 30.0), (30.0, 10.0), (10.0, 30.0)]
    found = measure(K.POLYGON, bow, stored, frame(stored))
    assert "crosses itself" in found.note
    assert found.statistics is not None
    assert found.statistics.area_mm2 == pytest.approx(2 * 20 * 10 / 2)
    assert found.statistics.area_px == pytest.approx(200)


def test_both_areas_are_told() -> None:
    stored = image()
    found = measure(K.RECTANGLE, [(3.0, 4.0), (12.4, 20.0)], stored, frame(stored)).statistics
    assert found is not None
    assert found.area_mm2 == pytest.approx(9.4 * 16)
    assert found.counted_area_mm2 == pytest.approx(10 * 17)
