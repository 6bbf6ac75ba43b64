"""The editor of templates and macros by keyboard: copied, typed, checked, saved, deleted, back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.text_sizes import apply, too_small
from workstation.commands import registry
from workstation.domain.report import SectionKind
from workstation.settings import Home, resources
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.template_editor.entry_list import Whose
from workstation.ui.report.template_editor.page import TemplatesPage
from workstation.workflow.jobs import Jobs
from workstation.workflow.macros import load, parse
from workstation.workflow.template_shelf import TemplateShelf
from workstation.workflow.templates import ReportTemplate, Templates

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Editor:
    """The page in a window of its own, with a home folder that holds one broken template."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        registry.load_all()
        self.qtbot = qtbot
        self.home = Home.at(folder)
        self.home.templates.mkdir()
        (self.home.templates / "broken.toml").write_text("title = ", encoding="utf-8")
        shipped = resources() / "macros" / "macros.toml"
        macros, _ = load(shipped, self.home.macros)
        templates = Templates(resources() / "templates", self.home.templates)
        self.shelf = TemplateShelf(templates, macros, shipped, self.home)
        self.unhandled: list[BaseException] = []
        self.jobs = Jobs(self.unhandled.append)
        self.bridge = JobBridge(self.jobs)
        self.page = TemplatesPage(self.shelf, self.bridge)
        qtbot.addWidget(self.page)
        self.page.resize(1600, 900)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)
        self.page.open_at("ct-chest")

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.page.windowHandle(), key, modifier)

    def write(self, words: str) -> None:
        for letter in words:
            key = Qt.Key.Key_Return if letter == "\n" else letter
            QTest.keyClick(self.page.windowHandle(), key)

    def wait_for(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.page.state.text())

    def save(self) -> None:
        self.key(Qt.Key.Key_S, CTRL)
        self.wait_for("Saved.")

    def section(self, kind: SectionKind) -> str:
        return self.page._templates.form.parts[kind].text()


@pytest.fixture
def editor(qtbot: QtBot, tmp_path: Path) -> Iterator[Editor]:
    made = Editor(qtbot, tmp_path)
    yield made
    made.page.close_page()
    made.jobs.close()
    made.bridge.close()
    assert made.unhandled == []


def test_a_shipped_template_can_be_read_and_not_changed(editor: Editor) -> None:
    form = editor.page._templates.form
    assert "Lungs: [lungs]" in editor.section(SectionKind.FINDINGS)
    assert form.title.isReadOnly()
    assert all(part.lines.isReadOnly() for part in form.parts.values())
    assert editor.page.copy.isVisible()
    assert not editor.page.save_button.isVisible()
    assert not editor.page.remove.isVisible()


def test_by_keys_alone_a_copy_is_made_changed_saved_and_in_force(editor: Editor) -> None:
    editor.key(Qt.Key.Key_M, CTRL)
    form = editor.page._templates.form
    editor.qtbot.waitUntil(form.title.hasFocus)
    editor.key(Qt.Key.Key_End)
    editor.write(" at night")
    # Tab walks through the form; a line of text is left with Tab as well.
    for _ in range(3):
        editor.key(Qt.Key.Key_Tab)
    assert form.body_parts.hasFocus()
    editor.save()
    held = editor.shelf.templates.get("ct-chest")
    assert held is not None
    assert held.title == "CT chest at night"
    assert editor.shelf.templates.is_own("ct-chest")
    assert (editor.home.templates / "ct-chest.toml").exists()
    entry = editor.page.entries.current
    assert entry is not None
    assert (entry.whose, entry.unsaved) == (Whose.MINE, False)


def test_a_slip_is_said_below_its_section_and_cannot_be_saved(editor: Editor) -> None:
    editor.key(Qt.Key.Key_M, CTRL)
    part = editor.page._templates.form.parts[SectionKind.FINDINGS]
    part.lines.setFocus()
    editor.key(Qt.Key.Key_End, CTRL)
    editor.write("\nLiver [liver")
    assert part.problem.isVisible()
    assert part.problem.text() == "Line 7: “[liver” is never closed with ]."
    assert len(part.lines.extraSelections()) == 1
    assert not editor.page.save_button.isEnabled()
    editor.key(Qt.Key.Key_S, CTRL)
    assert not (editor.home.templates / "ct-chest.toml").exists()
    editor.write("]")
    assert not part.problem.isVisible()
    assert editor.page.save_button.isEnabled()


def test_the_preview_follows_what_is_typed_on_a_phantom_case(editor: Editor) -> None:
    page = editor.page
    assert "61-year-old" in page.preview.text.toPlainText()
    editor.key(Qt.Key.Key_M, CTRL)
    page._templates.form.parts[SectionKind.IMPRESSION].lines.setFocus()
    editor.key(Qt.Key.Key_Home)
    editor.write("For {{patient.person}}: ")
    editor.qtbot.waitUntil(
        lambda: "For 61-year-old woman: [impression]" in page.preview.text.toPlainText()
    )
    editor.key(Qt.Key.Key_P, CTRL)
    assert "Lungs: Clear." in page.preview.text.toPlainText()


def test_a_new_field_gets_its_list_and_offers_its_normal_statement(editor: Editor) -> None:
    editor.key(Qt.Key.Key_N, CTRL)
    form = editor.page._templates.form
    editor.qtbot.waitUntil(form.title.hasFocus)
    editor.write("Wrist")
    form.parts[SectionKind.FINDINGS].lines.setFocus()
    editor.key(Qt.Key.Key_A, CTRL)
    editor.write("Scaphoid: [scaphoid]")
    assert "scaphoid" in form.lists
    form.lists["scaphoid"].lines.setFocus()
    editor.write("Intact.\nFracture, [where].")
    assert form.lists["scaphoid"].lines.hasFocus()
    assert "where" in form.lists
    editor.save()
    own = [each for each in editor.shelf.templates.all() if each.title == "Wrist"]
    assert [each.options["scaphoid"] for each in own] == [("Intact.", "Fracture, [where].")]
    assert own[0].normal("scaphoid") == "Intact."


def test_what_is_typed_stays_while_others_are_looked_at_until_it_is_taken_back(
    editor: Editor,
) -> None:
    editor.key(Qt.Key.Key_M, CTRL)
    editor.key(Qt.Key.Key_End)
    editor.write(" x")
    editor.page.entries.choose("ct-head")
    assert editor.page.title.text() == "CT head"
    editor.page.entries.choose("ct-chest")
    assert editor.page._templates.form.title.text() == "CT chest x"
    assert editor.page.state.text() == "Not saved yet."
    editor.key(Qt.Key.Key_B, CTRL)
    assert editor.page._templates.form.title.text() == "CT chest"
    entry = editor.page.entries.current
    assert entry is not None
    assert entry.whose is Whose.SHIPPED


def test_who_goes_on_while_the_disk_is_slow_loses_nothing(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    save = editor.shelf.save

    def slow(template: ReportTemplate) -> None:
        gate.wait(300)
        save(template)

    monkeypatch.setattr(editor.shelf, "save", slow)
    editor.key(Qt.Key.Key_M, CTRL)
    editor.key(Qt.Key.Key_End)
    editor.write(" one")
    editor.key(Qt.Key.Key_S, CTRL)
    editor.write(" two")
    editor.page.entries.choose("ct-head")
    gate.set()
    editor.wait_for("Saved.")
    assert editor.page.title.text() == "CT head"
    assert editor.shelf.templates.get("ct-chest").title == "CT chest one"  # type: ignore[union-attr]
    editor.page.entries.choose("ct-chest")
    assert editor.page._templates.form.title.text() == "CT chest one two"
    assert editor.page.state.text() == "Not saved yet."


def test_deleting_asks_first_and_is_taken_back_with_one_key(editor: Editor) -> None:
    editor.key(Qt.Key.Key_M, CTRL)
    editor.key(Qt.Key.Key_End)
    editor.write(" x")
    editor.save()
    path = editor.home.templates / "ct-chest.toml"
    before = path.read_bytes()
    editor.key(Qt.Key.Key_Delete, CTRL | SHIFT)
    assert "Delete “CT chest x”?" in editor.page.state.text()
    assert path.exists()
    editor.key(Qt.Key.Key_Escape)
    assert path.exists()
    editor.key(Qt.Key.Key_Delete, CTRL | SHIFT)
    editor.key(Qt.Key.Key_Return)
    editor.wait_for("is deleted")
    assert not path.exists()
    assert editor.page.bring_back.isVisible()
    editor.key(Qt.Key.Key_B, CTRL)
    editor.wait_for("is back")
    assert path.read_bytes() == before


def test_a_broken_file_is_named_with_its_reason(editor: Editor) -> None:
    editor.page.entries.choose("broken.toml")
    assert editor.page.title.text() == "broken.toml"
    assert "broken.toml cannot be read" in editor.page.state.text()
    assert not editor.page.forms.isVisible()
    assert editor.page.remove.isVisible()


def test_a_template_goes_out_as_a_file_and_another_comes_in_with_its_licence(
    editor: Editor, tmp_path: Path
) -> None:
    editor.key(Qt.Key.Key_G, CTRL)
    line = editor.page.card.line
    assert line.hasFocus()
    line.setText(str(tmp_path / "out.html"))
    editor.key(Qt.Key.Key_Return)
    editor.wait_for("Written to")
    editor.key(Qt.Key.Key_I, CTRL)
    line.setText(str(tmp_path / "out.html"))
    editor.key(Qt.Key.Key_Return)
    editor.wait_for("Licence: Apache-2.0")
    assert editor.shelf.templates.is_own("out") or editor.shelf.templates.is_own("ct-chest-2")
    editor.key(Qt.Key.Key_I, CTRL)
    line.setText(str(tmp_path / "none.html"))
    editor.key(Qt.Key.Key_Return)
    editor.wait_for("cannot be read")


def test_a_macro_is_copied_changed_and_acts(editor: Editor) -> None:
    editor.key(Qt.Key.Key_PageDown, CTRL)
    page = editor.page
    page.entries.choose("nbrain")
    editor.key(Qt.Key.Key_M, CTRL)
    form = page._macros.form
    editor.qtbot.waitUntil(form.fields["shortcut"].hasFocus)
    editor.write("myb")
    form.fields["spoken"].setFocus()
    editor.key(Qt.Key.Key_A, CTRL)
    editor.write("my brain")
    editor.save()
    held = editor.shelf.macros.get("myb")
    assert held is not None
    assert held.spoken == "my brain"
    assert parse(editor.home.macros) == (held,)
    assert "say “insert my brain”" in page.preview.text.toPlainText()


def test_a_macro_with_a_shortcut_that_is_none_is_refused_in_words(editor: Editor) -> None:
    editor.key(Qt.Key.Key_PageDown, CTRL)
    editor.key(Qt.Key.Key_N, CTRL)
    form = editor.page._macros.form
    editor.write("N1")
    assert form.wrong["shortcut"].text() == "A shortcut is 2 to 20 small letters from a to z."
    assert not editor.page.save_button.isEnabled()


def test_escape_closes_what_is_open_one_after_the_other(editor: Editor) -> None:
    asked: list[int] = []
    editor.page.leave_asked.connect(lambda: asked.append(1))
    editor.key(Qt.Key.Key_I, CTRL)
    editor.key(Qt.Key.Key_Escape)
    assert not editor.page.card.isVisible()
    editor.key(Qt.Key.Key_F, CTRL)
    editor.write("head")
    editor.key(Qt.Key.Key_Escape)
    assert editor.page.entries.filter.text() == ""
    assert asked == []
    editor.key(Qt.Key.Key_Escape)
    assert asked == [1]


def test_the_search_looks_at_modality_and_procedure(editor: Editor) -> None:
    editor.key(Qt.Key.Key_F, CTRL)
    editor.write("us dvt")
    rows = editor.page.entries.list
    shown = [rows.item(row).text() for row in range(rows.count()) if not rows.item(row).isHidden()]
    assert shown == ["Ultrasound leg veins"]


def test_in_a_narrow_window_the_preview_takes_the_place_of_the_form_and_gives_it_back(
    editor: Editor,
) -> None:
    page = editor.page
    page.resize(1000, 700)
    editor.qtbot.waitUntil(lambda: not page.preview.isVisible())
    editor.key(Qt.Key.Key_P, CTRL)
    assert page.preview.isVisible()
    assert not page.forms.isVisible()
    assert "[lungs]" in page.preview.text.toPlainText()
    editor.key(Qt.Key.Key_P, CTRL)
    assert "Lungs: Clear." in page.preview.text.toPlainText()
    editor.key(Qt.Key.Key_P, CTRL)
    assert page.forms.isVisible()


def test_every_field_of_the_form_has_a_name_for_screen_readers(editor: Editor) -> None:
    form: QWidget = editor.page._templates.form
    for each in form.findChildren(QWidget):
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible():
            assert each.accessibleName(), type(each)
    assert QApplication.instance() is not None


def test_the_editor_follows_another_text_size_while_it_is_open(editor: Editor) -> None:
    assert too_small(editor.page) == []
    apply(2.0)
    editor.qtbot.waitUntil(lambda: too_small(editor.page) == [])
