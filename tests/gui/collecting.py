"""Fixtures for tests that open windows: what they leave in cycles is destroyed in the Qt thread.

Python collects in whichever thread happens to allocate. A widget of an earlier test that the thread
of a service or of a job destroys takes the program down where the next one is styled.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from workstation.ui.garbage import collected_here


@pytest.fixture(autouse=True)
def collected_in_the_qt_thread(qapp: QApplication) -> Iterator[None]:
    """For a whole test with its fixtures."""
    with collected_here():
        yield


@pytest.fixture(autouse=True, scope="module")
def nothing_left_to_collect() -> Iterator[None]:
    """The windows of a module are no garbage of the next one, which may have no window."""
    yield
    gc.collect()
