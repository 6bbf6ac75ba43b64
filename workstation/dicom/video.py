"""MPEG-2, H.264 and HEVC clips to frames (PS3.5 8.2.5 to 8.2.12), decoded from memory.

OpenCV's FFmpeg reads the stream through a file-like object: nothing is written to the disk. Frames
are taken one after another, since a search in such streams lands beside the frame that was asked
for; the last ones are kept, so that a step back does not start again.
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import UndecodablePixels

# FFmpeg tells every lost reference on standard error; what is wrong is said by name instead.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2

_KEPT_BYTES = 160 << 20
_AGAIN = "Fetch it again, or ask the site to send it again."


class Video:
    """One clip. Not for several threads."""

    def __init__(self, stream: bytes, expected: int) -> None:
        self._stream = stream
        self._expected = expected
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self._bytes = 1
        self._kept: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()

    def frame(self, index: int) -> NDArray[np.uint8]:
        """RGB of a frame counted from 0; UndecodablePixels where the clip ends before it."""
        held = self._kept.get(index)
        if held is not None:
            return held
        if self._capture is None or index < self._next:
            self._open()
        assert self._capture is not None
        while self._next <= index:
            far = index - self._next > max(1, _KEPT_BYTES // max(1, self._bytes))
            if far and self._capture.grab():
                # Decoded as the next one needs it, and not made a picture.
                self._next += 1
                continue
            there, made = self._capture.read()
            if not there:
                raise UndecodablePixels(
                    f"Broken video: it ends after frame {self._next} of {self._expected}.",
                    remedy=_AGAIN,
                )
            if made.ndim != 3 or made.dtype != np.uint8:
                raise UndecodablePixels("The video is not one of 8-bit colours.")
            self._keep(self._next, np.ascontiguousarray(made[..., ::-1]))
            self._next += 1
        return self._kept[index]

    def _open(self) -> None:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        # The stub asks for OpenCV's own reader; what is taken is any io.BufferedIOBase.
        stream: Any = io.BytesIO(self._stream)
        made = cv2.VideoCapture(stream, cv2.CAP_FFMPEG, [])
        if not made.isOpened():
            raise UndecodablePixels("Broken video: its stream cannot be recognised.", remedy=_AGAIN)
        self._capture, self._next = made, 0

    def _keep(self, index: int, frame: NDArray[np.uint8]) -> None:
        self._kept[index] = frame
        self._bytes = frame.nbytes
        self._kept.move_to_end(index)
        while len(self._kept) > 1 and len(self._kept) * frame.nbytes > _KEPT_BYTES:
            self._kept.popitem(last=False)
