"""VOI: windows and LUTs (PS3.3 C.11.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, LookupTable, Voi, VoiFunction, Window
from workstation.imaging.modality import modality_values, padding_mask, through_table


def apply_window(values: NDArray[Any], window: Window) -> NDArray[np.float64]:
    """Window `values` to 0..1, exactly as C.11.2.1.2.1 and C.11.2.1.3 write it."""
    x = np.asarray(values, dtype=np.float64)
    center, width = window.center, window.width
    if window.function is VoiFunction.SIGMOID:
        # Limited so that exp does not overflow; the result is 0 or 1 in double precision there.
        exponent = np.clip(-4.0 * (x - center) / width, -700.0, 700.0)
        return 1.0 / (1.0 + np.exp(exponent))
    if window.function is VoiFunction.LINEAR_EXACT:
        return np.clip((x - center) / width + 0.5, 0.0, 1.0)
    if width == 1:
        return (x > center - 0.5).astype(np.float64)
    return np.clip((x - (center - 0.5)) / (width - 1.0) + 0.5, 0.0, 1.0)


def apply_voi(values: NDArray[Any], voi: Voi) -> NDArray[np.float64]:
    """Modality values through a window or a VOI LUT to 0..1."""
    if isinstance(voi, Window):
        return apply_window(values, voi)
    entries = through_table(np.rint(values), voi)
    return entries / float((1 << voi.bits) - 1)


def as_window(voi: Voi) -> Window:
    """A window to be changed by the reader: a LUT becomes one over its inputs."""
    if isinstance(voi, Window):
        return voi
    width = float(voi.entries.size)
    return Window(voi.first_mapped + width / 2, max(width, 1.0))


def full_range(low: float, high: float) -> Window:
    """The LINEAR window that presents low..high fully (C.11.2.1.2.1)."""
    if high <= low:
        high = low + 1
    if high - low < 2:
        return Window((low + high) / 2, high - low, VoiFunction.LINEAR_EXACT, "full range")
    return Window((low + high + 1) / 2, high - low + 1, VoiFunction.LINEAR, "full range")


def auto_window(values: NDArray[Any], mask: NDArray[np.bool_] | None = None) -> Window:
    """1st to 99th percentile of what is image; `mask` is True where it is padding."""
    held = values[~mask] if mask is not None else values.reshape(-1)
    if held.dtype.kind == "f":
        held = held[np.isfinite(held)]
    if held.size == 0:
        return Window(0.5, 1.0, VoiFunction.LINEAR_EXACT, "auto")
    if held.size > 1 << 18:
        # Every n-th pixel: percentiles of a quarter million differ by less than a grey level.
        held = held[:: held.size // (1 << 18) + 1]
    low, high = (float(value) for value in np.percentile(held, (1, 99)))
    if high <= low:
        low, high = float(held.min()), float(held.max())
    window = full_range(low, high)
    return Window(window.center, window.width, window.function, "auto")


#: Of these devices 8 bits are the picture that stood on the device, not measured values.
_PICTURES = frozenset({"US", "IVUS", "XA", "RF", "ES"})


def _is_picture(description: FrameDescription) -> bool:
    form, transform = description.pixel_format, description.modality_transform
    plain = transform.lut is None and (transform.slope, transform.intercept) == (1, 0)
    small = form.bits_stored <= 8 and not form.signed
    return description.modality in _PICTURES and small and plain and description.padding is None


def opening_voi(stored: NDArray[Any], description: FrameDescription) -> Voi:
    """The view the viewer opens with: the object's first alternative, else the whole range of a
    picture of 8 bits (without a VOI the values pass as they are, PS3.4 N.2.1.3), else from the
    data, which would brighten such a picture and let a film flicker."""
    if description.voi:
        return description.voi[0]
    if _is_picture(description):
        return full_range(0, (1 << description.pixel_format.bits_stored) - 1)
    return auto_window(modality_values(stored, description), padding_mask(stored, description))


def described(voi: Voi) -> str:
    """`W 400 L 40`, or the name of a LUT."""
    if isinstance(voi, LookupTable):
        return f"LUT {voi.explanation}".strip()
    digits = 0 if voi.width >= 10 else 2

    def words(number: float) -> str:
        return f"{number:,.{digits}f}".replace("-", "−")

    return f"W {words(voi.width)}  L {words(voi.center)}"
