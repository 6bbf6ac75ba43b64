"""What every test of a window may rely on: the theme stands, and nothing is left open."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.collecting import (  # noqa: F401 - fixtures of every test here
    collected_in_the_qt_thread,
    nothing_left_to_collect,
)
from tests.gui.opening import opener  # noqa: F401 - a fixture of every test here
from tests.gui.patience import PatientBot
from tests.gui.report_scene import report_scene  # noqa: F401 - a fixture of every test here
from workstation.ui import theme


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with more patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _theme(qapp: QApplication) -> Iterator[None]:
    if theme.scale() != 1.0 or not qapp.styleSheet():
        theme.apply(qapp)
    yield
    if theme.scale() != 1.0:
        theme.apply(qapp)


def _settle() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def _open() -> list[QWidget]:
    return [each for each in QApplication.topLevelWidgets() if each.isVisible()]


@pytest.fixture(autouse=True)
def _no_leaked_windows(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """A window that a test opened is closed by it, or was given to `qtbot.addWidget`."""
    before = {id(each) for each in QApplication.topLevelWidgets()}
    yield
    called = getattr(request.node, "report_call", None)
    if called is None or not called.passed:
        return
    deadline = time.monotonic() + 20
    left = [each for each in _open() if id(each) not in before]
    while left and time.monotonic() < deadline:
        _settle()
        left = [each for each in _open() if id(each) not in before]
    if left:
        names = [f"{type(each).__name__} {each.objectName()}" for each in left]
        pytest.fail(f"{request.node.name} leaves windows open: {names}")


@pytest.fixture
def picture(tmp_path: Path, qtbot: QtBot):  # type: ignore[no-untyped-def]
    """Saves what a widget shows; NOCTURNE_PICTURES names a folder to keep them in."""
    folder = Path(os.environ.get("NOCTURNE_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(widget: QWidget, name: str) -> Path:
        _settle()
        path = folder / f"{name}.png"
        assert widget.grab().save(str(path))
        return path

    return take
