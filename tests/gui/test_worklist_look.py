"""What the worklist shows beside its words: the arrow of its order, names, whole columns."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workstation.ui.worklist import wording
from workstation.ui.worklist.model import Column
from workstation.ui.worklist.table import WorklistTable


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
