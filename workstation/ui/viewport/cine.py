"""Playing: the frame that is due by the clock, at the rate of the object."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from workstation.ui.viewport.viewport import Viewport
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import Lane

#: Milliseconds a frame where the object names no rate.
_USUAL_MS = 100.0


class Prefetching(Protocol):
    """The images as the cine uses them."""

    def prefetch(self, viewport: Viewport, direction: int) -> None: ...


class Cine(QObject):
    """Plays any number of viewports. Where decoding is slower than the rate, frames are left out;
    a frame that is not decoded yet is waited for, never replaced by another."""

    def __init__(self, images: Prefetching, frames: FrameCache) -> None:
        super().__init__()
        self._images, self._frames = images, frames
        self._playing: dict[Viewport, tuple[QElapsedTimer, int]] = {}
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play)

    def toggle(self, viewport: Viewport) -> None:
        """Play, or stop."""
        pane = viewport.pane
        if viewport in self._playing or pane is None or len(pane.shown.frames) < 2:
            self._playing.pop(viewport, None)
        else:
            clock = QElapsedTimer()
            clock.start()
            self._playing[viewport] = (clock, viewport.view.frame_index)
        if self._playing:
            self._timer.start(8)
        else:
            self._timer.stop()

    def stop(self) -> None:
        """Stop all."""
        self._playing.clear()
        self._timer.stop()

    def drop(self, viewport: Viewport) -> None:
        """Another display set is shown there."""
        self._playing.pop(viewport, None)

    def is_playing(self, viewport: Viewport) -> bool:
        """Whether a viewport plays."""
        return viewport in self._playing

    def _play(self) -> None:
        for viewport, (clock, first) in list(self._playing.items()):
            pane = viewport.pane
            if pane is None:
                self._playing.pop(viewport, None)
                continue
            frames = pane.shown.frames
            step = int(clock.elapsed() / (pane.shown.frame_time_ms or _USUAL_MS))
            index = (first + step) % len(frames)
            if index == viewport.view.frame_index:
                continue
            key = frames[index].key
            if self._frames.peek(key) is None and self._frames.problem(key) is None:
                self._frames.request(key, Lane.VISIBLE)
                continue
            viewport.show_view(replace(viewport.view, frame_index=index))
            self._images.prefetch(viewport, 1)
