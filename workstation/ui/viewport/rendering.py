"""The pixels of a scene, rendered when they are asked for first: mostly by the first paint.

All that a picture depends on is settled when its scene is made. While it is painted, picture after
picture, the viewports of a step do not drive one another, nor what is written over them, out of the
caches of the processor.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class Rendering:
    """The buffer of one scene. `render` is called once, and let go of with all that it holds."""

    def __init__(self, render: Callable[[], NDArray[np.uint8]]) -> None:
        self._render: Callable[[], NDArray[np.uint8]] | None = render
        self._buffer: NDArray[np.uint8] | None = None

    @property
    def buffer(self) -> NDArray[np.uint8]:
        """(height, width) or (height, width, 3) in device pixels of the viewport."""
        if self._buffer is None:
            assert self._render is not None
            self._buffer = self._render()
            self._render = None
        return self._buffer
