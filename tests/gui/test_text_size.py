"""Another text size while a case is open: all that surrounds the images follows at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.dicom import make, reports, seg
from tests.gui.opening import Opener
from tests.gui.test_reading_room import Open
from tests.gui.text_sizes import apply
from workstation.ui import theme
from workstation.ui.parts import Button

Place = tuple[str, int, int, int, int]


def _places(part: QWidget) -> list[Place]:
    """Where everything that is seen in a part stands."""
    return [
        (type(each).__name__, at.x(), at.y(), each.width(), each.height())
        for each in (part, *part.findChildren(QWidget))
        if each.isVisible()
        for at in (each.mapTo(part, each.rect().topLeft()),)
    ]


def _objects() -> list[bytes]:
    ct = seg.series()
    mask = seg.sphere((8.0, 20.0, 1.0), 6.0)
    return [*(make.to_bytes(each) for each in (*ct, reports.ct_dose())), seg.written(ct, mask)]


def _opened(opener: Opener, size: tuple[int, int]) -> Open:
    made = opener.files(*_objects())
    made.room.resize(*size)
    made.room.bar.show_stage("Soft and lung", 0, 2)
    made.pictures_there()
    return made


def _everything_in_sight(made: Open) -> None:
    """The list of layers, and the dose report in place of the images."""
    made.room._toggle_overlays()
    document = next(thumb for thumb in made.room.strip.thumbs if thumb.content.document)
    document.chosen.emit(document.content.study_uid, document.content.identifier)
    made.until(made.room.page.isVisible)


PARTS: dict[str, Callable[[Open], QWidget]] = {
    "bar": lambda made: made.room.bar,
    "strip": lambda made: made.room.strip,
    "caption": lambda made: made.room.caption,
    "layers": lambda made: made.room.overlays,
    "page": lambda made: made.room.page,
}


def _differing(first: Open, second: Open) -> list[object]:
    """What stands elsewhere in one room than in the other."""
    QApplication.processEvents()
    return [
        (name, here, there)
        for name, part in PARTS.items()
        for here, there in zip_longest(_places(part(first)), _places(part(second)))
        if here != there
    ]


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_a_room_that_is_open_follows_the_text_size_as_one_that_is_opened_with_it(
    opener: Opener, size: tuple[int, int]
) -> None:
    first = _opened(opener, size)
    _everything_in_sight(first)
    apply(2.0)
    second = _opened(opener, size)
    _everything_in_sight(second)
    first.qtbot.waitUntil(lambda: _differing(first, second) == [], timeout=30_000)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_name_and_number_of_the_patient_are_whole_after_another_text_size(
    opener: Opener, scale: float, size: tuple[int, int]
) -> None:
    made = _opened(opener, size)
    apply(scale)
    bar = made.room.bar
    made.until(
        lambda: all(
            each.isVisible()
            and each.width() >= each.sizeHint().width()
            and bar.rect().contains(each.geometry())
            and bar.height() >= each.sizeHint().height()
            for each in (bar.family, bar.given, bar.number)
        )
    )


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_what_stands_beside_the_images_never_makes_the_window_wider_than_its_screen(
    opener: Opener, scale: float, size: tuple[int, int]
) -> None:
    made = _opened(opener, size)
    made.room.set_side_panel(QWidget())
    apply(scale)
    _everything_in_sight(made)
    made.until(lambda: made.room.overlays.isVisible())
    made.until(lambda: made.room.minimumSizeHint().width() <= size[0])
    made.until(lambda: made.room.minimumSizeHint().height() <= size[1])
    assert (made.room.width(), made.room.height()) == size


def test_the_keys_beside_the_stage_keep_their_width(opener: Opener) -> None:
    made = _opened(opener, (1920, 1080))
    bar = made.room.bar
    steps = [each for each in bar.findChildren(Button) if each.words in (",", ".")]
    assert len(steps) == 2
    made.until(lambda: all(each.isVisible() and each.width() == theme.px(24) for each in steps))


def test_one_tool_alone_is_lit_after_the_bar_had_no_room_for_its_button(opener: Opener) -> None:
    made = _opened(opener, (1920, 1080))
    bar = made.room.bar
    made.key(Qt.Key.Key_E)
    ellipse = bar.buttons["tool.ellipse"]
    made.until(ellipse.isChecked)
    made.room.resize(700, 600)
    made.until(lambda: not ellipse.isVisible() and bar.measure.isChecked())
    made.room.resize(1920, 1080)
    made.until(ellipse.isVisible)
    assert ellipse.isChecked()
    assert not bar.measure.isChecked()
