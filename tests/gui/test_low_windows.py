"""Windows that are low or narrow for their text: nothing grows off the screen, nothing is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.opening import Opener
from tests.gui.report_scene import Scene, opened, task
from tests.gui.test_text_size import _everything_in_sight, _opened
from tests.gui.text_sizes import apply
from tests.workflow import images
from workstation.domain.study import NotShown
from workstation.ui import theme
from workstation.ui.parts import Button, Label
from workstation.ui.parts.labels import ElidedLabel
from workstation.ui.viewport.nothing_card import NothingCard

#: The panel beside the images at 1366 × 768 and twice the text.
WIDTH, HEIGHT = 600, 672


def _inside(part: QWidget, whole: QWidget) -> bool:
    place = QRect(part.mapTo(whole, QPoint(0, 0)), part.size())
    return part.isVisible() and whole.rect().contains(place)


def _apart(parts: list[QWidget], whole: QWidget) -> bool:
    places = [QRect(each.mapTo(whole, QPoint(0, 0)), each.size()) for each in parts]
    return not any(
        one.intersects(other) for at, one in enumerate(places) for other in places[at + 1 :]
    )


def _find(scene: Scene) -> None:
    scene.panel.finding.ask(replace=True)


def _critical(scene: Scene) -> None:
    scene.panel.note_critical()


@pytest.mark.parametrize("form", [_find, _critical], ids=["find and replace", "critical result"])
def test_a_form_takes_the_room_of_the_template_and_the_buttons_stay(
    qtbot: QtBot, report_scene: Scene, form: Callable[[Scene], None]
) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    apply(2.0)
    panel.resize(WIDTH, HEIGHT)
    form(report_scene)
    foot, text = panel._foot, panel.editor
    qtbot.waitUntil(lambda: _inside(foot.sign, panel) and _inside(text, panel))
    assert panel.minimumSizeHint().height() <= HEIGHT
    shown = [each for each in (panel.find_bar, text, panel.critical_bar, foot) if each.isVisible()]
    qtbot.waitUntil(lambda: _apart(shown, panel))
    qtbot.waitUntil(lambda: text.height() >= 2 * theme.px(24))


def test_the_template_comes_back_when_the_form_is_left(qtbot: QtBot, report_scene: Scene) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    apply(2.0)
    panel.resize(WIDTH, HEIGHT)
    qtbot.waitUntil(panel.template.isVisible)
    panel.note_critical()
    qtbot.waitUntil(lambda: not panel.template.isVisible())
    panel.critical_bar._close_form()
    qtbot.waitUntil(panel.template.isVisible)


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_a_window_with_the_list_of_layers_can_be_made_as_narrow_as_its_screen(
    opener: Opener, size: tuple[int, int]
) -> None:
    """What is shown at a larger width must not hold the window there."""
    made = _opened(opener, (2400, 1200))
    made.room.set_side_panel(QWidget())
    apply(2.0)
    _everything_in_sight(made)
    made.until(lambda: made.room.overlays.isVisible())
    made.room.resize(*size)
    made.until(lambda: (made.room.width(), made.room.height()) == size)
    assert made.room.minimumSizeHint().width() <= size[0]


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(1020, 950), (620, 590), (1300, 990)])
def test_every_reason_why_files_are_not_shown_is_whole(
    qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    uid = "1.2.840.10008.5.1.4.1.1.999.1"
    held = tuple(
        NotShown(f"1.2.{n}", "", reason, what, "Fetch it again, or ask the site.")
        for n, (reason, what) in enumerate(
            [
                ("Broken pixel data: it ends after 60 %.", "CT Image Storage"),
                (f"{uid}: it holds no picture and no text.", uid),
                ("Unknown compression 1.2.840.10008.1.2.4.999.", "CT Image Storage"),
            ]
        )
    )
    card = NothingCard()
    qtbot.addWidget(card)
    card.resize(*size)
    card.show_study(replace(images.study(), received=25, not_shown=held))
    card.show()
    apply(scale)
    area = card.findChild(QScrollArea)
    assert area is not None

    def whole() -> bool:
        labels = [each for each in card.findChildren(Label) if each.isVisible() and each.text()]
        buttons = [each for each in card.findChildren(Button) if each.isVisible()]
        body = area.widget()
        return (
            len(labels) >= 12
            and len(buttons) == 4
            and body.width() <= area.viewport().width()
            and _apart([*labels, *buttons], body)
            and all(
                each.height() >= each.heightForWidth(each.width())
                for each in labels
                if each.wordWrap()
            )
            and all(_inside(each, body) for each in (*labels, *buttons))
        )

    qtbot.waitUntil(whole)
    words = {each.text() for each in card.findChildren(Label)}
    assert uid not in words
    assert "Unknown kind" in " ".join(words)
    assert card.minimumSizeHint().height() <= size[1]


def test_a_sentence_below_the_images_ends_in_dots_where_it_has_no_room(qtbot: QtBot) -> None:
    words = ElidedLabel(13, 400, "text2")
    qtbot.addWidget(words)
    words.setText("Ellipse: drag from corner to corner of its box")
    words.resize(600, 40)
    words.show()
    assert words.shown == words.text()
    words.resize(150, 40)
    qtbot.waitUntil(lambda: words.width() == 150)
    assert words.shown.endswith("…")
    words.grab()
    assert words.toolTip() == words.text()
    assert words.minimumSizeHint().height() >= words.fontMetrics().height()
    assert words.alignment() & Qt.AlignmentFlag.AlignVCenter
