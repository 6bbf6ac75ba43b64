"""Words around the images are whole, and in the reader's language, at every width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.dicom import make
from tests.workflow import images
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import NotShown
from workstation.ui import theme
from workstation.ui.parts import Button, Label
from workstation.ui.viewport.nothing_card import NothingCard
from workstation.ui.viewport.series_strip import SeriesStrip
from workstation.ui.viewport.thumb import short_title
from workstation.workflow import viewing


@pytest.mark.parametrize("width", [112, 96, 73])
def test_how_many_files_are_not_shown_is_whole_below_the_thumbnails(
    qtbot: QtBot, width: int
) -> None:
    strip = SeriesStrip()
    qtbot.addWidget(strip)
    strip.set_width(width)
    strip.resize(width, 600)
    strip.show_unshown(139)
    strip.show_overlays(12, False)
    strip.show()
    for note in (strip.unshown, strip.overlays):
        lines = note.text().splitlines()
        metrics = note.fontMetrics()
        qtbot.waitUntil(note.isVisible)
        assert " ".join(lines) == note.words
        assert all(metrics.horizontalAdvance(line) <= note.width() for line in lines)
        assert note.height() >= metrics.height() * len(lines)


def test_what_tells_two_series_of_one_name_apart_is_never_cut(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.font(12))
    titles = [short_title(f"S5 DWI b0 b1000 ax · b {b}", metrics, 92) for b in (0, 1000)]
    assert titles[0] != titles[1]
    assert titles[1].endswith("b 1000")
    assert all(metrics.horizontalAdvance(title) <= 92 for title in titles)


def test_slices_that_are_missing_at_several_places_are_not_told_as_one_gap() -> None:
    def words(*positions: float) -> str:
        objects = [make.slice_of(n, at) for n, at in enumerate(positions)]
        (study,) = build_studies([read_object(make.to_bytes(each)) for each in objects])
        return viewing.missing_words(study.display_sets[0])

    assert words(0, 3, 6, 15, 18, 21) == "2 slices missing at 9 mm, left blank"
    assert words(0, 3, 9, 12, 18, 21) == "2 slices missing, the first at 6 mm, left blank"


@pytest.mark.parametrize("width", [480, 700, 1000])
def test_the_buttons_of_the_list_of_what_is_not_shown_are_whole(qtbot: QtBot, width: int) -> None:
    held = (NotShown("1.2", "", "Broken pixel data.", "CT Image Storage", "Fetch it again."),) * 24
    study = replace(images.study(), received=25, not_shown=held)
    card = NothingCard()
    qtbot.addWidget(card)
    card.resize(width, 600)
    card.show_study(study)
    card.show()
    buttons = card.findChildren(Button)
    assert len(buttons) == 4
    qtbot.waitUntil(lambda: all(each.width() >= each.sizeHint().width() for each in buttons))
    places = [QRect(each.mapTo(card, each.rect().topLeft()), each.size()) for each in buttons]
    assert all(card.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_kinds_of_files_are_named_as_a_radiologist_does(qtbot: QtBot) -> None:
    held = (NotShown("1.2", "", "Broken pixel data.", "CT Image Storage", "Fetch it again."),) * 2
    card = NothingCard()
    qtbot.addWidget(card)
    card.show_study(replace(images.study(), received=3, not_shown=held))
    words = {each.text() for each in card.findChildren(Label)}
    assert "CT images" in words
