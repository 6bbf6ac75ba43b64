"""What reaches the editor by other ways than keys: paste, drops, input methods, long texts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import BODY, SectionKind
from workstation.ui.report import document as text_document
from workstation.ui.report.clipboard import OWN_FORMAT
from workstation.ui.report.links import OBJECT_TYPE, REPLACEMENT

#: As a word processor puts it on the clipboard: marks of its own, a style, a table, a picture.
WORD_HTML = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal
{font-size:22pt;color:red}</style></head><body><!--StartFragment--><p class=MsoNormal><b><span
style='font-size:22.0pt;color:red'>Cholelithiasis</span></b> without cholecystitis.<o:p></o:p></p>
<img src="file:///tmp/picture.png"><!--EndFragment--></body></html>"""


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Iterator[Scene]:
    opened(qtbot, report_scene, task())
    yield report_scene
    # What a test put there is Python's, and must not outlive it.
    QGuiApplication.clipboard().clear()


def impression(scene: Scene) -> str:
    sections = scene.panel.editor.sections()
    return next(each.text for each in sections if each.kind is SectionKind.IMPRESSION)


def in_impression(scene: Scene) -> None:
    """An empty impression with the cursor in it."""
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    block = editor.textCursor().block()
    editor.select(block.position(), block.position() + block.length() - 1)
    editor.textCursor().removeSelectedText()
    editor.setFocus()


def on_heading(scene: Scene) -> int:
    """The cursor in the middle of the heading of the findings; its position."""
    editor = scene.panel.editor
    for block in text_document.blocks(editor.document()):
        if text_document.is_heading(block) and block.text().startswith("findings"):
            editor.select(block.position() + 3, block.position() + 3)
            return block.position() + 3
    raise AssertionError("there is no such heading")


def headings(scene: Scene) -> list[str]:
    found = text_document.blocks(scene.panel.editor.document())
    return [each.text().split("   ")[0] for each in found if text_document.is_heading(each)]


ALL = [kind.value for kind in BODY]


def test_a_paste_from_a_word_processor_brings_its_words_alone(scene: Scene) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setHtml(WORD_HTML)
    held.setText("Cholelithiasis without cholecystitis.\r\n")
    QGuiApplication.clipboard().setMimeData(held)
    scene.panel.editor.paste()
    assert impression(scene).strip() == "Cholelithiasis without cholecystitis."
    cursor = scene.panel.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Left)
    plain = text_document.text_format()
    assert cursor.charFormat().font().pixelSize() == plain.font().pixelSize()
    assert cursor.charFormat().foreground() == plain.foreground()


def test_a_paste_of_html_without_plain_words_brings_its_words(scene: Scene) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setHtml("<p>No <i>acute</i> finding<script>alert(1)</script>.</p>")
    QGuiApplication.clipboard().setMimeData(held)
    scene.panel.editor.paste()
    assert impression(scene) == "No acute finding."


def test_a_pasted_list_and_table_keep_their_lines(scene: Scene) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setText("1. Nodule, 7 mm\r\n2. Effusion\tsmall\r3. Nothing else")
    QGuiApplication.clipboard().setMimeData(held)
    scene.panel.editor.paste()
    assert impression(scene) == "1. Nodule, 7 mm\n2. Effusion\tsmall\n3. Nothing else"


@pytest.mark.parametrize(
    "words",
    [
        "لا يوجد انصباب جنبي",
        "אין עדות לדימום",
        "両側肺野に異常陰影を認めません。",
        "폐렴 소견 없음",
        "Очаговых изменений нет",
        "7 mm 🫁 nodule 👩🏽‍⚕️",
        "e\u0301 and \u00e9, ﬁ, \u200fRTL mark",
        "𝔸 outside the basic plane",
    ],
)
def test_every_script_and_emoji_is_kept_letter_by_letter(scene: Scene, words: str) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setText(words)
    scene.panel.editor.insertFromMimeData(held)
    assert impression(scene) == words


def test_pasted_signs_of_control_are_no_part_of_the_report(scene: Scene) -> None:
    """U+FFFC stands for a link inside the editor; NUL and other controls are no text in any form
    that goes out (PS3.5 6.1.2.1, XML 1.0 2.2)."""
    in_impression(scene)
    held = QMimeData()
    held.setText(f"a\x00b{REPLACEMENT}c\x1bd\x0be\u2028f")
    scene.panel.editor.insertFromMimeData(held)
    assert impression(scene) == "abcd\ne\nf"


def test_a_paste_never_makes_a_link_out_of_words(scene: Scene) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setText("{{m:a1}} and {{k:1.2.3.4:1}}")
    scene.panel.editor.insertFromMimeData(held)
    cursor = scene.panel.editor.textCursor()
    assert cursor.charFormat().objectType() != OBJECT_TYPE
    assert impression(scene) == "{ {m:a1}} and { {k:1.2.3.4:1}}"


def _drop(scene: Scene, at: QPoint, text: str) -> None:
    view = scene.panel.editor.viewport()
    held = QMimeData()
    held.setText(text)
    arguments = (Qt.DropAction.CopyAction, held, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(at, *arguments, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, enter)
    drop = QDropEvent(QPointF(at), *arguments, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, drop)


def test_nothing_is_dropped_into_the_report(scene: Scene) -> None:
    before = scene.text
    on_heading(scene)
    place = scene.panel.editor.cursorRect().center()
    _drop(scene, place, "dropped words")
    _drop(scene, place + QPoint(0, 40), "dropped words")
    assert scene.text == before


def test_a_selection_over_headings_cannot_be_dragged_away(scene: Scene) -> None:
    editor = scene.panel.editor
    editor.selectAll()
    QTest.mousePress(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert not editor.textCursor().hasSelection()
    QTest.mouseMove(editor.viewport(), QPoint(200, 200))
    QTest.mouseRelease(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert headings(scene) == ALL


def _composed(scene: Scene, event: QInputMethodEvent) -> None:
    QApplication.sendEvent(scene.panel.editor, event)


def test_composed_words_are_written_once_they_are_final(scene: Scene) -> None:
    in_impression(scene)
    _composed(scene, QInputMethodEvent("はい", []))
    assert impression(scene) == ""
    final = QInputMethodEvent("", [])
    final.setCommitString("肺")
    _composed(scene, final)
    assert impression(scene) == "肺"


def test_composing_in_a_heading_or_over_one_writes_nothing(scene: Scene) -> None:
    before = scene.text
    on_heading(scene)
    event = QInputMethodEvent("", [])
    event.setCommitString("肺")
    _composed(scene, event)
    scene.panel.editor.selectAll()
    event = QInputMethodEvent("", [])
    event.setCommitString("肺")
    _composed(scene, event)
    assert scene.text == before


def test_an_input_method_cannot_replace_what_stands_before_a_section(scene: Scene) -> None:
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    start = editor.textCursor().block().position()
    editor.select(start, start)
    before = scene.text
    event = QInputMethodEvent("", [])
    event.setCommitString("x", -4, 4)
    _composed(scene, event)
    assert scene.text == before


@pytest.mark.parametrize(
    "sequence",
    [
        QKeySequence.StandardKey.DeleteEndOfLine,
        QKeySequence.StandardKey.DeleteStartOfWord,
        QKeySequence.StandardKey.DeleteEndOfWord,
        QKeySequence.StandardKey.DeleteCompleteLine,
        QKeySequence.StandardKey.Cut,
    ],
)
def test_no_key_that_deletes_touches_a_heading(
    scene: Scene, sequence: QKeySequence.StandardKey
) -> None:
    editor = scene.panel.editor
    for keys in QKeySequence.keyBindings(sequence):
        place = on_heading(scene)
        for start, end in ((place, place), (place, place + 40)):
            editor.select(start, end)
            combined = keys[0]
            event = QKeyEvent(QKeyEvent.Type.KeyPress, combined.key(), combined.keyboardModifiers())
            editor.keyPressEvent(event)
            assert headings(scene) == ALL
    block = editor.document().findBlock(on_heading(scene)).previous()
    editor.select(block.position() + block.length() - 1, block.position() + block.length() - 1)
    for keys in QKeySequence.keyBindings(sequence):
        editor.keyPressEvent(
            QKeyEvent(QKeyEvent.Type.KeyPress, keys[0].key(), keys[0].keyboardModifiers())
        )
        assert headings(scene) == ALL


def test_a_number_that_is_copied_stays_a_link_and_reads_elsewhere_as_it_does_here(
    scene: Scene,
) -> None:
    editor = scene.panel.editor
    in_impression(scene)
    editor.insert_words("Nodule of ")
    scene.panel.insert_measurement()
    editor.insert_words(", new.")
    block = editor.textCursor().block()
    editor.select(block.position(), block.position() + block.length() - 1)
    editor.copy()
    held = QGuiApplication.clipboard().mimeData()
    assert held.text() == "Nodule of 17.1 mm S3/173, new."
    editor.go_to_section(SectionKind.IMPRESSION)
    editor.insert_words(" ")
    editor.paste()
    assert impression(scene) == "Nodule of {{m:a1}}, new. Nodule of {{m:a1}}, new."


def test_the_program_ends_well_with_its_words_on_the_clipboard() -> None:
    """In a process of its own: what crashes at the end of this one is seen by nobody."""
    script = (
        "from PySide6.QtWidgets import QApplication\n"
        "from workstation.domain.report import Section, SectionKind\n"
        "from workstation.ui import theme\n"
        "from workstation.ui.report.editor import ReportEditor\n"
        "from workstation.ui.report.links import LinkText\n"
        "app = QApplication([])\n"
        "theme.apply(app)\n"
        "editor = ReportEditor(lambda _: LinkText('length', '7 mm'))\n"
        "editor.load([Section(SectionKind.FINDINGS, 'Nodule of {{m:1}}.')])\n"
        "editor.selectAll()\n"
        "editor.copy()\n"
        "assert 'Nodule of 7 mm.' in app.clipboard().text()\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_link_of_another_case_is_pasted_as_words(scene: Scene) -> None:
    in_impression(scene)
    held = QMimeData()
    held.setData(OWN_FORMAT, b"Nodule of {{m:other}}.")
    held.setText("Nodule of 9.0 mm.")
    scene.panel.editor.insertFromMimeData(held)
    assert impression(scene) == "Nodule of 9.0 mm."


@pytest.mark.parametrize(
    "line",
    [
        "There is a 7 mm nodule in the right upper lobe, unchanged. " * 5 + "\n",
        "There is a 7 mm nodule in the right upper lobe, unchanged. ",
        "右肺上葉に7mmの結節を認めます。",
    ],
    ids=["in lines", "in one paragraph", "without any space"],
)
def test_two_hundred_thousand_letters_are_pasted_kept_and_found_again(
    qtbot: QtBot, scene: Scene, line: str
) -> None:
    in_impression(scene)
    words = (line * (200_000 // len(line) + 1)).strip()
    held = QMimeData()
    held.setText(words)
    scene.panel.editor.insertFromMimeData(held)
    assert impression(scene).strip() == words
    qtbot.keyClicks(scene.panel.editor, " End")
    assert impression(scene).endswith("End")
    qtbot.waitUntil(
        lambda: any(
            "End" in section.text
            for report in scene.drafts.held.values()
            for section in report.sections
        ),
    )


@pytest.mark.parametrize(
    ("pasted", "written"),
    [
        # Points and numbers of a list are no cells of a table, cells are.
        ("·\tFirst\r\n\u00b7\u00a0\tsecond\r\no\tthird", "- First\n- second\n- third"),
        ("1.\tNodule.\n2)\tCyst.", "1. Nodule.\n2) Cyst."),
        ("1.\tSegment VII\t12 mm", "1.\tSegment VII\t12 mm"),
        ("Segment VII\t12 mm", "Segment VII\t12 mm"),
        # Spaces, hyphens and hidden signs that no search and no check would find the words by.
        ("2.3\u00a0×\u00a01.5\u202fcm low\u2011dose", "2.3 × 1.5 cm low-dose"),
        ("he\u00adpa\u200bto\ufeffmegaly", "hepatomegaly"),
        ("left \u202ekidney", "left kidney"),
        ("👩🏽\u200d⚕️", "👩🏽\u200d⚕️"),
    ],
)
def test_what_is_pasted_stands_there_as_if_it_were_typed(
    scene: Scene, pasted: str, written: str
) -> None:
    held = QMimeData()
    held.setText(pasted)
    QGuiApplication.clipboard().setMimeData(held)
    scene.panel.editor.go_to_section(SectionKind.IMPRESSION)
    scene.panel.editor.paste()
    text = next(
        each.text for each in scene.panel.editor.sections() if each.kind is SectionKind.IMPRESSION
    )
    assert text.endswith(written)
