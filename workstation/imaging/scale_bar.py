"""The scale bar: a round length that fits."""

from __future__ import annotations

_STEPS_MM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)


def scale_bar(mm_per_pixel: float, available_pixels: float) -> tuple[float, float] | None:
    """(length in mm, length in screen pixels) of the longest round bar that fits, or None."""
    fitting = [step for step in _STEPS_MM if step / mm_per_pixel <= available_pixels]
    if mm_per_pixel <= 0 or not fitting:
        return None
    return fitting[-1], fitting[-1] / mm_per_pixel


def words(length_mm: float) -> str:
    """`5 cm` or `5 mm`."""
    return f"{length_mm / 10:g} cm" if length_mm >= 10 else f"{length_mm:g} mm"
