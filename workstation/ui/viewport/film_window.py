"""The window of images that have none: one for all frames of a film."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, Voi, VoiFunction, Window
from workstation.imaging.voi import full_range, opening_voi


class FilmWindow:
    """A window of each frame by itself would let a film flicker and make frames of one activity
    look like frames of another: that of a film holds what every frame so far has, and only grows.
    """

    def __init__(self) -> None:
        self._film: tuple[object, ...] = ()
        self._seen: set[int] = set()
        self._window: Voi | None = None

    def of(self, stored: NDArray[Any], frame: FrameDescription) -> Voi:
        """The window for a frame, whose stored values are looked at once."""
        film = (frame.key.sop_instance_uid, frame.modality_transform)
        if self._film != film:
            self._film, self._seen, self._window = film, set(), None
        number = frame.key.frame_number
        if self._window is None or number not in self._seen:
            self._seen.add(number)
            self._window = _both(self._window, opening_voi(stored, frame))
        return self._window


def _both(held: Voi | None, new: Voi) -> Voi:
    if not isinstance(held, Window) or not isinstance(new, Window):
        return new
    (low, high), (other_low, other_high) = _ends(held), _ends(new)
    if low <= other_low and other_high <= high:
        return held
    made = full_range(min(low, other_low), max(high, other_high))
    return replace(made, explanation=new.explanation)


def _ends(window: Window) -> tuple[float, float]:
    """The values that are shown black and white (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2)."""
    center, half = window.center, window.width / 2
    if window.function is VoiFunction.LINEAR:
        center, half = center - 0.5, half - 0.5
    return center - half, center + half
