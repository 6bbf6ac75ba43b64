"""Shapes that cannot be crooked: right angles, parallels and areas in pixels of any form."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workstation.domain.geometry import Point
from workstation.domain.measurement import POINTS, MeasurementKind
from workstation.domain.measurement_kind import OPEN_ENDED
from workstation.domain.shapes import (
    area,
    crosses_itself,
    foot,
    moved,
    outline,
    problem,
    squared,
    strokes,
)

K = MeasurementKind
COORDINATE = st.floats(-200, 200)
POINT = st.tuples(COORDINATE, COORDINATE)
ASPECT = st.floats(0.2, 5)


def true(points: Sequence[Point], aspect: float) -> np.ndarray:
    return np.asarray(points, float) * (1.0, aspect)


def apart(a: Point, b: Point) -> bool:
    return math.dist(a, b) > 5


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def turned(a: np.ndarray, b: np.ndarray) -> float:
    return float(a[0] * b[1] - a[1] * b[0])


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[POINT] * 4), ASPECT)
def test_the_axes_of_a_bidirectional_are_square_in_the_patient_whatever_the_pixels(
    points: tuple[Point, ...], aspect: float
) -> None:
    assume(apart(points[0], points[1]))
    made = squared(K.BIDIRECTIONAL, points, aspect)
    a, b, c, d = true(made, aspect)
    assume(np.linalg.norm(d - c) > 1)
    assert problem(K.BIDIRECTIONAL, made, aspect) == ""
    assert abs(cosine(b - a, d - c)) < 1e-6
    assert made[:2] == points[:2]
    assert np.allclose(squared(K.BIDIRECTIONAL, made, aspect), made)


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[POINT] * 4), ASPECT)
def test_the_heart_line_is_parallel_to_the_thorax(points: tuple[Point, ...], aspect: float) -> None:
    assume(apart(points[0], points[1]))
    a, b, c, d = true(squared(K.CARDIOTHORACIC, points, aspect), aspect)
    assume(np.linalg.norm(d - c) > 1)
    assert abs(cosine(b - a, d - c)) == pytest.approx(1, abs=1e-9)
    # The widths are those of the points that were drawn, along the thorax.
    drawn = true(points, aspect)
    along = (b - a) / np.linalg.norm(b - a)
    assert np.linalg.norm(d - c) == pytest.approx(abs((drawn[3] - drawn[2]) @ along), abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([K.BIDIRECTIONAL, K.ROTATED_ELLIPSE, K.CARDIOTHORACIC]),
    st.tuples(*[POINT] * 4),
    st.integers(0, 3),
    POINT,
    ASPECT,
)
def test_a_shape_stays_one_while_any_of_its_points_is_dragged(
    kind: MeasurementKind, points: tuple[Point, ...], index: int, to: Point, aspect: float
) -> None:
    points = points[: POINTS[kind]]
    index = min(index, len(points) - 1)
    made = squared(kind, points, aspect)
    assume(apart(made[0], made[1]) and problem(kind, made, aspect) == "")
    now = moved(kind, made, index, to, aspect)
    assume(apart(now[0], now[1]))
    if index < 2:
        assert now[index] == pytest.approx(to)
    wrong = problem(kind, now, aspect)
    # It may become too small or the heart too wide, never crooked.
    assert "square" not in wrong
    assert "parallel" not in wrong


@pytest.mark.parametrize("kind", [K.BIDIRECTIONAL, K.ROTATED_ELLIPSE, K.CARDIOTHORACIC])
def test_crooked_points_make_no_shape(kind: MeasurementKind) -> None:
    crooked = [(0.0, 0.0), (10.0, 0.0), (4.0, 5.0), (6.0, 8.0)][: POINTS[kind]]
    assert problem(kind, crooked)


@pytest.mark.parametrize("kind", list(K))
def test_too_few_points_make_no_shape(kind: MeasurementKind) -> None:
    points = [(float(i), float(i * i)) for i in range(POINTS[kind] - 1)]
    assert f"A {kind} needs" in problem(kind, points)
    if kind not in OPEN_ENDED:
        more = [(float(i), float(i * i)) for i in range(POINTS[kind] + 1)]
        assert problem(kind, more)


@settings(max_examples=200, deadline=None)
@given(POINT, POINT, POINT, ASPECT)
def test_the_foot_of_a_perpendicular_is_the_nearest_point_of_the_line(
    a: Point, b: Point, point: Point, aspect: float
) -> None:
    assume(apart(a, b))
    p, q, r, f = true([a, b, point, foot(point, a, b, aspect)], aspect)
    direction = q - p
    expected = abs(turned(direction, r - p)) / np.linalg.norm(direction)
    assert np.linalg.norm(r - f) == pytest.approx(expected, abs=1e-6)
    assert abs(turned(direction, f - p)) / np.linalg.norm(direction) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=3, max_size=9))
def test_the_area_of_any_outline_is_what_opencv_fills(corners: list[tuple[int, int]]) -> None:
    """OpenCV fills by the even-odd rule too; at 16 times the size its edge is a small error."""
    points = [(float(x), float(y)) for x, y in corners]
    scale = 16
    canvas = np.zeros((100 * scale, 100 * scale), np.uint8)
    cv2.fillPoly(canvas, [np.asarray(corners, np.int32) * scale], (1,))
    length = sum(math.dist(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True))
    filled = int(canvas.sum()) / scale**2
    # Half a fine pixel along the whole edge, and OpenCV draws the edge itself.
    assert area(K.POLYGON, points) == pytest.approx(filled, abs=length / scale + 0.5)


def test_a_star_encloses_its_five_points_without_the_middle() -> None:
    """Pentagram in a circle of radius R: five triangles, the pentagon in the middle left out."""
    radius = 10.0
    corner = [
        (radius * math.sin(4 * math.pi * i / 5), radius * math.cos(4 * math.pi * i / 5))
        for i in range(5)
    ]
    inner = radius * math.cos(math.radians(72)) / math.cos(math.radians(36))
    decagon = 10 * radius * inner * math.sin(math.radians(36)) / 2
    pentagon = 5 / 2 * inner**2 * math.sin(math.radians(72))
    assert area(K.POLYGON, corner) == pytest.approx(decagon - pentagon)
    assert crosses_itself(corner)
    assert not crosses_itself([(0, 0), (4, 0), (4, 4), (0, 4)])


@settings(max_examples=100, deadline=None)
@given(POINT, POINT, st.floats(3, 60), ASPECT)
def test_the_area_of_a_turned_ellipse_is_pi_a_b(
    a: Point, b: Point, half: float, aspect: float
) -> None:
    assume(apart(a, b))
    one, other = true([a, b], aspect)
    across = np.array([-(other - one)[1], (other - one)[0]]) / np.linalg.norm(other - one)
    end = (one + other) / 2 + across * half
    points = squared(K.ROTATED_ELLIPSE, [a, b, (end[0], end[1] / aspect)], aspect)
    expected = math.pi * np.linalg.norm(other - one) / 2 * half / aspect
    assert area(K.ROTATED_ELLIPSE, points) == pytest.approx(expected)
    curve = true(outline(K.ROTATED_ELLIPSE, points), aspect) - (one + other) / 2
    long = (other - one) / np.linalg.norm(other - one)
    held = (curve @ long / (np.linalg.norm(other - one) / 2)) ** 2 + (curve @ across / half) ** 2
    assert np.allclose(held, 1)


def test_lines_that_do_not_belong_together_are_not_joined() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (0.0, 5.0), (10.0, 7.0)]
    assert strokes(K.COBB, points) == (tuple(points[:2]), tuple(points[2:]))
    assert strokes(K.CENTRE_LINE, points[:3])[1] == ((0.0, 5.0), (0.0, 0.0))
