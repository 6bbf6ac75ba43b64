"""The scale bar: a round length that fits."""

from __future__ import annotations

#: From a micrometre, of slides of tissue, to the length of a spine.
_STEPS_MM = tuple(
    step * power / 1000 for power in (1, 10, 100, 1000, 10_000, 100_000) for step in (1, 2, 5)
)[:-1]


def scale_bar(mm_per_pixel: float, available_pixels: float) -> tuple[float, float] | None:
    """(length in mm, length in screen pixels) of the longest round bar that fits, or None."""
    fitting = [step for step in _STEPS_MM if step / mm_per_pixel <= available_pixels]
    if mm_per_pixel <= 0 or not fitting:
        return None
    return fitting[-1], fitting[-1] / mm_per_pixel


def words(length_mm: float) -> str:
    """`5 cm`, `5 mm` or `50 µm`."""
    if length_mm < 1:
        return f"{length_mm * 1000:g} µm"
    return f"{length_mm / 10:g} cm" if length_mm >= 10 else f"{length_mm:g} mm"
