"""Tables on stored values: the line, the look-up and OpenCV give the same bytes for every input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.imaging.frames import described
from workstation.domain.image import (
    LookupTable,
    ModalityTransform,
    PixelPadding,
    Voi,
    VoiFunction,
    Window,
)
from workstation.imaging import lut
from workstation.imaging.picture import grey, grey_table

EVERY = np.arange(65536, dtype=np.uint16)

functions = st.sampled_from(list(VoiFunction))
windows = st.builds(
    Window,
    st.one_of(st.integers(-3000, 70000).map(float), st.floats(-3000, 5000)),
    st.one_of(st.integers(2, 66000).map(float), st.floats(1.0, 5000)),
    functions,
)
tables = st.builds(
    lambda first, seed: LookupTable(
        first, 12, np.random.default_rng(seed).integers(0, 4096, 900).astype(np.uint16)
    ),
    st.integers(-500, 2000),
    st.integers(0, 9),
)


@settings(max_examples=150, deadline=None)
@given(
    voi=st.one_of(windows, tables),
    bits=st.integers(2, 16),
    signed=st.booleans(),
    inverted=st.booleans(),
    slope=st.sampled_from((1.0, 2.0, 0.5, -1.0, 0.0003)),
    padding=st.one_of(
        st.none(), st.tuples(st.integers(-2100, 2100), st.integers(0, 60)), st.just((0, 0))
    ),
)
def test_every_stored_value_gets_the_byte_of_the_table(
    voi: Voi,
    bits: int,
    signed: bool,
    inverted: bool,
    slope: float,
    padding: tuple[int, int] | None,
) -> None:
    stored = EVERY.view(np.int16) if signed else EVERY
    frame = described(
        stored.reshape(256, 256),
        bits=bits,
        modality_transform=ModalityTransform(slope, -1024),
        padding=None if padding is None else PixelPadding(padding[0], sum(padding)),
    )
    held = grey(frame, voi, inverted=inverted, signed=signed)
    assert np.array_equal(held.entries, grey_table(frame, voi, inverted=inverted, signed=signed))
    assert np.array_equal(lut.apply(stored, held), held.entries)


@pytest.mark.skipif(not lut.has_kernel(), reason="the kernel was not built: no C compiler")
@pytest.mark.parametrize(
    ("window", "bits", "signed", "transform", "padding"),
    [
        (Window(40, 400), 12, False, ModalityTransform(1, -1024), None),
        (Window(40, 80), 16, True, ModalityTransform(1, -1024), PixelPadding(-2000, -2000)),
        (Window(-600, 1500), 16, True, ModalityTransform(1, 0), PixelPadding(-32768, -32768)),
        (Window(300, 1500), 12, False, ModalityTransform(1, -1024), PixelPadding(0, 0)),
        (Window(2048, 4096), 12, False, ModalityTransform(1, 0), None),
        (Window(32768, 65536), 16, False, ModalityTransform(1, 0), None),
        (Window(511.3, 977.7, VoiFunction.LINEAR_EXACT), 14, False, ModalityTransform(1, 0), None),
        (Window(3.2, 7.5), 16, False, ModalityTransform(0.0021, 0), None),
    ],
)
@pytest.mark.parametrize("inverted", [False, True])
def test_a_usual_window_is_a_line(
    window: Window,
    bits: int,
    signed: bool,
    transform: ModalityTransform,
    padding: PixelPadding | None,
    inverted: bool,
) -> None:
    stored = EVERY.view(np.int16) if signed else EVERY
    frame = described(
        stored.reshape(256, 256), bits=bits, modality_transform=transform, padding=padding
    )
    held = grey(frame, window, inverted=inverted, signed=signed)
    assert held.line is not None
    assert np.array_equal(lut.apply(stored, held), held.entries)


def some(rows: int, columns: int) -> NDArray[np.uint16]:
    return np.random.default_rng(3).integers(0, 65536, (rows, columns)).astype(np.uint16)


def test_a_large_frame_is_looked_up_in_two_parts_like_a_small_one() -> None:
    entries = np.random.default_rng(1).integers(0, 256, 65536).astype(np.uint8)
    stored = some(1031, 1033)
    assert np.array_equal(lut.apply(stored, lut.Grey(entries, False)), entries[stored])


def test_without_the_kernel_opencv_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = some(64, 50)
    frame = described(stored, bits=16, padding=PixelPadding(7, 900))
    fast = lut.apply(stored, grey(frame, Window(20000, 31000), signed=False))
    monkeypatch.setattr(lut, "_kernel", None)
    held = grey(frame, Window(20000, 31000), signed=False)
    assert held.line is None
    assert np.array_equal(lut.apply(stored, held), fast)


def test_a_part_of_a_frame_is_looked_up_as_it_lies() -> None:
    stored = some(40, 40)
    held = grey(described(stored, bits=16), Window(20000, 31000), signed=False)
    part = stored[3:20, 5:31]
    assert np.array_equal(lut.apply(part, held), held.entries[part])


@pytest.mark.parametrize("window", [Window(20000, 31000), None])
@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("side", [40, 1100])
def test_bytes_go_into_a_part_of_an_image_and_nowhere_else(
    window: Window | None, kernel: bool, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By line, by table, by two threads, and by OpenCV."""
    if not kernel:
        monkeypatch.setattr(lut, "_kernel", None)
    stored = some(side, side + 1)
    entries = np.random.default_rng(2).integers(0, 256, 65536).astype(np.uint8)
    held = lut.Grey(entries, False)
    if window is not None:
        held = grey(described(stored, bits=16), window, signed=False)
    whole = np.full((side + 9, side + 12), 77, np.uint8)
    part = whole[4 : side + 4, 5 : side + 6]
    assert lut.apply(stored, held, part) is part
    assert np.array_equal(part, held.entries[stored])
    part[...] = 77
    assert (whole == 77).all()


def test_eight_bits_go_into_a_part_of_an_image() -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    held = lut.Grey(np.random.default_rng(1).integers(0, 256, 65536).astype(np.uint8), False)
    whole = np.zeros((20, 20), np.uint8)
    lut.apply(stored, held, whole[2:18, 1:17])
    assert np.array_equal(whole[2:18, 1:17], held.entries[stored])


@pytest.mark.skipif(not lut.has_kernel(), reason="the kernel was not built: no C compiler")
def test_bytes_with_gaps_between_them_are_refused() -> None:
    from workstation.imaging import _lut

    stored, wide = some(8, 8), np.zeros((8, 16), np.uint8)
    with pytest.raises(ValueError, match="rows without gaps"):
        _lut.table(stored, np.zeros(65536, np.uint8), wide[:, ::2])


@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_eight_bits_use_use_the_ends_of_the_table(kind: type[np.generic]) -> None:
    stored = np.arange(256, dtype=np.uint8).view(kind).reshape(16, 16)
    entries = np.random.default_rng(1).integers(0, 256, 65536).astype(np.uint8)
    shown = lut.apply(stored, lut.Grey(entries, kind is np.int8))
    assert np.array_equal(shown, entries[stored.astype(np.int64)])


@pytest.mark.skipif(not lut.has_kernel(), reason="the kernel was not built: no C compiler")
def test_buffers_that_do_not_belong_together_are_refused() -> None:
    from workstation.imaging import _lut

    stored, out = np.zeros(10, np.uint16), np.zeros(9, np.uint8)
    with pytest.raises(ValueError, match="belong together"):
        _lut.table(stored, np.zeros(65536, np.uint8), out)
    with pytest.raises(ValueError, match="belong together"):
        _lut.table(stored, np.zeros(4096, np.uint8), np.zeros(10, np.uint8))
    with pytest.raises(ValueError, match="belong together"):
        _lut.line(stored, out, False, 1.0, 0.0, 0.0, 255.0, 1, 0)
    with pytest.raises(ValueError, match="belong together"):
        # The upper end would give 256.
        _lut.line(stored, np.zeros(10, np.uint8), False, 1.0, 0.0, 0.0, 256.0, 1, 0)
