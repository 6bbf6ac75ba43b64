"""Tumour response by keys: from what was measured, then and now, into the text, and anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import MarksOfOne, Scene, opened, task
from tests.workflow.test_lesion_table import length
from workstation.domain.measurement import Measurement
from workstation.domain.report import BODY, Section, SectionKind
from workstation.ui.report.prior_reports import PriorReport
from workstation.workflow.calculators.target_lesions import from_lines
from workstation.workflow.lesion_table import PriorSizes

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALONE = Qt.KeyboardModifier.NoModifier
WAIT = 20_000


class Lesions(MarksOfOne):
    """Two lesions with names."""

    def measurements(self) -> tuple[Measurement, ...]:
        return (length(1, self.length, "Segment VII"), length(2, 17.0, "Upper lobe"))


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    """An empty report of a case with two measured lesions; both were measured twice before."""
    report_scene.marks = Lesions()
    report_scene.marks.length = 26.0
    opened(qtbot, report_scene, task())
    panel = report_scene.panel
    panel.show_priors([])
    panel.table.sizes = lambda _: (
        PriorSizes("12 Mar 2026", (("Segment VII", "20.0 mm"), ("Upper lobe", "15.0 mm"))),
        PriorSizes("3 Jan 2026", (("Segment VII", "40.0 mm"), ("Upper lobe", "30.0 mm"))),
    )
    panel.editor.load(Section(kind, "") for kind in BODY)
    panel.editor.go_to_section(SectionKind.FINDINGS)
    panel.editor.setFocus()
    return report_scene


def findings(scene: Scene) -> str:
    sections = scene.panel.editor.sections()
    return next(each.text for each in sections if each.kind is SectionKind.FINDINGS)


def press(qtbot: QtBot, key: Qt.Key | str, modifier: Qt.KeyboardModifier = ALONE) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    if isinstance(key, str):
        qtbot.keyClicks(held, key)
    else:
        qtbot.keyClick(held, key, modifier)


def ask(qtbot: QtBot, scene: Scene) -> None:
    press(qtbot, Qt.Key.Key_R, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: scene.panel.tabs.currentIndex() == 3, timeout=WAIT)


def answer(qtbot: QtBot, scene: Scene) -> None:
    """Non-target lesions persist, no new ones: from the lesions on by Tab and Down."""
    lesions = scene.panel.calculators._lesions
    assert lesions is not None
    while not lesions.others.hasFocus():
        press(qtbot, Qt.Key.Key_Tab)
    for _ in range(3):
        press(qtbot, Qt.Key.Key_Down)
    assert lesions.others.currentText() == "persist"
    press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Down)
    assert lesions.new.currentText() == "no"


def test_keys_alone_lead_from_what_was_measured_to_the_response_in_the_text(
    qtbot: QtBot, scene: Scene
) -> None:
    ask(qtbot, scene)
    page = scene.panel.calculators
    table = page._lesions
    assert table is not None
    assert table.lesions.hasFocus()
    assert table.examinations.toPlainText() == "3 Jan 2026; 12 Mar 2026; 24 Nov 2026"
    assert table.lesions.toPlainText() == "Segment VII; ; 40; 20; 26\nUpper lobe; ; 30; 15; 17"
    # The keyboard stands where the first organ is missing: nobody made one up.
    press(qtbot, "liver")
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Home)
    for _ in "Upper lobe; ":
        press(qtbot, Qt.Key.Key_Right)
    press(qtbot, "lung")
    answer(qtbot, scene)
    assert page.result.text() == "Progressive disease (PD)"
    while not page.button.hasFocus():
        press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Return)
    assert findings(scene).split("\n") == [
        "Target lesions (RECIST 1.1), 3 Jan 2026 → 12 Mar 2026 → 24 Nov 2026, mm:",
        "1. Segment VII (liver): 40 → 20 → 26",
        "2. Upper lobe (lung): 30 → 15 → 17",
        "Sum: 70 → 35 → 43",
        "Non-target lesions: persist. New lesions: no.",
        "Progressive disease (PD): −39 % from baseline (70 mm), +23 % and +8 mm from the smallest"
        " sum (35 mm).",
    ]
    # Measured anew: the organs and answers are known, the table takes the place of the other.
    scene.marks.change(20.5)
    scene.panel.editor.setFocus()
    ask(qtbot, scene)
    qtbot.waitUntil(lambda: "20.5" in table.lesions.toPlainText(), timeout=WAIT)
    assert "Segment VII; liver; 40; 20; 20.5" in table.lesions.toPlainText()
    assert page.result.text() == "Partial response (PR)"
    page.button.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert findings(scene).count("Target lesions") == 1
    assert "Sum: 70 → 35 → 37.5" in findings(scene)
    assert "Partial response (PR)" in findings(scene)
    press(qtbot, Qt.Key.Key_Z, CONTROL)
    assert "Sum: 70 → 35 → 43" in findings(scene), "one step is taken back"


def test_the_rows_of_the_table_of_lesions_come_before_what_was_only_measured(
    qtbot: QtBot, scene: Scene
) -> None:
    scene.panel.editor.insert_words("Two lesions.\n")
    press(qtbot, Qt.Key.Key_T, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: "Upper lobe" in findings(scene), timeout=WAIT)
    text = findings(scene)
    assert "Segment VII\t20.0 mm\t{{m:a1}}\t{{t:change}}" in text
    scene.panel.editor.go_to_text(SectionKind.FINDINGS, "20.0 mm")
    press(qtbot, "21.0 mm")
    scene.panel.editor.go_to_text(SectionKind.FINDINGS, "Upper lobe")
    press(qtbot, "Lingula")
    ask(qtbot, scene)
    table = scene.panel.calculators._lesions
    assert table is not None
    assert table.lesions.toPlainText() == "Segment VII; ; 40; 21; 26\nLingula; ; ; 15; 17"


def test_the_table_of_the_earlier_report_is_filled_with_the_sizes_of_now(
    qtbot: QtBot, scene: Scene
) -> None:
    before = from_lines("3 Jan 2026; 12 Mar 2026", "Segment VII; liver; 40; 20\nRib; bone; 12; 12")
    report = PriorReport(
        "CT", "12 Mar 2026", "final", (("findings", before.text("persist", False)),)
    )
    scene.panel.show_priors([report])
    ask(qtbot, scene)
    table = scene.panel.calculators._lesions
    assert table is not None
    assert table.lesions.toPlainText() == "Segment VII; liver; 40; 20; 26\nRib; bone; 12; 12; "
    assert "No size of now by the name of: Rib." in table.notes.text()
    assert "Upper lobe 17.0 mm. Say whether a lesion is new." in table.notes.text()
    press(qtbot, "12")
    answer(qtbot, scene)
    assert scene.panel.calculators.result.text() == "Stable disease (SD)"
