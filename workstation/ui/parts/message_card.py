"""A message: what happened, what it means, what to do, and the buttons that do it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workstation.domain.errors import ReaderError
from workstation.ui import theme
from workstation.ui.parts.buttons import Button, button
from workstation.ui.parts.following import follow
from workstation.ui.parts.labels import escaped, label, sign


class MessageCard(QFrame):
    """Three short paragraphs. Texts come from outside and are shown as plain text."""

    def __init__(self, title: str = "", icon: str = "warning", tone: str = "urgent") -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        self._sign = sign(icon, tone, 18)
        self._title = label(title, 14, 600, wrap=True)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._title, 1)
        column.addWidget(self._head)
        # Only now: a widget without a parent that is shown is a window of its own.
        self._head.setVisible(bool(title))
        self._paragraphs: list[tuple[str, QLabel]] = []
        for caption in ("What happened", "What it means", "What to do"):
            words = label("", 13, wrap=True)
            # The caption alone is marked up; the sentence is escaped in `show_message`.
            words.setTextFormat(Qt.TextFormat.RichText)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(words)
            self._paragraphs.append((caption, words))
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)

        def measure() -> None:
            column.setContentsMargins(*(theme.px(n) for n in (14, 12, 14, 12)))
            for each in (column, row, self._buttons):
                each.setSpacing(theme.px(8))

        follow(self, measure)

    def show_message(
        self, happened: str, means: str = "", remedy: str = "", *, title: str | None = None
    ) -> None:
        """Fill in the paragraphs; an empty one is left out."""
        if title is not None:
            self._title.setText(title)
            self._head.setVisible(bool(title))
        for (caption, words), text in zip(self._paragraphs, (happened, means, remedy), strict=True):
            words.setText(
                f'<p style="line-height:135%"><span style="font-weight:600">{caption}.</span>'
                f" {escaped(text)}</p>"
            )
            words.setVisible(bool(text))
        self.setAccessibleName(" ".join(part for part in (happened, means, remedy) if part))

    def show_error(self, error: ReaderError, *, title: str | None = None) -> None:
        """The three parts of an expected failure."""
        self.show_message(error.happened, error.means, error.remedy, title=title)

    def show_sign(self, icon: str, tone: str) -> None:
        """Another icon before the title."""
        self._sign.show_sign(icon, tone)

    def add_button(
        self, text: str, act: Callable[[], None], *, icon: str = "", kind: str = "", key: str = ""
    ) -> Button:
        """A button that does what the last paragraph says."""
        made = button(text, icon, kind, key, small=True)
        made.clicked.connect(lambda: act())
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        return made

    def clear_buttons(self) -> None:
        """Take the buttons away."""
        while self._buttons.count() > 1:
            item = self._buttons.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
