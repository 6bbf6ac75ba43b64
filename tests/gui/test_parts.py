"""The parts of the drawings, as real widgets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.text_sizes import apply
from workstation.domain.reading_task import Priority
from workstation.ui import icons, parts, theme
from workstation.ui.theme.sheet import fill, template

Picture = Callable[[QWidget, str], Path]


def contrast(a: str, b: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, by its own formula."""

    def luminance(color: str) -> float:
        channels = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_token_of_the_sheet_is_known() -> None:
    filled = fill(template(), theme.load().colors, lambda length: round(length))
    assert "@" not in filled


def test_an_unknown_token_is_named() -> None:
    with pytest.raises(KeyError, match="pink"):
        fill("QLabel { color: @pink; }", theme.load().colors, round)


@pytest.mark.parametrize("text", ["text", "text2", "text3", "stat", "urgent", "accent", "mark"])
@pytest.mark.parametrize("ground", ["image", "window", "panel", "raised", "hover", "accentbg"])
@pytest.mark.parametrize("high", [False, True])
def test_text_reads_on_every_ground(text: str, ground: str, high: bool) -> None:
    colors = theme.load(high_contrast=high).colors
    assert contrast(colors[text], colors[ground]) >= 4.5


def test_every_grey_is_neutral() -> None:
    colors = theme.load().colors
    for name in ("image", "window", "panel", "raised", "hover", "pressed", "text", "text2", "edge"):
        made = QColor(colors[name])
        assert made.red() == made.green() == made.blue(), name


@pytest.mark.parametrize("name", [*icons.GLYPHS, *sorted(icons.DRAWN)])
def test_every_sign_draws_something(qapp: QApplication, name: str) -> None:
    image = icons.pixmap(name, "text").toImage()
    assert image.width() == 18
    assert any(
        image.pixelColor(x, y).alpha() > 60
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize("size", [14, 16, 18, 24])
def test_every_glyph_is_drawn_as_qtawesome_draws_it(qapp: QApplication, size: int) -> None:
    """Filled to the em: QtAwesome leaves an eighth of the box free."""
    from qtawesome.iconic_font import IconicFont

    theirs = IconicFont(("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json"))
    for name, glyph in icons.GLYPHS.items():
        made = icons.pixmap(name, "text2", size)
        icon = theirs.icon(f"ph.{glyph}", color=theme.color("text2"), scale_factor=8 / 7)
        other = icon.pixmap(QSize(theme.px(size), theme.px(size)), made.devicePixelRatio())
        assert made.toImage() == other.toImage(), name


@pytest.mark.parametrize("weight", [400, 500, 600])
def test_the_font_is_the_bundled_one(qapp: QApplication, weight: int) -> None:
    info = QFontInfo(theme.font(13, weight))
    assert info.family() == "Inter"
    assert info.weight() == weight
    assert info.pixelSize() == 13


def test_tabular_figures_have_one_width(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.font(13, 400, tabular=True))
    assert metrics.horizontalAdvance("1") == pytest.approx(metrics.horizontalAdvance("8"))


@pytest.mark.parametrize("factor", [0.8, 1.25, 2.0])
def test_parts_follow_the_text_scale(qapp: QApplication, qtbot: QtBot, factor: float) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = QHBoxLayout(holder)
    words, press = parts.label("Claim", 13), parts.button("Open", "open", "primary")
    row.addWidget(words)
    row.addWidget(press)
    holder.show()
    theme.apply(qapp, scale=factor)
    assert words.font().pixelSize() == round(13 * factor)
    assert press.height() == round(32 * factor)
    assert press.iconSize() == QSize(round(18 * factor), round(18 * factor))


def test_a_text_scale_outside_its_range_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match=r"0\.8"):
        theme.apply(qapp, scale=2.5)


def test_disabled_text_of_the_palette_is_the_off_grey(qapp: QApplication) -> None:
    palette = qapp.palette()
    off = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert off == theme.color("off")


def test_names_from_outside_are_never_markup(qtbot: QtBot) -> None:
    words = parts.label("<b>SMITH</b>, Ann")
    qtbot.addWidget(words)
    assert words.textFormat() is Qt.TextFormat.PlainText
    card = parts.MessageCard()
    qtbot.addWidget(card)
    card.show_message("The name is <img src=x>.")
    shown = [each.text() for each in card.findChildren(parts.Label)]
    assert any("&lt;img" in text for text in shown)


def test_the_three_priorities_differ_in_shape(qapp: QApplication) -> None:
    shapes = set()
    for priority in Priority:
        image = QImage(26, 26, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        parts.paint_priority_glyph(painter, QRectF(3, 3, 20, 20), priority)
        painter.end()
        shapes.add(
            bytes(image.pixelColor(x, y).alpha() > 100 for y in range(26) for x in range(26))
        )
    assert len(shapes) == 3


class TestFocusRing:
    def _window(self, qtbot: QtBot) -> tuple[QWidget, parts.Button, parts.FocusRing]:
        window = QWidget()
        qtbot.addWidget(window)
        row = QHBoxLayout(window)
        first, second = parts.button("First"), parts.button("Second")
        row.addWidget(first)
        row.addWidget(second)
        ring = parts.FocusRing(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        first.setFocus()
        return window, second, ring

    def test_tab_shows_it(self, qtbot: QtBot) -> None:
        window, second, ring = self._window(qtbot)
        assert not ring.isVisible()
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        assert ring.target is second
        assert ring.isVisible()
        assert ring.geometry().contains(second.geometry())

    def test_the_mouse_does_not(self, qtbot: QtBot) -> None:
        window, second, ring = self._window(qtbot)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        QTest.mouseClick(
            window.windowHandle(),
            Qt.MouseButton.LeftButton,
            pos=second.mapTo(window, QPoint(5, 5)),
        )
        assert not ring.isVisible()


def test_a_gallery_of_all_parts(qtbot: QtBot, picture: Picture) -> None:
    """The picture 12 of the drawings, to be looked at."""
    window = QWidget()
    window.setObjectName("window")
    window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    qtbot.addWidget(window)
    columns = QHBoxLayout(window)
    columns.setContentsMargins(40, 30, 40, 30)
    columns.setSpacing(48)

    buttons = QVBoxLayout()
    buttons.addWidget(parts.label("Buttons", 16, 600))
    for made in (
        parts.button("Claim only"),
        parts.button("Open", "open", "primary"),
        parts.button("Copy details", "copy", "quiet"),
        parts.button("Discard draft", "discard", "danger"),
    ):
        buttons.addWidget(made)
    off = parts.button("Claim only")
    off.setEnabled(False)
    buttons.addWidget(off)
    row = QHBoxLayout()
    for name in ("window", "length", "angle", "ellipse", "probe"):
        each = parts.tool(name, name, checkable=True)
        each.setChecked(name == "length")
        row.addWidget(each)
    linked = parts.tool("link", "Link views", kind="switch")
    linked.setChecked(True)
    row.addWidget(linked)
    row.addStretch(1)
    buttons.addLayout(row)
    buttons.addWidget(parts.key_hints((("W",), "window"), (("Ctrl", "↵"), "sign")))
    buttons.addStretch(1)
    columns.addLayout(buttons)

    fields = QVBoxLayout()
    fields.addWidget(parts.label("Fields", 16, 600))
    fields.addWidget(parts.field("Filter: name, ID, site …", icon="filter"))
    written = parts.field()
    written.setText("ackerm")
    fields.addWidget(written)
    fields.addWidget(parts.choice("CT chest without contrast", "CT head"))
    number = QSpinBox()
    number.setSuffix(" mm")
    fields.addWidget(number)
    check, radio = QCheckBox("Show crosshair"), QRadioButton("Left")
    check.setChecked(True)
    radio.setChecked(True)
    fields.addWidget(check)
    fields.addWidget(QCheckBox("Invert"))
    fields.addWidget(radio)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setValue(40)
    fields.addWidget(slider)
    fields.addWidget(parts.ProgressBar(0.76))
    fields.addStretch(1)
    columns.addLayout(fields)

    state = QVBoxLayout()
    state.addWidget(parts.label("Urgency and state", 16, 600))
    for priority in Priority:
        state.addWidget(parts.PriorityLabel(priority))
    for kind in ("", "stat", "urgent", "accent", "line"):
        state.addWidget(parts.badge(kind or "CT", kind))
    state.addWidget(parts.separator())
    card = parts.MessageCard("Halden refused the report", "refused", "stat")
    card.show_message(
        "Halden took this reading task back at 02:59.",
        "The report is stored at Halden but is attached to no task.",
        "Ask Halden for a new task, or phone the result.",
    )
    card.add_button("Try again", lambda: None, icon="retry", kind="primary")
    card.setFixedWidth(420)
    state.addWidget(card)
    long = QTextEdit("\n".join(f"Scroll bar, line {n}" for n in range(30)))
    long.setFixedHeight(120)
    state.addWidget(long)
    state.addStretch(1)
    columns.addLayout(state)

    signs = QGridLayout()
    for index, name in enumerate([*icons.GLYPHS, *sorted(icons.DRAWN)]):
        signs.addWidget(parts.sign(name, "text", 18), index // 4, (index % 4) * 2)
        signs.addWidget(parts.label(name, 12, color="text3"), index // 4, (index % 4) * 2 + 1)
    columns.addLayout(signs)
    window.resize(1700, 900)
    window.show()
    assert picture(window, "parts").exists()


def test_words_that_change_their_colour_keep_the_text_size(qtbot: QtBot) -> None:
    """A warning that is told after another text size is as large as the rest."""
    holder = QWidget()
    qtbot.addWidget(holder)
    words = parts.label("One thing is wrong", 13, color="text2")
    words.setParent(holder)
    holder.show()
    apply(2.0)
    words.set_tone("urgent")
    qtbot.waitUntil(lambda: words.font().pixelSize() == theme.font(13).pixelSize())
    apply(1.0)
    words.set_tone("text2")
    qtbot.waitUntil(lambda: words.font().pixelSize() == theme.font(13).pixelSize())
