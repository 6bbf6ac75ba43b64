"""A macro whose name was said: text that nobody has read yet, as dictated words are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import resources
from workstation.domain.report import Report, Section, SectionKind
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import LinkText
from workstation.ui.report.macro_typing import MacroTyping
from workstation.workflow.checks import dictated
from workstation.workflow.macros import Macro, Macros, parse

#: With fields to fill: the first one is chosen by the program.
CYST = Macro("mycyst", "my cyst", "Cyst of [size] mm in the [left/right] kidney.")


@pytest.fixture
def editor(qtbot: QtBot) -> ReportEditor:
    made = ReportEditor(lambda _: LinkText("length", "7 mm"))
    qtbot.addWidget(made)
    made.load([Section(SectionKind.FINDINGS, "Known stones."), Section(SectionKind.IMPRESSION, "")])
    made.go_to_section(SectionKind.FINDINGS)
    made.resize(500, 300)
    made.show()
    return made


@pytest.fixture
def macros(editor: ReportEditor) -> MacroTyping:
    shipped = parse(resources() / "macros" / "macros.toml")
    return MacroTyping(editor, Macros(shipped, (CYST,)))


def unread(editor: ReportEditor) -> list[str]:
    """What the check before signing says of text that nobody looked at."""
    report = Report("r", "1.2", "1.3", sections=tuple(editor.sections()))
    return [found.words for found in dictated.never_looked_at(report)]


def test_a_macro_that_was_said_waits_to_be_read_before_signing(
    editor: ReportEditor, macros: MacroTyping
) -> None:
    assert macros.insert_named("nbrain")
    text = editor.sections()[0].text
    assert text.startswith("Known stones. No intracranial haemorrhage")
    assert unread(editor) == [text.removeprefix("Known stones.")]


def test_that_the_program_chooses_its_first_field_is_not_reading_it(
    editor: ReportEditor, macros: MacroTyping
) -> None:
    assert macros.insert_named("mycyst")
    assert editor.textCursor().selectedText() == "[size]"
    assert unread(editor) == [" Cyst of [size] mm in the [left/right] kidney."]


def test_it_was_read_once_the_cursor_walked_into_it_and_stays_read_in_the_draft(
    editor: ReportEditor, macros: MacroTyping, qtbot: QtBot
) -> None:
    macros.insert_named("nbrain")
    kept = editor.sections()
    qtbot.keyClick(editor, Qt.Key.Key_Left)
    assert unread(editor) == []
    seen = editor.sections()
    editor.load(kept)
    assert len(unread(editor)) == 1
    editor.load(seen)
    assert unread(editor) == []


def test_two_that_were_said_are_two_to_read(editor: ReportEditor, macros: MacroTyping) -> None:
    macros.insert_named("nbrain")
    macros.insert_named("nventricles")
    report = Report("r", "1.2", "1.3", sections=tuple(editor.sections()))
    (found,) = dictated.never_looked_at(report)
    assert found.title.startswith("2 dictated sentences")


def test_one_step_takes_a_macro_that_was_said_back(
    editor: ReportEditor, macros: MacroTyping
) -> None:
    macros.insert_named("nbrain")
    editor.undo()
    assert editor.sections()[0].text == "Known stones."
    assert unread(editor) == []


def test_a_macro_that_was_typed_was_seen_by_who_typed_it(
    editor: ReportEditor, macros: MacroTyping, qtbot: QtBot
) -> None:
    qtbot.keyClicks(editor, " .nbrain")
    qtbot.keyClick(editor, Qt.Key.Key_Space)
    assert "No intracranial haemorrhage" in editor.sections()[0].text
    assert unread(editor) == []
