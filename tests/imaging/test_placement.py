"""Where pixels land: turning, flipping, fitting, and shrinking without aliasing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.conformance.conforms import conforms
from workstation.domain.geometry import PlaneGeometry, unit
from workstation.domain.view import Edge, Hung, ViewState
from workstation.imaging import lut
from workstation.imaging.blit import Pyramid, blitted, to_viewport
from workstation.imaging.letters import EdgeLetters, edge_letters, spoken
from workstation.imaging.placement import Placement
from workstation.imaging.scale_bar import scale_bar, words

views = st.builds(
    ViewState,
    zoom=st.one_of(st.none(), st.floats(0.05, 20)),
    pan=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    rotation=st.sampled_from([0, 90, 180, 270]),
    flipped=st.booleans(),
)


def place(view: ViewState, rows: int = 5, columns: int = 8, aspect: float = 1.0, side: int = 40):  # type: ignore[no-untyped-def]
    return Placement.of(
        view, rows=rows, columns=columns, pixel_aspect=aspect, width=side, height=side
    )


@settings(max_examples=80, deadline=None)
@given(view=views, point=st.tuples(st.floats(-9, 99), st.floats(-9, 99)))
def test_a_point_comes_back_from_the_screen(view: ViewState, point: tuple[float, float]) -> None:
    held = place(view, aspect=1.7)
    assert np.allclose(held.to_image(held.to_screen(point)), point, atol=1e-6)


def corner_picture() -> np.ndarray:
    picture = np.full((3, 3), 50, np.uint8)
    picture[0, 0], picture[0, 2] = 255, 150
    return picture


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_view_turns_clockwise_and_then_flips(quarters: int, flipped: bool) -> None:
    picture = corner_picture()
    expected = np.rot90(picture, -quarters)
    expected = expected[:, ::-1] if flipped else expected
    view = ViewState(rotation=90 * quarters, flipped=flipped)
    held = Placement.of(view, rows=3, columns=3, pixel_aspect=1.0, width=3, height=3)
    assert np.array_equal(to_viewport(picture, lambda p: p, held, 3, 3), expected)


def test_one_to_one_shows_the_very_pixels() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (31, 47)).astype(np.uint8)
    held = Placement.of(
        ViewState(zoom=1.0), rows=31, columns=47, pixel_aspect=1.0, width=47, height=31
    )
    assert np.array_equal(to_viewport(picture, lambda p: p, held, 47, 31), picture)


def test_pixels_that_are_taller_than_wide_keep_their_shape() -> None:
    held = place(ViewState(), rows=10, columns=20, aspect=2.0)
    x0, y0 = held.to_screen((-0.5, -0.5))
    x1, y1 = held.to_screen((19.5, 9.5))
    assert abs((x1 - x0) - (y1 - y0)) < 1e-9
    assert abs((x1 - x0) - 40) < 1e-9


def specks(side: int) -> np.ndarray:
    image = np.full((side, side), 1000, np.int16)
    image[5::16, 3::16] = 4000
    return image


def test_shrinking_keeps_the_brightness_of_calcifications() -> None:
    """Plain linear sampling shows or hides single bright pixels by chance."""
    image = specks(2048)
    pyramid = Pyramid(image, None, 0)
    held = Placement.of(
        ViewState(), rows=2048, columns=2048, pixel_aspect=1.0, width=256, height=256
    )
    shown = to_viewport(
        image, lambda p: ((p - 1000) // 12).astype(np.uint8), held, 256, 256, pyramid=pyramid
    )
    inner = shown[8:-8, 8:-8].astype(float)
    cells = inner.reshape(120, 2, 120, 2).sum(axis=(1, 3))
    assert cells.std() < 0.35 * cells.mean()
    assert cells.min() > 0


def test_a_picture_without_a_pyramid_is_filtered_as_well() -> None:
    picture = np.zeros((1024, 1024), np.uint8)
    picture[:, ::2] = 200
    held = Placement.of(
        ViewState(), rows=1024, columns=1024, pixel_aspect=1.0, width=200, height=200
    )
    shown = to_viewport(picture, lambda p: p, held, 200, 200)
    assert np.abs(shown[2:-2, 2:-2].astype(int) - 100).max() <= 2


def test_the_pyramid_does_not_mix_padding_into_the_breast() -> None:
    image = np.full((1030, 1030), 2000, np.int16)
    image[:, 515:] = -2000
    pyramid = Pyramid(image, image == -2000, -2000)
    for level in pyramid.levels[1:]:
        assert set(np.unique(level)) <= {2000, -2000}


def test_around_the_image_is_black_even_for_large_inverted_frames() -> None:
    image = np.zeros((600, 600), np.uint16)
    held = Placement.of(
        ViewState(zoom=0.1), rows=600, columns=600, pixel_aspect=1.0, width=100, height=100
    )
    shown = to_viewport(image, lambda p: np.full(p.shape, 255, np.uint8), held, 100, 100)
    assert (shown[:19] == 0).all()
    assert (shown[21:79, 21:79] == 255).all()


AXIAL = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1), 10, 10)


def test_letters_of_a_supine_axial_slice() -> None:
    edges = edge_letters(AXIAL, ("", ""), ViewState())
    assert (edges.left, edges.right, edges.top, edges.bottom) == ("R", "L", "A", "P")


def test_letters_follow_the_turned_and_flipped_view() -> None:
    turned = edge_letters(AXIAL, ("", ""), ViewState(rotation=90))
    assert (turned.left, turned.right, turned.top, turned.bottom) == ("P", "A", "R", "L")
    flipped = edge_letters(AXIAL, ("", ""), ViewState(flipped=True))
    assert (flipped.left, flipped.right, flipped.top, flipped.bottom) == ("L", "R", "A", "P")
    both = edge_letters(AXIAL, ("", ""), ViewState(rotation=90, flipped=True))
    assert (both.left, both.right, both.top, both.bottom) == ("A", "P", "R", "L")


@conforms("12 noise", "PS3.3 C.7.6.1.1.1")
def test_rounding_noise_gives_no_letter() -> None:
    row = unit((0.9999, 0.005, -0.009))
    column = unit((-0.005, 0.9999, 0.004))
    noisy = PlaneGeometry((0, 0, 0), row, column, (1, 1), 10, 10)
    assert edge_letters(noisy, ("", ""), ViewState()).right == "L"


def test_an_oblique_edge_has_two_letters() -> None:
    oblique = PlaneGeometry((0, 0, 0), unit((1, 1, 0)), (0, 0, -1), (1, 1), 10, 10)
    edges = edge_letters(oblique, ("", ""), ViewState())
    assert set(edges.right) == {"L", "P"}
    assert set(edges.left) == {"R", "A"}
    assert edges.top == "H"
    assert spoken(edges, "S/I").top == "S"


@conforms("12 projection", "PS3.3 C.7.6.1.1.1")
def test_a_projection_uses_what_the_device_wrote_and_guesses_nothing() -> None:
    edges = edge_letters(None, ("A", "FR"), ViewState(rotation=180))
    assert (edges.left, edges.right, edges.top, edges.bottom) == ("A", "P", "FR", "HL")
    assert edge_letters(None, ("", ""), ViewState()).right == ""
    for contradicts in (("A", "?"), ("?", "A"), ("L", "L"), ("L", "RF"), ("H", "F"), ("LE", "RT")):
        assert edge_letters(None, contradicts, ViewState()) == EdgeLetters()
    animal = edge_letters(None, ("CD", "V"), ViewState())
    assert (animal.left, animal.top) == ("CR", "D")


def test_the_scale_bar_is_the_longest_round_length_that_fits() -> None:
    assert scale_bar(0.5, 120) == (50.0, 100.0)
    assert scale_bar(0.000_5, 120) == (0.05, 100.0)
    assert scale_bar(0.000_5, 1.5) is None
    assert words(50) == "5 cm"
    assert words(5) == "5 mm"
    assert words(0.05) == "50 µm"


@settings(max_examples=60, deadline=None)
@given(view=views, rows=st.integers(3, 60), columns=st.integers(3, 60), side=st.integers(8, 90))
def test_every_pixel_on_the_screen_is_where_its_annotation_is_drawn(
    view: ViewState, rows: int, columns: int, side: int
) -> None:
    """A ramp tells its own position: the buffer and `to_image` must agree."""
    across = np.broadcast_to(np.linspace(20, 250, columns), (rows, columns))
    stored = np.rint(across).astype(np.uint16)
    held = Placement.of(view, rows=rows, columns=columns, pixel_aspect=1.0, width=side, height=side)
    if held.scale < 0.5:
        return
    shown = to_viewport(stored, lambda part: part.astype(np.uint8), held, side, side)
    steep = 230 / (columns - 1)
    for y in range(0, side, 7):
        for x in range(0, side, 7):
            column, row = held.to_image((x, y))
            inside = 0 <= column <= columns - 1 and 0 <= row <= rows - 1
            outside = not (-1 <= column <= columns and -1 <= row <= rows)
            if outside:
                assert shown[y, x] == 0
            elif inside and shown[y, x]:
                # Half a screen pixel where the last column is cut.
                assert abs(shown[y, x] - (20 + column * steep)) <= 2 + 0.3 * steep


@settings(max_examples=60, deadline=None)
@given(view=views, rows=st.integers(3, 90), columns=st.integers(3, 90), side=st.integers(8, 90))
def test_what_is_written_where_it_belongs_is_what_would_be_copied_there(
    view: ViewState, rows: int, columns: int, side: int
) -> None:
    stored = np.random.default_rng(rows).integers(0, 4096, (rows, columns)).astype(np.int16)
    table = lut.Grey((np.arange(65536) // 16).astype(np.uint8), True)
    held = Placement.of(view, rows=rows, columns=columns, pixel_aspect=1.0, width=side, height=side)

    def picture_of(part: NDArray[np.int16]) -> NDArray[np.uint8]:
        return lut.apply(part, table)

    def into(part: NDArray[np.int16], out: NDArray[np.uint8]) -> None:
        lut.apply(part, table, out)

    copied = to_viewport(stored, picture_of, held, side, side, blend=True)
    made = blitted(stored, picture_of, held, side, side, blend=True, into=into)
    assert np.array_equal(made.whole(), copied)


def test_one_to_one_holds_the_very_pixels_wherever_the_image_is_moved() -> None:
    picture = np.random.default_rng(1).integers(1, 256, (31, 46)).astype(np.uint8)
    view = ViewState(zoom=1.0, pan=(3.3, -2.6))
    held = Placement.of(view, rows=31, columns=46, pixel_aspect=1.0, width=60, height=60)
    shown = to_viewport(picture, lambda part: part, held, 60, 60)
    ys, xs = np.nonzero(shown)
    assert np.array_equal(shown[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], picture)


@pytest.mark.parametrize("edge", list(Edge))
def test_a_drag_moves_an_image_that_is_held_to_an_edge_as_far_as_any_other(edge: Edge) -> None:
    def corner(pan: tuple[float, float]) -> tuple[float, float]:
        view = ViewState(zoom=1.0, pan=pan, hung=Hung(0, False, edge))
        return place(view).to_screen((0, 0))

    (x, y), (there_x, there_y) = corner((0, 0)), corner((3, -2))
    assert (there_x - x, there_y - y) == (3, -2)


@pytest.mark.parametrize("side", [32, 48, 64, 100])
@pytest.mark.parametrize("colours", [(), (3,)])
def test_what_is_painted_into_a_buffer_never_reaches_the_frame(
    side: int, colours: tuple[int, ...]
) -> None:
    """A shutter is painted into the buffer; colours go through no table, which would copy them."""
    frame = np.random.default_rng(side).integers(0, 200, (64, 64, *colours)).astype(np.uint8)
    before = frame.copy()
    held = place(ViewState(), rows=64, columns=64, side=side)
    made = to_viewport(frame, lambda part: part, held, side, side)
    made[...] = 255
    assert np.array_equal(frame, before)


@settings(max_examples=60, deadline=None)
@given(view=views)
def test_a_picture_is_black_wherever_no_image_is(view: ViewState) -> None:
    held = place(view, rows=20, columns=30, side=40)
    made = to_viewport(np.full((20, 30), 200, np.uint8), lambda part: part, held, 40, 40)
    for row, column in np.ndindex(40, 40):
        x, y = held.to_image((float(column), float(row)))
        away = max(-0.5 - x, x - 29.5, -0.5 - y, y - 19.5) * held.scale
        if away > 1.01:
            assert made[row, column] == 0
        if away < -1.01:
            assert made[row, column] == 200
