"""What the worklist shows beside its words: the arrow of its order, names, whole columns."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui import fakes
from tests.gui.test_main_window import Desk, desk, jobs
from tests.gui.text_sizes import apply
from workstation.ui import theme
from workstation.ui.parts import Button
from workstation.ui.worklist import wording
from workstation.ui.worklist.model import Case, Column, arrange
from workstation.ui.worklist.table import WorklistTable
from workstation.ui.worklist.top_bar import TopBar

__all__ = ["desk", "jobs"]


def _arrow_rows(table: WorklistTable) -> list[int]:
    """How many bright pixels each row of the arrow in the header has, from the top."""
    header = table.horizontalHeader()
    header.resizeSection(Column.DUE, 92)
    right = header.sectionViewportPosition(Column.DUE) + 92
    picture = header.grab().toImage()
    rows = [
        [x for x in range(right - 24, right) if QColor(picture.pixel(x, y)).lightness() > 90]
        for y in range(picture.height() - 2)
    ]
    return [max(each) - min(each) for each in rows if each]


@pytest.mark.parametrize("descending", [False, True])
def test_the_arrow_points_up_where_the_least_stands_first(qtbot: QtBot, descending: bool) -> None:
    """As in picture 01 of the drawings: the case that is due first stands on top."""
    table = WorklistTable()
    qtbot.addWidget(table)
    table.resize(1400, 200)
    table.show_sort(Column.DUE, descending)
    table.show()
    qtbot.waitUntil(table.isVisible)
    widths = _arrow_rows(table)
    assert len(widths) >= 3
    wider = [below > above for above, below in pairwise(widths) if below != above]
    assert wider
    assert all(each is not descending for each in wider)


@pytest.mark.parametrize(
    ("label", "words"),
    [("NIGHT", "Night"), ("SECOND_OPINION", "Second opinion"), ("Neuro night", "Neuro night")],
)
def test_the_sites_name_of_a_list_reads_as_words(label: str, words: str) -> None:
    assert wording.list_name(label) == words


@pytest.mark.parametrize(("scale", "width"), [(1.0, 1366), (2.0, 1920), (2.0, 1366)])
def test_whose_a_case_is_has_its_column_at_every_size(
    qtbot: QtBot, scale: float, width: int
) -> None:
    apply(scale)
    table = WorklistTable()
    qtbot.addWidget(table)
    table.show_entries(
        arrange(
            tuple(
                Case(each, "1 h 05", "text2", False, fakes.NOW)
                for each in fakes.night()
                # An identity is never cut: one of 25 letters may take the room of the state.
                if len(each.task.patient.name.display) < 18
            ),
            Column.DUE,
            False,
            fakes.NOW,
        )
    )
    # Beside the pane, which is on a key where there is little room.
    table.resize(width - (360 if width / scale >= 1000 else 0), 500)
    table.show()
    qtbot.waitUntil(lambda: Column.STATE in table.shown_columns())
    total = sum(table.columnWidth(each) for each in table.shown_columns())
    assert total <= table.viewport().width()
    assert table.columnWidth(Column.STUDY) >= theme.px(150)


def test_the_filter_says_what_it_looks_at_in_the_room_it_has(qtbot: QtBot) -> None:
    top = TopBar()
    qtbot.addWidget(top)
    top.resize(1920, 48)
    top.show()
    qtbot.waitUntil(lambda: "stat" in top.filter.placeholderText())
    apply(2.0)
    top.resize(1366, 96)

    def whole() -> bool:
        words = top.filter.placeholderText()
        room = top.filter.width() - theme.px(44)
        return "stat" not in words and top.filter.fontMetrics().horizontalAdvance(words) <= room

    qtbot.waitUntil(whole)


def test_the_keys_below_are_those_of_the_page_above(desk: Desk) -> None:
    def caps() -> list[str]:
        return [
            each.text()
            for each in desk.window.status._hints.findChildren(QLabel)
            if each.objectName() == "keycap"
        ]

    assert "C" in caps()
    desk.window.show_outbox()
    assert "C" not in caps()
    assert "R" in caps()
    desk.window.show_shift()
    assert "Ctrl+S" in caps()
    assert not any(each.isChecked() for each in desk.window.top._group.buttons())
    desk.window.show_worklist()
    assert "C" in caps()
    assert desk.window.top._group.button(0).isChecked()


@pytest.mark.parametrize(("scale", "width", "height"), [(2.0, 1366, 768), (1.0, 1366, 768)])
def test_the_window_keeps_within_its_screen_with_reports_in_the_outbox(
    desk: Desk, scale: float, width: int, height: int
) -> None:
    desk.window.show_outbox()
    apply(scale)
    desk.window.resize(width, height)
    desk.until(lambda: (desk.window.width(), desk.window.height()) == (width, height))
    page = desk.window.outbox_page
    desk.until(page.pane.isVisible)
    buttons = [each for each in page.pane.findChildren(Button) if each.isVisible()]
    assert buttons
    desk.until(lambda: all(each.width() >= each.sizeHint().width() for each in buttons))
    desk.until(lambda: page.rect().contains(page.pane.geometry()))
    # The head of the list and one report with its heading.
    desk.until(lambda: page.table.height() >= theme.px(120))


def test_statements_below_keep_their_gaps_after_another_text_size(desk: Desk) -> None:
    def gap() -> int:
        view = desk.window.status._views[0]
        icon, words = view.layout().itemAt(0).widget(), view.layout().itemAt(1).widget()
        return int(words.x() - icon.geometry().right() - 1)

    before = gap()
    apply(2.0)
    desk.until(lambda: gap() == 2 * before)
    apply(1.0)
    desk.until(lambda: gap() == before)


@pytest.mark.parametrize(("rate", "second"), [(0.0, "starting"), (512_500.0, "4.1 Mbit/s")])
def test_a_download_that_begins_is_not_called_still(rate: float, second: str) -> None:
    row = next(each for each in fakes.night() if wording.state_words(each).first == "Fetching")
    assert row.retrieval is not None
    held = replace(row, retrieval=replace(row.retrieval, bytes_per_second=rate))
    assert wording.state_words(held).second == second
