"""The settings at once and twice the text, on a large and a small screen: nothing is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QScrollArea, QWidget

from tests.gui.test_settings import Open, opened
from tests.gui.text_sizes import apply
from workstation.ui import theme
from workstation.ui.settings import wording

__all__ = ["opened"]

SIZES = [(1.0, 1920, 1080), (1.0, 1366, 768), (2.0, 1920, 1080), (2.0, 1366, 768)]


def _parts(page: QScrollArea) -> list[QWidget]:
    kinds = QLabel | QAbstractButton | QComboBox | QLineEdit
    return [
        each
        for each in page.widget().findChildren(QWidget)
        if isinstance(each, kinds) and each.isVisible() and each.parentWidget() is not None
    ]


def _cut(page: QScrollArea) -> list[str]:
    """What of a page lies beyond its width, or has less room than its words need."""
    whole, found = page.widget(), []
    width = page.viewport().width()
    for each in _parts(page):
        place = QRect(each.mapTo(whole, QPoint(0, 0)), each.size())
        name = each.accessibleName() or getattr(each, "text", str)()
        if place.left() < 0 or place.right() >= width:
            found.append(f"beyond the page: {name}")
        wraps = isinstance(each, QLabel) and each.wordWrap()
        if wraps and each.height() < each.heightForWidth(each.width()):
            found.append(f"too low: {name}")
        if not wraps and not isinstance(each, QLineEdit) and each.width() < each.sizeHint().width():
            found.append(f"too narrow: {name}")
    return found


@pytest.mark.parametrize(("scale", "width", "height"), SIZES)
def test_nothing_of_a_page_is_cut(opened: Open, scale: float, width: int, height: int) -> None:
    apply(scale)
    opened.window.resize(width, height)
    for row in range(opened.page.nav.count()):
        opened.page.nav.setCurrentRow(row)
        shown = opened.page.pages.currentWidget()
        opened.qtbot.waitUntil(lambda page=shown: len(_parts(page)) > 2)
        opened.qtbot.waitUntil(lambda page=shown: _cut(page) == [])
    assert (opened.window.width(), opened.window.height()) == (width, height)


def test_a_control_stands_below_its_words_where_there_is_little_room(opened: Open) -> None:
    """Words in a column of three letters beside a field that is empty help nobody."""
    row = opened.row("reader.code")
    opened.qtbot.waitUntil(lambda: not row._row.stacked)
    apply(2.0)
    opened.window.resize(1366, 768)
    opened.qtbot.waitUntil(lambda: row._row.stacked)
    assert row.control.y() < row.control.parentWidget().height()
    assert row.control.parentWidget().y() > 0
    apply(1.0)
    opened.window.resize(1920, 1080)
    opened.qtbot.waitUntil(lambda: not row._row.stacked)


def test_the_signs_of_the_pages_grow_with_the_text(opened: Open) -> None:
    def side() -> int:
        icon = opened.page.nav.item(0).icon()
        return icon.actualSize(opened.page.nav.iconSize()).width()

    assert side() == theme.px(18)
    apply(2.0)
    opened.qtbot.waitUntil(lambda: side() == theme.px(18))


def test_choices_read_as_words(opened: Open) -> None:
    box = opened.row("viewer.suv").control
    assert isinstance(box, QComboBox)
    assert box.currentText() == "Body weight (bw)"
    held = opened.row("viewer.suv").setting.choices
    assert [box.itemText(n) for n in range(box.count())] == [
        wording.choice_words("viewer.suv", each) for each in held
    ]
    assert set(wording.CHOICES["viewer.suv"]) == set(held)
