"""Key images as they are printed: as the viewer opens them, with their measurements drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription, FrameKey
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.shapes import strokes
from workstation.domain.study import Study
from workstation.domain.wording import report_text
from workstation.imaging.picture import render
from workstation.imaging.scales import aspect_of
from workstation.workflow.presets import Preset, opening

#: Long side of a printed picture in pixels: 300 dots an inch at 82 mm.
_LONG_SIDE = 970
_MARK, _HALO = (255, 226, 122), (0, 0, 0)


class Frames(Protocol):
    """Decoded frames."""

    def fetch(self, key: FrameKey) -> NDArray[Any]:
        """Stored values; raises why not."""
        ...


def _sized(picture: NDArray[np.uint8], aspect: float) -> tuple[NDArray[np.uint8], float, float]:
    """(RGB in true proportions, scale of columns, scale of rows)."""
    rows, columns = picture.shape[:2]
    across = _LONG_SIDE / max(columns, rows * aspect)
    down = across * aspect
    size = (max(1, round(columns * across)), max(1, round(rows * down)))
    how = cv2.INTER_AREA if across < 1 else cv2.INTER_CUBIC
    wide = cv2.resize(picture, size, interpolation=how)
    if wide.ndim == 2:
        wide = cv2.cvtColor(wide, cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(wide, np.uint8), across, down


def _draw(canvas: NDArray[np.uint8], measurement: Measurement, across: float, down: float) -> None:
    def at(x: float, y: float) -> tuple[int, int]:
        return round((x + 0.5) * across), round((y + 0.5) * down)

    whole = [at(*point) for point in measurement.points]
    lines = [
        np.array([at(*point) for point in line], np.int32)
        for line in strokes(measurement.kind, measurement.points, measurement.pixel_aspect)
    ]
    for colour, width in ((_HALO, 6), (_MARK, 2)):
        for line in lines:
            if len(line) == 1:
                cv2.drawMarker(canvas, whole[0], colour, cv2.MARKER_CROSS, 20, width, cv2.LINE_AA)
            else:
                cv2.polylines(canvas, [line], False, colour, width, cv2.LINE_AA)
    name = f"M{measurement.number}"
    place = (whole[-1][0] + 10, whole[-1][1] + 8)
    for colour, width in ((_HALO, 6), (_MARK, 2)):
        cv2.putText(canvas, name, place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, colour, width, cv2.LINE_AA)


def key_pictures(
    study: Study,
    keys: Sequence[KeyImage],
    measurements: Sequence[Measurement],
    frames: Frames,
) -> list[tuple[NDArray[np.uint8] | None, str]]:
    """(RGB picture or None, caption) of each key image; decodes, so never on the Qt thread."""
    found: dict[FrameKey, FrameDescription] = {}
    usual: dict[FrameKey, tuple[Preset, bool] | None] = {}
    for shown in study.display_sets:
        opens = opening(shown.modality, in_suv=shown.suv is not None)
        for frame in shown.frames:
            found.setdefault(frame.key, frame)
            usual.setdefault(frame.key, opens)
    made: list[tuple[NDArray[np.uint8] | None, str]] = []
    for key in keys:
        caption = f"Image {key.frame_label}" + (f": {key.note}" if key.note else "")
        description = found.get(key.frame)
        try:
            if description is None:
                raise ReaderError("It is not on this disk.")
            opens = usual[key.frame]
            picture = render(
                frames.fetch(key.frame),
                description,
                None if opens is None else opens[0].window,
                inverted=opens is not None and opens[1],
            )
        except ReaderError as error:
            made.append((None, f"{caption} is not printed. {error.happened}"))
            continue
        canvas, across, down = _sized(picture, aspect_of(description))
        here = [m for m in measurements if m.frame == key.frame and m.plane is None]
        for each in here:
            _draw(canvas, each, across, down)
        numbers = ", ".join(f"M{m.number} {report_text(m)}" for m in here)
        made.append((canvas, f"{caption}   {numbers}".strip()))
    return made
