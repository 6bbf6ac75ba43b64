"""The pixels of a scene, rendered when they are asked for first: mostly by the first paint.

All that a picture depends on is settled when its scene is made. While it is painted, picture after
picture, the viewports of a step do not drive one another, nor what is written over them, out of the
caches of the processor.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.blit import Blit


class Rendering:
    """The pixels of one scene. `render` is called once, and let go of with all that it holds."""

    def __init__(self, render: Callable[[], Blit]) -> None:
        self._render: Callable[[], Blit] | None = render
        self._made: Blit | None = None

    def _blit(self) -> Blit:
        if self._made is None:
            assert self._render is not None
            self._made = self._render()
            self._render = None
        return self._made

    @property
    def buffer(self) -> NDArray[np.uint8]:
        """(height, width) or (height, width, 3) in device pixels of the viewport."""
        made = self._blit()
        whole = made.whole()
        if whole is not made.part:
            self._made = Blit(whole, 0, 0, made.width, made.height)
        return whole

    def cut(self, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """x0, y0, x1, y1 of the buffer."""
        return self._blit().cut(box)
