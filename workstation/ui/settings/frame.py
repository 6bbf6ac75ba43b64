"""What all pages of the settings look like: a title, a sentence, content that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import label, separator
from workstation.ui.parts.following import follow
from workstation.ui.parts.tall import Tall

#: title, space, sentence, space and line
_HEAD = 5


class PageFrame(QScrollArea):
    """A page of at most 800, scrolled to whatever takes the focus."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.title = title
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = Tall()
        # As wide as the page, however long a word in it is: it scrolls one way only.
        holder.setMinimumWidth(1)
        outer = self._outer = QHBoxLayout(holder)
        self._form = QWidget()
        follow(self._form, self._measure)
        self.column = QVBoxLayout(self._form)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(label(title, 20, 600))
        self.column.addSpacing(theme.px(6))
        self.column.addWidget(label(sentence, 12, color="text2", wrap=True))
        self.column.addSpacing(theme.px(16))
        self.column.addWidget(separator())
        outer.addWidget(self._form, 10)
        outer.addStretch(1)
        self.setWidget(holder)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _measure(self) -> None:
        side = 48 if self.width() >= theme.px(600) else 20
        self._outer.setContentsMargins(*(theme.px(n) for n in (side, 24, min(side, 24), 24)))
        self._form.setMaximumWidth(theme.px(800))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def put_beside(self, example: QWidget) -> None:
        """Something that stands beside the form."""
        self._outer.insertWidget(1, example, 0, Qt.AlignmentFlag.AlignTop)

    def put_on_top(self, shown: QWidget) -> None:
        """Something that stands between the head of the page and its rows."""
        self.column.insertWidget(_HEAD, shown)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._form.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, theme.px(48))
