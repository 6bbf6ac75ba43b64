"""Stored values to picture: the formulas of PS3.3 C.11 and what other viewers get wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.conforms import conforms
from tests.imaging.frames import described, ramp
from workstation.domain.image import (
    LookupTable,
    ModalityTransform,
    Palette,
    PixelPadding,
    VoiFunction,
    Window,
)
from workstation.imaging.modality import modality_values, padding_mask
from workstation.imaging.picture import grey_table, render, render_values
from workstation.imaging.voi import apply_window, auto_window, full_range, opening_voi


def by_the_standard(x: float, window: Window) -> float:
    """The pseudo-code of C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, word by word, to 0..255."""
    c, w = window.center, window.width
    if window.function is VoiFunction.LINEAR:
        if x <= c - 0.5 - (w - 1) / 2:
            return 0.0
        if x > c - 0.5 + (w - 1) / 2:
            return 255.0
        return ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
    if window.function is VoiFunction.LINEAR_EXACT:
        if x <= c - w / 2:
            return 0.0
        if x > c + w / 2:
            return 255.0
        return ((x - c) / w + 0.5) * 255
    return 255 / (1 + math.exp(min(700, -4 * (x - c) / w)))


windows = st.builds(
    Window,
    st.floats(-1500, 3000),
    st.floats(1, 5000),
    st.sampled_from(list(VoiFunction)),
)


@settings(max_examples=60, deadline=None)
@given(window=windows)
@conforms("1 functions", "formulas of PS3.3 C.11.2.1.2.1, C.11.2.1.3")
@conforms("defect 1", "formulas of PS3.3 C.11.2.1.2.1")
def test_every_window_function_is_that_of_the_standard(window: Window) -> None:
    stored = ramp(-1024, 1023)
    picture = render(stored, described(stored), window)[0]
    for value, shown in zip(stored[0, ::37], picture[::37], strict=True):
        assert abs(float(shown) - by_the_standard(float(value), window)) <= 0.5 + 1e-6


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@conforms("1 identity", "PS3.3 C.11.2.1.2.1, note 5")
def test_the_full_window_is_the_identity_on_the_stored_range(bits: int) -> None:
    """c = 2^(n-1), w = 2^n LINEAR maps 0..2^n-1 onto itself; c -+ w/2 would be off by one."""
    window = Window(2 ** (bits - 1), 2**bits)
    values = np.arange(2**bits)
    assert np.allclose(apply_window(values, window) * (2**bits - 1), values, atol=1e-9)


@conforms("1 threshold", "PS3.3 C.11.2.1.2.1")
def test_a_linear_window_of_one_is_a_threshold() -> None:
    stored = ramp(38, 42)
    assert render(stored, described(stored), Window(40, 1))[0].tolist() == [0, 0, 255, 255, 255]


@conforms("defect 2", "PS3.3 C.11.2.1.3.1")
def test_a_sigmoid_is_no_line() -> None:
    stored = ramp(-200, 200)
    shown = render(stored, described(stored), Window(0, 100, VoiFunction.SIGMOID))[0]
    assert shown[200] == 128
    assert 3 < shown[100] < 6
    assert 249 < shown[300] < 252


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32])
def test_integers_of_every_type_show_the_same_window(kind: type) -> None:
    stored = ramp(0, 100, kind)
    expected = render(ramp(0, 100), described(ramp(0, 100)), Window(50, 60))
    assert np.array_equal(render(stored, described(stored), Window(50, 60)), expected)


def test_negative_bytes_are_not_read_as_large_ones() -> None:
    stored = ramp(-100, 100, np.int8)
    shown = render(stored, described(stored), Window(0, 201))[0].astype(int)
    assert (np.diff(shown) >= 0).all()
    assert (shown[0], shown[-1]) == (1, 255)


@conforms("3 inversion", "PS3.3 C.7.6.3.1.2")
def test_monochrome1_is_inverted_after_the_window_and_only_once() -> None:
    stored = ramp(0, 255, np.uint16)
    plain = render(stored, described(stored), Window(100, 50))
    turned = described(stored, photometric="MONOCHROME1")
    assert np.array_equal(render(stored, turned, Window(100, 50)), 255 - plain)
    assert np.array_equal(render(stored, turned, Window(100, 50), inverted=True), plain)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("inverted", [False, True])
@conforms("5 background", "PS3.3 C.7.5.1.1.2")
def test_padding_is_background_even_when_the_picture_is_inverted(
    photometric: str, inverted: bool
) -> None:
    stored = np.array([[-2000, -2001, -1999, 0, 100]], np.int16)
    padded = described(stored, photometric=photometric, padding=PixelPadding(-2001, -2000))
    shown = render(stored, padded, Window(0, 400), inverted=inverted)[0]
    assert shown[:2].tolist() == [0, 0]
    white = (photometric == "MONOCHROME1") != inverted
    assert shown[2] == (255 if white else 0)


@conforms("5 stored", "PS3.3 C.7.5.1.1.2")
def test_padding_is_compared_with_stored_values_before_rescaling() -> None:
    stored = np.array([[0, 1000, 2000]], np.uint16)
    frame = described(
        stored, padding=PixelPadding(0, 0), modality_transform=ModalityTransform(1, -1000)
    )
    assert padding_mask(stored, frame).tolist() == [[True, False, False]]  # type: ignore[union-attr]
    assert modality_values(stored, frame).tolist() == [[-1000, 0, 1000]]


@conforms("5 excluded", "numpy percentiles")
def test_padding_does_not_enter_the_automatic_window() -> None:
    rng = np.random.default_rng(1)
    stored = rng.integers(900, 1101, (64, 64)).astype(np.int16)
    stored[:, :32] = -2000
    held = opening_voi(stored, described(stored, padding=PixelPadding(-2000, -2000)))
    assert isinstance(held, Window)
    assert 900 < held.center - held.width / 2 < 910
    assert 1090 < held.center + held.width / 2 < 1110


@pytest.mark.parametrize("modality", ["US", "XA"])
@conforms("2 none", "PS3.4 N.2.1.3: without a VOI the values are shown as they are")
def test_a_picture_of_eight_bits_without_a_window_is_shown_as_the_device_made_it(
    modality: str,
) -> None:
    stored = np.tile(np.arange(0, 180, dtype=np.uint8), (16, 1))
    frame = described(stored, modality=modality)
    picture = render(stored, frame, opening_voi(stored, frame))
    np.testing.assert_array_equal(picture, stored)


@pytest.mark.parametrize(
    ("modality", "changes"),
    [
        ("NM", {}),
        ("CT", {}),
        ("US", {"modality_transform": ModalityTransform(0.5, 3)}),
        ("US", {"padding": PixelPadding(0, 0)}),
    ],
)
def test_measured_values_of_eight_bits_still_have_a_window_from_the_data(
    modality: str, changes: dict[str, Any]
) -> None:
    stored = np.tile(np.arange(0, 180, dtype=np.uint8), (16, 1))
    voi = opening_voi(stored, described(stored, modality=modality, **changes))
    assert isinstance(voi, Window)
    assert voi.explanation == "auto"


def test_the_automatic_window_presents_the_first_to_the_99th_percentile_fully() -> None:
    window = auto_window(np.arange(10001))
    assert (window.center, window.width) == ((100 + 9900 + 1) / 2, 9900 - 100 + 1)
    assert apply_window(np.array([100.0, 9900.0]), window).tolist() == [0.0, 1.0]


@given(st.integers(-40000, 40000), st.integers(1, 65535))
def test_the_full_range_shows_its_lowest_value_black_and_its_highest_white(
    low: int, span: int
) -> None:
    """C.11.2.1.2.1: (x1 + x2 + 1) / 2 and x2 - x1 + 1 present x1 to x2."""
    window, high = full_range(low, low + span), low + span
    shown = [by_the_standard(x, window) for x in (low, low + span / 2, high)]
    assert shown == pytest.approx([0.0, 127.5, 255.0])
    if window.function is VoiFunction.LINEAR:
        assert (window.center, window.width) == ((low + high + 1) / 2, span + 1)


def test_a_range_of_fractions_is_shown_fully_too() -> None:
    window = full_range(0.25, 1.0)
    assert [by_the_standard(x, window) for x in (0.25, 0.625, 1.0)] == [0.0, 127.5, 255.0]


def test_an_empty_or_even_image_has_a_window_too() -> None:
    for values in (np.zeros((4, 4)), np.full((2, 2), np.nan), np.full((3, 3), 7)):
        assert auto_window(values).width > 0


@pytest.mark.parametrize(
    ("slope", "intercept", "kind"),
    [(1, -1024, "i"), (2, 0, "i"), (0.5, 0, "f"), (1, 0.25, "f"), (-1, 0, "i"), (100000, 0, "i")],
)
@conforms("4 range", "numpy in double precision")
def test_modality_values_are_never_clipped(slope: float, intercept: float, kind: str) -> None:
    stored = np.array([[0, 1, 4095, 65535]], np.uint16)
    frame = described(stored, modality_transform=ModalityTransform(slope, intercept))
    values = modality_values(stored, frame)
    assert values.dtype.kind in ("f" if kind == "f" else "if")
    assert np.allclose(values.astype(float), stored.astype(float) * slope + intercept, rtol=1e-6)


def test_double_pixels_become_single_and_keep_their_fractions() -> None:
    stored = np.array([[0.25, 1e-3]])
    assert modality_values(stored, described(stored)).dtype == np.float32


@conforms("4 lut", "PS3.3 C.11.1.1")
def test_a_modality_lut_extends_its_ends() -> None:
    table = LookupTable(10, 16, np.array([5, 6, 1000], np.uint16))
    stored = np.array([[0, 10, 11, 12, 60000]], np.uint16)
    frame = described(stored, modality_transform=ModalityTransform(lut=table))
    assert modality_values(stored, frame).tolist() == [[5, 5, 6, 1000, 1000]]


@conforms("2 lut", "PS3.3 C.11.2.1.1")
def test_a_voi_lut_is_applied_after_rescaling_and_scaled_by_its_depth() -> None:
    table = LookupTable(-2, 10, np.array([0, 256, 512, 1023], np.uint16))
    stored = ramp(0, 7, np.uint16)
    frame = described(stored, modality_transform=ModalityTransform(1, -4))
    shown = render(stored, frame, table)[0]
    assert shown.tolist() == [0, 0, 0, 64, 128, 255, 255, 255]


@conforms("defect 11", "PS3.3 C.11.2")
def test_a_table_that_opens_the_image_is_used_and_not_left_off() -> None:
    table = LookupTable(0, 8, np.arange(255, -1, -1).astype(np.uint16))
    stored = ramp(0, 255, np.uint16)
    frame = described(stored, voi=(table, Window(128, 256)))
    assert np.array_equal(render(stored, frame), 255 - stored.astype(np.uint8))


@conforms("14 palette", "PS3.3 C.7.9")
def test_palette_colours_come_in_their_depth() -> None:
    entries = np.array([0, 0x8000, 0xFFFF], np.uint16)
    palette = Palette(1, 16, entries, entries[::-1].copy(), entries)
    stored = np.array([[0, 1, 2, 3, 200]], np.uint8)
    frame = described(stored, photometric="PALETTE COLOR", palette=palette)
    shown = render(stored, frame)
    assert shown[0, :, 0].tolist() == [0, 0, 128, 255, 255]
    assert shown[0, :, 1].tolist() == [255, 255, 128, 0, 0]


def test_colour_of_twelve_bits_is_as_bright_as_that_of_eight() -> None:
    stored = np.full((2, 2, 3), 4095, np.uint16)
    assert (render(stored, described(stored, bits=12)) == 255).all()
    sixteen = np.full((2, 2, 3), 65535, np.uint16)
    assert (render(sixteen, described(sixteen)) == 255).all()


def test_colour_knows_no_window() -> None:
    stored = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    assert np.array_equal(render(stored, described(stored), Window(3, 2)), stored)


def test_float_pixels_are_windowed_without_a_table() -> None:
    stored = np.linspace(0, 1, 256, dtype=np.float32)[None, :]
    window = Window(0.5, 1.0, VoiFunction.LINEAR_EXACT)
    assert np.array_equal(render(stored, described(stored), window)[0], np.arange(256))


@settings(max_examples=40, deadline=None)
@given(window=windows, inverted=st.booleans())
def test_a_resliced_plane_looks_like_the_frame_it_passes_through(
    window: Window, inverted: bool
) -> None:
    stored = ramp(-1024, 2047)
    plane = stored.astype(np.float32)
    plane[0, :5] = np.nan
    shown = render_values(plane, window, inverted=inverted)
    assert (shown[0, :5] == 0).all()
    frame = render(stored, described(stored), window, inverted=inverted)
    assert np.abs(shown[0, 5:].astype(int) - frame[0, 5:]).max() <= 1


@settings(max_examples=40, deadline=None)
@given(bits=st.integers(2, 16), signed=st.booleans(), window=windows)
def test_the_table_holds_the_pipeline_for_every_stored_value(
    bits: int, signed: bool, window: Window
) -> None:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    stored: Any = ramp(low, high, np.int16 if signed else np.uint16)
    frame = described(stored, bits=bits, modality_transform=ModalityTransform(1.5, -3))
    table = grey_table(frame, window, signed=signed)
    expected = np.floor(apply_window(stored[0] * 1.5 - 3, window) * 255 + 0.5)
    assert np.array_equal(table[stored[0].view(np.uint16)], expected)
