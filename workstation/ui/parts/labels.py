"""Words, key caps, badges, headings and lines."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts.following import follow


class Label(QLabel):
    """Text in a font of the theme; follows the text scale. Never takes rich text."""

    def __init__(self, text: str, size: float, weight: int, color: str, tabular: bool) -> None:
        super().__init__(text)
        # Names and notes come from outside: they are never read as markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._style = (size, weight, tabular)
        self.setProperty("tone", color)
        self.setFont(theme.font(size, weight, tabular))

    def set_tone(self, color: str) -> None:
        """Change the colour token."""
        if self.property("tone") != color:
            self.setProperty("tone", color)
            self.style().unpolish(self)
            self.style().polish(self)
            # The style puts back a font that it took at another text size.
            self.setFont(theme.font(*self._style))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFont(theme.font(*self._style))


class ElidedLabel(Label):
    """One line that ends in … where it has no room, and never widens what it stands in; its tooltip
    has all of it."""

    def __init__(self, size: float, weight: int, color: str) -> None:
        super().__init__("", size, weight, color, False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def shown(self) -> str:
        """What is seen."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        words = self.shown
        tip = self.text() if words != self.text() else ""
        if self.toolTip() != tip:
            self.setToolTip(tip)
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(self.contentsRect(), flags, words)


def label(
    text: str = "",
    size: float = 13,
    weight: int = 400,
    color: str = "text",
    tabular: bool = False,
    wrap: bool = False,
) -> Label:
    """One piece of text in a colour token. `wrap` lets it take several lines."""
    made = Label(text, size, weight, color, tabular)
    made.setWordWrap(wrap)
    return made


def escaped(text: str) -> str:
    """Text from outside, safe inside our own markup."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def prose(text: str, size: float = 14, weight: int = 400, color: str = "text") -> Label:
    """Text to read in lines of one and a half; its content is never markup."""
    made = label("", size, weight, color, wrap=True)
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setText(f'<p style="line-height:145%">{escaped(text)}</p>')
    return made


def section_heading(text: str) -> Label:
    """The small grey name above a group of facts."""
    return label(text, 12, 600, "text3")


class _Chip(Label):
    """A label in a frame of fixed height."""

    def __init__(self, text: str, name: str, kind: str = "") -> None:
        super().__init__(text, 12, 500, "text2", False)
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(theme.px(20))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(theme.px(20))


def key_cap(text: str) -> Label:
    """The picture of a key."""
    made = _Chip(text, "keycap")
    follow(made, lambda: made.setMinimumWidth(theme.px(20)))
    return made


def badge(text: str, kind: str = "") -> Label:
    """A word on a plate; kinds: "", stat, urgent, accent, line."""
    return _Chip(text, "badge", kind)


class Sign(QLabel):
    """An icon that stands for itself; follows theme and scale."""

    def __init__(self, name: str, color: str = "text2", size: float = 16) -> None:
        super().__init__()
        self._sign = (name, color, size)
        self._draw()

    def show_sign(self, name: str, color: str) -> None:
        """Another meaning or colour."""
        self._sign = (name, color, self._sign[2])
        self._draw()

    def _draw(self) -> None:
        side = theme.px(self._sign[2])
        self.setFixedSize(side, side)
        self.setPixmap(icons.pixmap(*self._sign))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._draw()


def sign(name: str, color: str = "text2", size: float = 16) -> Sign:
    """An icon as a label."""
    return Sign(name, color, size)


def empty_layout(layout: QLayout) -> None:
    """Take all widgets out of a layout and let them go.

    They are hidden, not orphaned: a layout shows its widgets one event later, and one that has
    lost its parent by then would come up as a window of its own.
    """
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def separator(vertical: bool = False, length: int = 20) -> QFrame:
    """A hairline; a vertical one is `length` high."""
    made = QFrame()
    made.setObjectName("hairline")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if vertical:
        follow(made, lambda: made.setFixedSize(1, theme.px(length)))
    else:
        made.setFixedHeight(1)
    return made


def key_hints(*pairs: tuple[tuple[str, ...], str]) -> QWidget:
    """Key caps with what they do: `(("C",), "claim")`."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    said = []
    for keys, words in pairs:
        for key in keys:
            row.addWidget(key_cap(key))
        said.append(label(words, 12, 400, "text2"))
        row.addWidget(said[-1])

    def measure() -> None:
        row.setSpacing(theme.px(6))
        for each in said[:-1]:
            each.setContentsMargins(0, 0, theme.px(6), 0)

    follow(made, measure)
    return made
