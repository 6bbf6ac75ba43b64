"""Cycles of objects are collected in the Qt thread alone.

Python collects in whichever thread happens to allocate. A timer or a widget in a cycle that a job
thread destroys stays registered in the Qt thread, which then wakes what is no longer there.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

#: Milliseconds between two looks; what is garbage longer than that only takes memory.
_EVERY_MS = 1000


def _collect() -> None:
    """The oldest generation that is due, as `gc` itself would choose."""
    due = [
        number
        for number, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if count > limit > 0
    ]
    if due:
        gc.collect(max(due))


@contextmanager
def collected_here() -> Iterator[None]:
    """While it lasts, only the calling thread's event loop collects."""
    before = gc.isenabled()
    gc.disable()
    timer = QTimer()
    timer.setInterval(_EVERY_MS)
    timer.timeout.connect(_collect)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        if before:
            gc.enable()
