"""A field's statements are changed in the middle of a read, and are offered when it goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.journey.conftest import Sit
from workstation.phantoms import write_all
from workstation.ui.settings.templates_link import TemplatesLink


def test_the_editor_opens_at_the_field_that_is_written_and_gives_back_what_was_read(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    desk = sit_down(folder)
    tour, hands = desk.tour, desk.tour.hands
    tour.open(tour.row(lambda each: each.task.modality == "US", "the ultrasound"))
    tour.see_images()
    window, panel = tour.desk, tour.desk.panel
    hands.press("F6")
    start, end, _ = next(each for each in panel.editor.fields() if each[2] == "spleen")
    panel.editor.select(start, end)
    hands.press("Ctrl+T")
    page = window.templates_page
    assert page is not None
    assert page.isVisible()
    assert page.title.text() == "Ultrasound abdomen"
    form = page._templates.form
    hands.wait(form.lists["spleen"].lines.hasFocus, "the statements of the field")
    hands.press("Ctrl+M")
    form.lists["spleen"].lines.setFocus()
    hands.press("Ctrl+Home")
    hands.type("Spleen as it should be.")
    hands.press("Return")
    hands.press("Ctrl+S")
    hands.wait(lambda: "Saved." in page.state.text(), "it is on the disk")
    hands.press("Escape")
    assert window.room.isVisible()
    panel.editor.select(start, end)
    panel.editor.setFocus()
    hands.press("1")
    assert "Spleen: Spleen as it should be." in panel.editor.toPlainText()

    hands.press("Ctrl+,")
    settings = window.settings_page
    assert settings is not None
    settings.nav.setCurrentRow(
        next(
            at
            for at in range(settings.nav.count())
            if settings.nav.item(at).data(Qt.ItemDataRole.AccessibleTextRole)
            == "Templates and macros"
        )
    )
    link = settings.pages.currentWidget()
    assert isinstance(link, TemplatesLink)
    QTest.mouseClick(link.open_button, Qt.MouseButton.LeftButton)
    assert page.isVisible()
    hands.press("Escape")
    assert settings.isVisible()
