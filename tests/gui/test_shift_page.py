"""The page of the shift opens with its key, counts, and goes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.domain.test_peer_review import REVIEW
from tests.gui.fakes import NOW, FakeWorkbench
from tests.workflow.test_shift import entry
from workstation.domain.delivery import OutboxEntry
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.ui.parts import Label
from workstation.workflow.jobs import Jobs
from workstation.workflow.shift import csv_bytes


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


@contextmanager
def on_the_page(qtbot: QtBot, *entries: OutboxEntry) -> Iterator[MainWindow]:
    """The window with the page of the shift, counted."""
    bench, jobs = FakeWorkbench(), Jobs(raising)
    bench.delivering.held = entries
    bench.moment = NOW.replace(year=2026, month=11, day=24, hour=6)
    bridge = JobBridge(jobs)
    window = MainWindow(bench, bridge)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    try:
        QTest.keyClick(window, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: window.shift_page.shown is not None, timeout=20_000)
        yield window
    finally:
        window.close()
        bridge.close()
        jobs.close()


def ask_to_save(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """Ctrl+S, the path, Return."""
    page = window.shift_page
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page.card.line.hasFocus()
    # Not typed: the offscreen platform cannot show the paths that are offered.
    page.card.line.setText(str(path))
    qtbot.keyClick(page.card.line, Qt.Key.Key_Return)


def test_a_key_saves_the_lines_that_the_verb_would_write_and_no_patient(
    qtbot: QtBot, tmp_path: Path
) -> None:
    entries = (entry(1), entry(2, modality="MR", minutes=70, procedure="=1+1"))
    with on_the_page(qtbot, *entries) as window:
        path = tmp_path / "night.csv"
        page = window.shift_page
        ask_to_save(qtbot, window, path)
        qtbot.waitUntil(lambda: "Saved in" in page.said.text(), timeout=20_000)
        assert not page.card.isVisible()
        content = path.read_bytes()
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        assert [each["modality"] for each in lines] == ["CT", "MR"]
        assert [each["late"] for each in lines] == ["no", "yes"]
        assert lines[1]["procedure"] == "'=1+1"
        assert b"SECRET" not in content
        held = page.shown
        assert held is not None
        assert content == csv_bytes(held)


def test_a_file_that_is_there_is_not_written_over_and_the_path_can_be_changed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with on_the_page(qtbot, entry(1)) as window:
        path, page = tmp_path / "night.csv", window.shift_page
        path.write_bytes(b"of yesterday")
        ask_to_save(qtbot, window, path)
        qtbot.waitUntil(lambda: "already" in page.said.text(), timeout=20_000)
        assert path.read_bytes() == b"of yesterday"
        assert page.card.line.hasFocus()
        QTest.keyClick(page.card.line, Qt.Key.Key_Escape)
        assert not page.card.isVisible()
        assert page.isVisible(), "Esc leaves the path, not the page"


def test_an_empty_shift_has_nothing_to_save_and_says_so(qtbot: QtBot) -> None:
    with on_the_page(qtbot) as window:
        page = window.shift_page
        assert not page.save_button.isEnabled()
        QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert not page.card.isVisible()
        assert "nothing to save" in page.said.text()
