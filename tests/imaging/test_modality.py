"""The Modality LUT against the same sum in double precision: nothing wraps, nothing is clipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.imaging.frames import described
from workstation.domain.image import LookupTable, ModalityTransform
from workstation.imaging.modality import modality_value, modality_values

KINDS = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32])


def stored_values(kind: type) -> st.SearchStrategy[np.ndarray]:
    limits = np.iinfo(kind)
    return arrays.arrays(kind, (3, 4), elements=st.integers(int(limits.min), int(limits.max)))


@example(np.array([[1]], np.uint8), -1, 2**31)
@given(KINDS.flatmap(stored_values), st.integers(-4096, 4096), st.integers(-(2**31), 2**31))
def test_whole_slopes_and_intercepts_give_the_exact_sum(
    stored: np.ndarray, slope: int, intercept: int
) -> None:
    if slope == 0:
        slope = 1
    made = modality_values(stored, described(stored, modality_transform=_line(slope, intercept)))
    exact = stored.astype(object) * slope + intercept
    if made.dtype.kind in "iu":
        assert made.tolist() == exact.tolist()
    else:
        # What no integer type of 32 bits holds is written in single precision.
        assert made.dtype == np.float32
        np.testing.assert_allclose(made.astype(float), exact.astype(float), rtol=1e-6)


@pytest.mark.parametrize(
    ("highest", "slope", "kind"),
    [(4095, 8, np.int16), (4097, 8, np.int32), (65535, 1, np.int32), (32767, 1, np.int16)],
)
def test_sixteen_bits_are_taken_where_every_value_fits_into_them(
    highest: int, slope: int, kind: type
) -> None:
    stored = np.array([[0, highest]], np.uint16)
    made = modality_values(stored, described(stored, modality_transform=_line(slope, -1)))
    assert made.dtype == kind
    assert made.tolist() == [[-1, highest * slope - 1]]


def test_a_fraction_makes_single_precision() -> None:
    stored = np.array([[0, 3, 65535]], np.uint16)
    made = modality_values(stored, described(stored, modality_transform=_line(0.5, -1.25)))
    assert made.dtype == np.float32
    assert made.tolist() == [[-1.25, 0.25, 32766.25]]


def test_a_table_answers_below_and_above_its_inputs_with_its_ends() -> None:
    table = LookupTable(10, 16, np.array([7, 8, 9], np.uint16))
    stored = np.array([[0, 10, 11, 12, 13, 60000]], np.uint16)
    transform = ModalityTransform(lut=table)
    made = modality_values(stored, described(stored, modality_transform=transform))
    assert made.tolist() == [[7, 7, 8, 9, 9, 9]]
    assert [modality_value(value, transform) for value in (0, 11, 99)] == [7, 8, 9]


def _line(slope: float, intercept: float) -> ModalityTransform:
    return ModalityTransform(float(slope), float(intercept))
