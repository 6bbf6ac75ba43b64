"""Words are replaced in the report by keys alone; headings and what is measured stay."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, asked, opened, task
from workstation.domain.report import BODY, Section, SectionKind
from workstation.ui.report.prior_reports import PriorReport
from workstation.ui.report.replacing import Replaced, Stays

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    """An empty report."""
    opened(qtbot, report_scene, task())
    report_scene.panel.editor.load(Section(kind, "") for kind in BODY)
    return report_scene


def impression(scene: Scene) -> str:
    sections = scene.panel.editor.sections()
    return next(each.text for each in sections if each.kind is SectionKind.IMPRESSION)


def write(scene: Scene, words: str) -> None:
    """The impression is these words alone; the cursor stands before them."""
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    block = editor.textCursor().block()
    editor.select(block.position(), block.position() + block.length() - 1)
    editor.insert_words(words)
    editor.select(block.position(), block.position())
    editor.setFocus()


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    qtbot.keyClick(held, key, modifier)


def ask(qtbot: QtBot, scene: Scene, sought: str, fresh: str) -> None:
    """Ctrl+H, what is sought, Tab, what takes its place."""
    press(qtbot, Qt.Key.Key_H, CONTROL)
    bar = scene.panel.find_bar
    assert bar.field.hasFocus()
    qtbot.keyClicks(bar.field, sought)
    press(qtbot, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert bar.replace.field.hasFocus()
    qtbot.keyClicks(bar.replace.field, fresh)


def every(qtbot: QtBot, scene: Scene) -> str:
    """Ctrl+Shift+H, and what it says."""
    press(qtbot, Qt.Key.Key_H, CONTROL | SHIFT)
    return scene.panel.find_bar.replace.outcome.text()


def test_all_whole_words_are_replaced_in_one_step_that_is_taken_back(
    qtbot: QtBot, scene: Scene
) -> None:
    write(scene, "Left kidney. The left ureter is LEFT out.")
    ask(qtbot, scene, "left", "right")
    told = every(qtbot, scene)
    assert impression(scene) == "Right kidney. The right ureter is RIGHT out."
    assert "3 replaced" in told
    press(qtbot, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert scene.panel.editor.hasFocus()
    press(qtbot, Qt.Key.Key_Z, CONTROL)
    assert impression(scene) == "Left kidney. The left ureter is LEFT out."


def test_headings_stay_and_are_told(qtbot: QtBot, scene: Scene) -> None:
    write(scene, "The impression of a mass.")
    before = [each.kind for each in scene.panel.editor.sections()]
    ask(qtbot, scene, "impression", "suspicion")
    assert every(qtbot, scene) == "1 replaced. 1 stays: in a heading."
    assert impression(scene) == "The suspicion of a mass."
    assert [each.kind for each in scene.panel.editor.sections()] == before


def test_what_is_measured_stays_and_still_follows(qtbot: QtBot, scene: Scene) -> None:
    write(scene, "A nodule of 17.1 mm, measured ")
    scene.panel.editor.go_to_section(SectionKind.IMPRESSION)
    scene.panel.insert_measurement()
    ask(qtbot, scene, "17.1", "9.0")
    assert every(qtbot, scene) == "1 replaced. 1 stays: linked to the images."
    assert impression(scene) == "A nodule of 9.0 mm, measured {{m:a1}}"
    scene.marks.change(20.0)
    qtbot.waitUntil(lambda: "20.0 mm" in scene.panel.editor.resolve("m:a1").text)


@pytest.mark.parametrize(
    ("text", "sought", "fresh", "expected", "told"),
    [
        # "no" is a word of its own only once; the rest would become "yesdule".
        (
            "No nodule, no node.",
            "no",
            "small",
            "Small nodule, small node.",
            "2 stay: in longer",
        ),
        ("7 mm, 17 mm, 1.7 mm and 7.5 mm.", "7", "8", "8 mm, 17 mm, 1.7 mm and 7.5 mm.", "3 stay"),
        ("Level L5-S1.", "s1", "S2", "Level L5-S2.", "1 replaced."),
        ("Cyst (cyst).", "cyst", "CCAM", "CCAM (CCAM).", "2 replaced."),
        ("右肺结节，结节。", "结节", "肿块", "右肺肿块，肿块。", "2 replaced."),
        ("🫁 left 🫁 left", "left", "right", "🫁 right 🫁 right", "2 replaced."),
        ("كيس left كيس", "كيس", "ورم", "ورم left ورم", "2 replaced."),
        ("a a a", "a", "", "  ", "3 replaced."),
        ("a mass", "mass", "{{m:a1}}", "a { {m:a1}}", "1 replaced."),
    ],
)
def test_only_whole_words_and_numbers_are_replaced_in_any_script(
    qtbot: QtBot, scene: Scene, text: str, sought: str, fresh: str, expected: str, told: str
) -> None:
    write(scene, text)
    ask(qtbot, scene, "", "")
    scene.panel.find_bar.field.setText(sought)
    scene.panel.find_bar.replace.field.setText(fresh)
    assert told in every(qtbot, scene)
    assert impression(scene) == expected


def test_return_replaces_one_place_also_inside_a_word_and_goes_on(
    qtbot: QtBot, scene: Scene
) -> None:
    write(scene, "Oedema, oedematous, oedema.")
    ask(qtbot, scene, "oedema", "edema")
    bar = scene.panel.find_bar
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert impression(scene) == "Edema, oedematous, oedema."
    assert scene.panel.editor.textCursor().selectedText() == "oedema"
    press(qtbot, Qt.Key.Key_H, CONTROL)
    assert impression(scene) == "Edema, edematous, oedema."
    assert bar.replace.field.hasFocus()
    assert bar.replace.outcome.text() == "1 replaced."


def test_one_place_in_a_heading_stays_and_the_next_is_gone_to(qtbot: QtBot, scene: Scene) -> None:
    write(scene, "An impression.")
    scene.panel.editor.select(0, 0)
    ask(qtbot, scene, "impression", "idea")
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert scene.panel.find_bar.replace.outcome.text() == "Nothing replaced. 1 stays: in a heading."
    assert impression(scene) == "An impression."
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert impression(scene) == "An idea."


def test_the_name_of_an_open_field_stays_and_a_whole_field_is_answered(
    qtbot: QtBot, scene: Scene
) -> None:
    write(scene, "[nodule size] of the nodule [side].")
    ask(qtbot, scene, "nodule", "mass")
    assert every(qtbot, scene) == "1 replaced. 1 stays: in the name of an open field."
    assert impression(scene) == "[nodule size] of the mass [side]."
    scene.panel.find_bar.field.setText("[side]")
    scene.panel.find_bar.replace.field.setText("on the left")
    every(qtbot, scene)
    assert impression(scene) == "[nodule size] of the mass on the left."


def test_earlier_reports_are_never_written_in(qtbot: QtBot, scene: Scene) -> None:
    panel = scene.panel
    write(scene, "A cyst.")
    panel.show_priors(
        [PriorReport("CT chest", "1 Feb 2024", "final", (("findings", "A small cyst."),))]
    )
    panel.tabs.setCurrentIndex(panel.PRIOR)
    panel._prior.texts[0].setFocus()
    ask(qtbot, scene, "cyst", "mass")
    assert panel.tabs.currentIndex() == 0
    every(qtbot, scene)
    assert impression(scene) == "A mass."
    assert panel._prior.texts[0].toPlainText().strip().endswith("A small cyst.")


def test_nothing_is_replaced_behind_what_is_being_signed(qtbot: QtBot, scene: Scene) -> None:
    write(scene, "A cyst.")
    ask(qtbot, scene, "cyst", "mass")
    asked(qtbot, scene)
    assert scene.panel.signing_now
    press(qtbot, Qt.Key.Key_H, CONTROL | SHIFT)
    # The key shows the text; only there something is replaced.
    assert not scene.panel.signing_now
    assert scene.panel.editor.isVisible()


def test_an_outcome_cannot_count_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="counted"):
        Replaced(-1)
    with pytest.raises(ValueError, match="counted"):
        Replaced(1, ((Stays.HEADING, 0),))
