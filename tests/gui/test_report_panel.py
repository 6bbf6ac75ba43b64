"""The report panel: the right patient's text, protected headings, live links, what is signed."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, asked, opened, task
from workstation.domain.radiation import RadiationDose
from workstation.domain.report import BODY, Report, SectionKind
from workstation.domain.study import DisplaySet, DisplaySetKind, Document, Series
from workstation.ui import theme
from workstation.ui.report.field_chooser import FieldChooser
from workstation.ui.report.prior_reports import PriorReport
from workstation.workflow.calculators.target_lesions import TargetLesion, TargetTable


@pytest.fixture
def scene(report_scene: Scene) -> Scene:
    return report_scene


def test_a_chest_ct_opens_with_its_template_and_the_patient_filled_in(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    assert "61-year-old woman. Cough for 8 weeks." in scene.text
    assert "Lungs: [lungs]" in scene.text


def test_nothing_of_the_last_patient_stays_while_the_next_case_opens(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    QTest.keyClicks(scene.panel.editor, "MARKER")
    second = task("Holmberg^Erik")
    scene.panel.show_task(second, None, scene.marks)  # type: ignore[arg-type]
    assert scene.text == ""
    assert not scene.panel.editor.isEnabled()
    qtbot.waitUntil(scene.panel.editor.isEnabled)
    assert "MARKER" not in scene.text


def test_what_was_typed_is_found_again_when_the_case_is_opened_again(
    qtbot: QtBot, scene: Scene
) -> None:
    case = task()
    opened(qtbot, scene, case)
    QTest.keyClicks(scene.panel.editor, "Solid nodule.")
    qtbot.waitUntil(lambda: case.study_instance_uid in scene.drafts.held)
    opened(qtbot, scene, task("Other^Person"))
    opened(qtbot, scene, case)
    assert "Lungs: Solid nodule." in scene.text


def test_tab_walks_the_open_fields_around_the_end(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    seen = [editor.textCursor().selectedText()]
    for _ in range(len(editor.fields())):
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        seen.append(editor.textCursor().selectedText())
    assert seen[0] == seen[-1]
    assert len(set(seen)) == len(editor.fields())
    QTest.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.textCursor().selectedText() == seen[-2]
    before = editor.textCursor().selectedText()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    # As some remote desktops send it.
    QTest.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.textCursor().selectedText() == before


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_X])
def test_headings_survive_everything_selected_and_deleted(
    qtbot: QtBot, scene: Scene, key: Qt.Key
) -> None:
    opened(qtbot, scene, task())
    before = scene.text
    scene.panel.editor.selectAll()
    QTest.keyClick(scene.panel.editor, key)
    assert scene.text == before


def test_backspace_at_the_start_of_a_section_leaves_its_heading(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
    editor.setTextCursor(cursor)
    before = scene.text
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClick(editor, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert scene.text == before
    assert [each.kind for each in editor.sections()] == list(BODY)


def test_pasted_text_comes_plain_and_as_one_undo_step(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    before = scene.text
    source = QMimeData()
    source.setHtml("<b>No</b> effusion")
    source.setText("No effusion")
    editor.insertFromMimeData(source)
    assert "Lungs: No effusion" in scene.text
    editor.undo()
    assert scene.text == before


def test_an_inserted_measurement_follows_its_value_until_it_is_signed(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    scene.panel.insert_measurement()
    findings = scene.panel.editor.sections()[3].text
    assert "{{m:a1}}" in findings
    asked(qtbot, scene)
    assert "17.1 mm" in scene.panel.sign_panel._text.toPlainText()
    scene.panel.back_to_report()
    scene.marks.change(12.0)
    asked(qtbot, scene)
    assert "12.0 mm" in scene.panel.sign_panel._text.toPlainText()


def test_the_newest_measurement_is_inserted_before_a_key_image(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    assert scene.panel.tray.newest_open == "m:a1"
    scene.panel.insert_measurement()
    qtbot.waitUntil(lambda: scene.panel.tray.newest_open == "k:1.2.3.4:1")


def test_it_is_told_whether_nothing_was_measured_or_all_of_it_is_in_the_report(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, scene, task())
    said: list[str] = []
    scene.panel.message.connect(said.append)
    for _ in range(3):
        scene.panel.insert_measurement()
    assert said == ["Every measurement is in the report."]
    monkeypatch.setattr(scene.marks, "measurements", tuple)
    monkeypatch.setattr(scene.marks, "key_images", tuple)
    scene.marks.change(0.0)
    qtbot.waitUntil(lambda: not scene.panel.tray.newest_open)
    scene.panel.insert_measurement()
    assert said[1:] == ["Nothing was measured and no key image was chosen yet."]


def test_a_click_on_a_link_shows_the_image(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    scene.panel.insert_measurement()
    editor = scene.panel.editor
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
    place = editor.cursorRect(cursor).center() + QPointF(theme.px(10), 0).toPoint()
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert scene.images.shown == ["a1"]


def test_open_fields_are_never_sent(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    asked(qtbot, scene)
    shown = scene.panel.sign_panel._text.toPlainText()
    assert "[" not in shown
    assert "CT of the chest." in shown
    assert "Bones and upper abdomen" not in shown


def test_the_normal_statements_fill_what_is_open_as_one_step(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    scene.panel.fill_normal()
    text = editor.toPlainText()
    assert "Pleura: No effusion. No pneumothorax." in text
    assert "No acute abnormality of the chest." in text
    assert [words for _, _, words in editor.fields()] == ["comparison", "contrast", "dose"]
    editor.undo()
    assert "Pleura: [pleura]" in editor.toPlainText()


def test_a_written_finding_keeps_the_normal_impression_out(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    assert editor.textCursor().selectedText() == "[lungs]"
    qtbot.keyClicks(editor, "Mass in the left upper lobe.")
    scene.panel.fill_normal()
    assert "Pleura: No effusion. No pneumothorax." in editor.toPlainText()
    assert "No acute abnormality" not in editor.toPlainText()
    assert "impression" in [words for _, _, words in editor.fields()]


def test_a_statement_is_chosen_by_its_number_and_the_next_field_follows(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    (chooser,) = [
        each
        for each in editor.findChildren(FieldChooser)
        if each.accessibleName() == "Statements for this field"
    ]
    assert chooser.options[0] == "Clear."
    qtbot.keyClick(editor, Qt.Key.Key_1)
    assert "Lungs: Clear." in editor.toPlainText()
    assert editor.textCursor().selectedText() == "[airways]"
    qtbot.keyClick(editor, Qt.Key.Key_3)
    assert "Airways: Bronchiectasis, [where]." in editor.toPlainText()
    assert editor.textCursor().selectedText() == "[where]"
    assert chooser.options == ()
    qtbot.keyClicks(editor, "5 segments")
    assert "Bronchiectasis, 5 segments." in editor.toPlainText()


def test_signing_stays_greyed_until_the_impression_that_the_template_requires_is_written(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    asked(qtbot, scene)
    titles = [each.title for each in scene.panel.sign_panel.open_findings]
    assert "The impression is empty" in titles
    assert not scene.panel.sign_panel._final.isEnabled()
    scene.panel.back_to_report()
    start, end, _ = scene.panel.editor.fields()[-1]
    scene.panel.editor.select(start, end)
    qtbot.keyClicks(scene.panel.editor, "No nodule.")
    asked(qtbot, scene)
    titles = [each.title for each in scene.panel.sign_panel.open_findings]
    assert "The impression is empty" not in titles
    assert scene.panel.sign_panel._final.isEnabled()


def test_a_dose_report_that_arrives_late_is_in_the_text_that_is_signed(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    assert "Dose: [dose]" in scene.text
    scene.panel.editor.go_to_section(SectionKind.FINDINGS)
    qtbot.keyClicks(scene.panel.editor, " No nodule.")
    dose = DisplaySet(
        identifier="1.2.9/1",
        kind=DisplaySetKind.DOCUMENT,
        series_instance_uid="1.2.9",
        series_number=9,
        description="Dose",
        modality="SR",
        documents=(
            Document("1.2.9.1", "Dose", "text/plain", dose=RadiationDose(dlp_mgy_cm=595.6)),
        ),
    )
    assert scene.panel._study is not None
    grown = replace(scene.panel._study, series=(Series("1.2.9", "SR", "Dose", 9, (dose,)),))
    scene.panel.study_changed(grown)
    # The keyboard is at the images, the cursor behind the sentence: it stays there.
    scene.panel.editor.clearFocus()
    qtbot.waitUntil(lambda: "Dose: DLP 596 mGy·cm." in scene.text)
    scene.panel.editor.insert_words(" No effusion.")
    assert "No nodule. No effusion." in scene.text
    scene.panel.editor.undo()
    scene.panel.back_to_report()
    scene.panel.editor.undo()
    assert "Dose: [dose]" in scene.text


def test_escape_goes_back_from_signing_to_the_text(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    asked(qtbot, scene)
    QTest.keyClick(scene.panel.sign_panel, Qt.Key.Key_Escape)
    assert not scene.panel.signing_now


def test_another_template_can_be_taken_back(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    before = scene.text
    combo = scene.panel.template
    combo.setCurrentIndex(combo.findData("general"))
    combo.activated.emit(combo.currentIndex())
    assert "[findings]" in scene.text
    scene.panel.editor.undo()
    assert scene.text == before


def test_the_right_side_is_typed_as_it_is_and_shown_in_capitals(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, replace(task(), reason="pain in the right leg"))
    assert "right leg" in scene.panel.editor.sections()[0].text


def test_nothing_touches_the_draft_between_the_signature_and_its_answer(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, scene, task())
    panel = scene.panel
    signing_now, answer = threading.Event(), threading.Event()

    def slowly(report: Report, *_: object, **__: object) -> None:
        # What signing does at its end, on its own thread, before the windows hear of it.
        panel._workbench.reporting.close_report(report.identifier)
        signing_now.set()
        answer.wait(300)

    monkeypatch.setattr(panel._workbench.signing, "sign", slowly)
    asked(qtbot, scene)
    panel.sign_panel.sign.emit(True)
    qtbot.waitUntil(signing_now.is_set)
    panel.signing.look()
    panel.show_checks()
    panel.focus_report()
    panel.sign_panel.sign.emit(True)
    assert panel.signing_now
    with qtbot.waitSignal(panel.signed):
        answer.set()


def test_a_shortcut_and_a_space_become_the_macro_s_sentence(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(editor, " .noacute")
    qtbot.keyClick(editor, Qt.Key.Key_Space)
    assert "No acute abnormality." in editor.toPlainText()
    assert ".noacute" not in editor.toPlainText()
    editor.undo()
    assert ".noacute" in editor.toPlainText()


def test_what_begins_like_a_macro_is_offered_and_taken_by_its_number(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(editor, " .fol")
    (offered,) = [each for each in editor.findChildren(FieldChooser) if each.options]
    assert offered.options[0].startswith(".followct")
    qtbot.keyClick(editor, Qt.Key.Key_1)
    assert "Follow-up CT in [months] is suggested." in editor.toPlainText()
    assert editor.textCursor().selectedText() == "[months]"


@pytest.mark.parametrize("typed", ["3.5 ", "end.nliver ", " .unknownword ", " .5 "])
def test_what_is_no_shortcut_stays_as_it_was_typed(qtbot: QtBot, scene: Scene, typed: str) -> None:
    opened(qtbot, scene, task())
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(editor, typed)
    assert typed.strip() in editor.toPlainText()


def test_a_calculator_made_for_the_examination_comes_first_and_its_result_is_inserted(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    panel = scene.panel
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    panel.show_calculators()
    page = panel.calculators
    calculator = page.calculator
    assert calculator is not None
    assert calculator.suggested[0].startswith("CT chest")
    page.which.setCurrentIndex(page.which.findData("fleischner"))
    page.which.activated.emit(page.which.currentIndex())
    asked = {name.accessibleName(): name for name in page.findChildren(QComboBox)}
    for name, answer in (("Type", "solid"), ("Number", "single"), ("Risk of lung cancer", "high")):
        asked[name].setCurrentText(answer)
    assert not page.button.isEnabled()
    (size,) = [each for each in page.findChildren(QLineEdit) if each.isVisible()]
    qtbot.keyClicks(size, "7")
    assert page.result.text() == "Single solid, 6 to 8 mm, high risk"
    assert page.advice.text() == "CT at 6 to 12 months, then CT at 18 to 24 months."
    qtbot.keyClick(size, Qt.Key.Key_Return)
    assert panel.tabs.currentIndex() == 0
    assert panel.editor.toPlainText().count("mean diameter 7 mm") == 1


def test_results_of_calculators_stand_apart_from_what_is_before_them(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    panel, page = scene.panel, scene.panel.calculators
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(panel.editor, "Calcium.")
    for score in ("7", "8"):
        panel.show_calculators()
        page.which.setCurrentIndex(page.which.findData("agatston"))
        page.which.activated.emit(page.which.currentIndex())
        (asked,) = [each for each in page.findChildren(QLineEdit) if each.isVisible()]
        qtbot.keyClicks(asked, score)
        qtbot.keyClick(asked, Qt.Key.Key_Return)
    assert panel.editor.toPlainText().endswith(
        "Calcium. Minimal calcified plaque (up to 10): Agatston score 7."
        " (Coronary calcium class, Agatston 1999.)"
        " Minimal calcified plaque (up to 10): Agatston score 8."
        " (Coronary calcium class, Agatston 1999.)"
    )


def test_a_number_out_of_range_gives_no_result_and_says_why(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    page = scene.panel.calculators
    scene.panel.show_calculators()
    page.which.setCurrentIndex(page.which.findData("agatston"))
    page.which.activated.emit(page.which.currentIndex())
    (score,) = [each for each in page.findChildren(QLineEdit) if each.isVisible()]
    qtbot.keyClicks(score, "-5")
    assert page.result.text() == ""
    assert "not between" in page.advice.text()
    assert not page.button.isEnabled()


def test_lesions_of_an_earlier_report_are_gone_on_with_and_become_a_table_with_the_response(
    qtbot: QtBot, report_scene: Scene
) -> None:
    opened(qtbot, report_scene, task())
    panel = report_scene.panel
    table = TargetTable(
        ("3 Jan 2026", "4 Apr 2026"),
        (TargetLesion("Segment VII", "liver", False, (40.0, 20.0)),),
    )
    before = PriorReport("CT", "4 Apr 2026", "final", (("findings", table.text("persist", False)),))
    panel.show_priors([before])
    panel.show_calculators()
    page = panel.calculators
    page.which.setCurrentIndex(page.which.findData("recist"))
    page.which.activated.emit(page.which.currentIndex())
    (lesions,) = [
        each for each in page.findChildren(QPlainTextEdit) if each.accessibleName() == "Lesions"
    ]
    assert lesions.toPlainText() == "Segment VII; liver; 40; 20; "
    assert page.result.text() == ""
    assert "Line 1 cannot be read" in page.advice.text()
    lesions.setFocus()
    lesions.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(lesions, "26")
    assert page.advice.text() == "Non-target lesions: the answer is missing."
    for name, answer in (("Non-target lesions", "persist"), ("New lesions", "no")):
        asked = [each for each in page.findChildren(QComboBox) if each.accessibleName() == name]
        next(each for each in asked if each.isVisible()).setCurrentText(answer)
    # A report that arrives late takes nothing away that was typed meanwhile.
    panel.show_priors([])
    assert lesions.toPlainText() == "Segment VII; liver; 40; 20; 26"
    assert page.result.text() == "Progressive disease (PD)"
    assert page.reason.text() == (
        "−35 % from baseline (40 mm), +30 % and +6 mm from the smallest sum (20 mm)"
    )
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    text = panel.editor.toPlainText()
    assert "3 Jan 2026 → 4 Apr 2026 → 24 Nov 2026, mm:" in text
    assert "1. Segment VII (liver): 40 → 20 → 26" in text
