"""Small pictures of series, made in the background from the middle frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError
from workstation.domain.study import DisplaySet
from workstation.domain.view import ViewState
from workstation.imaging.blit import to_viewport
from workstation.imaging.picture import render
from workstation.imaging.placement import Placement
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.scene import spacing_aspect
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import Job, Lane

#: Size of the pictures; they are scaled down further when they are painted.
_WIDTH, _HEIGHT = 184, 152


def picture_of(stored: NDArray[Any], shown: DisplaySet, index: int) -> NDArray[np.uint8]:
    """The frame in a box of the strip's shape."""
    frame = shown.frames[index]
    rows, columns = stored.shape[:2]
    placement = Placement.of(
        ViewState(),
        rows=rows,
        columns=columns,
        pixel_aspect=spacing_aspect(frame),
        width=_WIDTH,
        height=_HEIGHT,
    )
    # Every n-th pixel is enough for so small a picture, and spares the levels of a pyramid.
    return to_viewport(stored, lambda held: render(held, frame), placement, _WIDTH, _HEIGHT)


class Thumbnails:
    """One job a thumbnail, behind everything that is looked at."""

    def __init__(self, frames: FrameCache, bridge: JobBridge) -> None:
        self._frames, self._bridge = frames, bridge
        self._jobs: list[Job[Any]] = []

    def make(self, shown: DisplaySet, done: Callable[[object], None]) -> None:
        """`done(picture)` in the Qt thread; nothing where the frame cannot be decoded."""
        index = len(shown.frames) // 2

        def work(_: object) -> NDArray[np.uint8] | None:
            try:
                stored = self._frames.fetch(shown.frames[index].key)
            except ReaderError:
                # The viewport says why; the strip shows the black of no picture.
                return None
            return picture_of(stored, shown, index)

        def ready(picture: NDArray[np.uint8] | None) -> None:
            if picture is not None:
                done(picture)

        self._jobs.append(self._bridge.submit(work, lane=Lane.PREFETCH, on_done=ready))

    def clear(self) -> None:
        """The case is closed."""
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
