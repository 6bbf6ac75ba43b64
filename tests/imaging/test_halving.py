"""Half sizes: the kernel gives the means that numpy and OpenCV give, bit for bit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.imaging import halving
from workstation.imaging.halving import halved

EXTREMES = {np.int16: (-32768, 32767), np.uint16: (0, 65535)}

sides = st.integers(2, 75)
kinds = st.sampled_from(list(EXTREMES))


@settings(max_examples=150, deadline=None)
@given(rows=sides, columns=sides, kind=kinds, seed=st.integers(0, 999), ends=st.booleans())
def test_each_sample_is_the_mean_of_four_with_halves_rounded_up(
    rows: int, columns: int, kind: type[np.generic], seed: int, ends: bool
) -> None:
    low, high = EXTREMES[kind]
    random = np.random.default_rng(seed)
    values = random.choice([low, high], (rows, columns)) if ends else None
    image = (random.integers(low, high + 1, (rows, columns)) if values is None else values).astype(
        kind
    )
    made = halved(image)
    whole = image[: rows // 2 * 2, : columns // 2 * 2].astype(np.int64)
    sums = whole.reshape(rows // 2, 2, columns // 2, 2).sum(axis=(1, 3))
    assert made.dtype == kind
    assert np.array_equal(made, (sums + 2) // 4)


@pytest.mark.parametrize("kind", list(EXTREMES))
@pytest.mark.parametrize("shape", [(1024, 1024), (301, 517), (64, 1030)])
def test_opencv_shrinks_to_the_same_bits(kind: type[np.generic], shape: tuple[int, int]) -> None:
    low, high = EXTREMES[kind]
    image = np.random.default_rng(3).integers(low, high + 1, shape).astype(kind)
    size = (shape[1] // 2, shape[0] // 2)
    even = np.ascontiguousarray(image[: size[1] * 2, : size[0] * 2])
    expected = cv2.resize(even, size, interpolation=cv2.INTER_AREA)
    assert np.array_equal(halved(image), expected)


def test_a_part_of_an_image_is_halved_as_the_part_that_it_is() -> None:
    image = np.random.default_rng(4).integers(0, 4096, (90, 70)).astype(np.int16)
    part = image[7:60, 3:44]
    assert np.array_equal(halved(part), halved(part.copy()))


@pytest.mark.parametrize(("kind", "colours"), [(np.uint8, (3,)), (np.uint8, ()), (np.float32, ())])
def test_bytes_colours_and_fractions_are_halved_too(
    kind: type[np.generic], colours: tuple[int, ...]
) -> None:
    image = np.random.default_rng(5).integers(0, 256, (41, 30, *colours)).astype(kind)
    made = halved(image)
    mean = image[:40].astype(float).reshape(20, 2, 15, 2, *colours).mean(axis=(1, 3))
    assert made.dtype == kind
    assert np.abs(made - mean).max() <= 0.5


@pytest.mark.skipif(not halving.has_kernel(), reason="the kernel was not built: no C compiler")
def test_buffers_that_do_not_belong_together_are_refused() -> None:
    from workstation.imaging import _halve

    stored = np.zeros((8, 6), np.int16)
    for out, columns in (((4, 4), 6), ((4, 3), 5), ((4, 3), 0), ((4, 3), 7)):
        with pytest.raises(ValueError, match="belong together"):
            _halve.halve(stored, np.zeros(out, np.int16), True, columns)
