"""Pictures of stored frames: the viewer's own pipeline, the decoder in a process of its own."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.dicom.reading import read_object
from workstation.dicom.sandbox import Sandbox
from workstation.domain.errors import ReaderError
from workstation.domain.image import Voi
from workstation.imaging.picture import render
from workstation.local_service.answers import Refusal, not_found


class Renderer:
    """The sandbox starts with the first picture: a service that only serves needs none."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._closed = False

    def picture(self, path: Path, number: int, voi: Voi | None) -> NDArray[np.uint8]:
        """(rows, columns) grey or (rows, columns, 3) RGB, uint8, square pixels not yet made.

        Refusal 404 for a frame that is not there, 406 for what is no image or cannot be decoded.
        """
        try:
            held = read_object(path)
        except ReaderError as error:
            raise Refusal(406, error.happened) from error
        if not held.frames:
            raise Refusal(406, held.image_problem or "The object holds no image.")
        if number > len(held.frames):
            raise not_found("frame")
        try:
            stored = self._decoder().decode(path, number)
            return render(stored, held.frames[number - 1], voi)
        except ReaderError as error:
            raise Refusal(406, error.happened) from error

    def _decoder(self) -> Sandbox:
        with self._starting:
            if self._closed:
                raise Refusal(503, "The service is going down.")
            if self._sandbox is None:
                self._sandbox = Sandbox(workers=1)
            return self._sandbox

    def close(self) -> None:
        """End the decoder's process."""
        with self._starting:
            self._closed = True
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None


def fitted(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scaled so that it fits, its proportions kept; area averaging when it shrinks."""
    rows, columns = picture.shape[:2]
    scale = min(width / columns, height / rows)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    made: Any = cv2.resize(picture, size, interpolation=how)
    return np.asarray(made, np.uint8)


def encoded(picture: NDArray[np.uint8], media_type: str, quality: int) -> bytes:
    """PNG or JPEG."""
    shown = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    if media_type == "image/png":
        made, content = cv2.imencode(".png", shown)
    else:
        made, content = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not made:
        raise Refusal(406, "The picture could not be encoded.")
    return bytes(content.tobytes())
