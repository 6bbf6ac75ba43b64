"""The page of the shift opens with its key, counts, and goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.domain.test_peer_review import REVIEW
from tests.gui.fakes import NOW, FakeWorkbench
from tests.workflow.test_shift import entry
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.ui.parts import Label
from workstation.workflow.jobs import Jobs


def raising(error: BaseException) -> None:
    raise error


def test_f12_shows_what_was_read_and_escape_goes_back(qtbot: QtBot) -> None:
    bench, jobs = FakeWorkbench(), Jobs(raising)
    bench.delivering.held = (entry(1), entry(2, modality="MR", minutes=70))
    bench.moment = NOW.replace(year=2026, month=11, day=24, hour=6)
    bench.reviews.held = (replace(REVIEW, read_study_uid="1.2.2"),)
    bridge = JobBridge(jobs)
    window = MainWindow(bench, bridge)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    try:
        QTest.keyClick(window, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: window.shift_page.shown is not None)
        assert window.shift_page.isVisible()
        words = [each.text() for each in window.shift_page.findChildren(Label)]
        assert any("2 reads, 1 late" in each for each in words)
        assert any("RADPEER): MR 3b." in each for each in words)
        assert {"CT", "MR", "All", "Critical\nresults told"} <= set(words)
        first = window.shift_page.shown
        QTest.keyClick(window.shift_page, Qt.Key.Key_3)
        qtbot.waitUntil(lambda: window.shift_page.shown is not first)
        held = window.shift_page.shown
        assert held is not None
        assert held.until - held.since == timedelta(days=7)
        QTest.keyClick(window.shift_page, Qt.Key.Key_Escape)
        assert window.list_page.isVisible()
    finally:
        window.close()
        bridge.close()
        jobs.close()
