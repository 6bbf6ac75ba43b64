"""The strip of series: what is here, what was seen, what cannot be shown; priors below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import Button, Label, label, separator
from workstation.ui.parts.following import follow
from workstation.ui.viewport.thumb import Thumb, ThumbContent


class StripNote(Button):
    """Words below the thumbnails that open something; in two lines where one is too wide."""

    def __init__(self, tone: str = "text2") -> None:
        super().__init__("", "", "note", "", 28, tone)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_words(self, text: str) -> None:
        super().set_words(text)
        self._measure()

    def _measure(self) -> None:
        self.setFont(theme.font(12, 500))
        wide = self.fontMetrics().horizontalAdvance(self.words) > self.width() - theme.px(8)
        self.setText(self.words.replace(" ", "\n", 1) if wide else self.words)
        self.setFixedHeight(theme.px(40 if wide else 28))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()


@dataclass(frozen=True, slots=True)
class StripSection:
    """The thumbnails of one study under its heading."""

    heading: str
    date: str
    thumbs: tuple[ThumbContent, ...]


class SeriesStrip(QFrame):
    """112 wide. Thumbnails keep their widgets while their content changes."""

    chosen = Signal(str, str)
    #: (study UID, display set) whose picture is not there yet
    wanted = Signal(str, str)
    #: what others drew over the images, on or off
    overlays_asked = Signal()
    #: what arrived and is shown nowhere
    unshown_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._thumbs: dict[tuple[str, str], Thumb] = {}
        self._dates: list[Label] = []
        self._shape: list[object] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        self.overlays, self.unshown = StripNote(), StripNote("urgent")
        self.overlays.clicked.connect(self.overlays_asked)
        self.unshown.clicked.connect(self.unshown_asked)
        for note in (self.overlays, self.unshown):
            note.hide()
            outer.addWidget(note)
        self._compact = False
        self.set_width(112)

    def set_width(self, width: int) -> None:
        """112 wide; 96 on small screens; 73 at large text, where only the number of the series is
        written, into its picture."""
        self.setFixedWidth(theme.px(width))
        self._compact = width < 96
        for thumb in self._thumbs.values():
            thumb.set_compact(self._compact)
        for date in self._dates:
            date.setHidden(self._compact)

    def show_overlays(self, count: int, shown: bool) -> None:
        """How many objects draw over the images, and whether they do now."""
        many = "s" if count != 1 else ""
        self.overlays.set_words(f"{count} layer{many}")
        key = "hide   Shift+L" if shown else "show   Shift+L"
        self.overlays.setToolTip(f"{count} object{many} drawn over the images by others: {key}")
        self.overlays.setVisible(count > 0)

    def show_unshown(self, count: int) -> None:
        """How many files of the study are shown nowhere."""
        self.unshown.set_words(f"{count} not shown")
        self.unshown.setToolTip(f"{count} that cannot be shown, each with its reason   Shift+Q")
        self.unshown.setVisible(count > 0)

    def thumb(self, study_uid: str, identifier: str) -> Thumb | None:
        """One of the thumbnails."""
        return self._thumbs.get((study_uid, identifier))

    @property
    def thumbs(self) -> tuple[Thumb, ...]:
        """All of them from top to bottom."""
        return tuple(self._thumbs.values())

    def show_sections(self, sections: Sequence[StripSection]) -> None:
        """What there is now."""
        shape: list[object] = [
            (s.heading, s.date, tuple((t.study_uid, t.identifier) for t in s.thumbs))
            for s in sections
        ]
        if shape != self._shape:
            self._rebuild(sections)
            self._shape = shape
            return
        for section in sections:
            for content in section.thumbs:
                held = self._thumbs[content.study_uid, content.identifier]
                if held.content != content:
                    held.show_content(content)

    def _rebuild(self, sections: Sequence[StripSection]) -> None:
        former = self._thumbs
        self._thumbs, self._dates = {}, []
        body = QWidget()
        column = QVBoxLayout(body)

        def measure() -> None:
            side = theme.px(8)
            column.setContentsMargins(side, side, side, side)
            column.setSpacing(theme.px(6))

        follow(body, measure)
        for index, section in enumerate(sections):
            if index:
                column.addWidget(separator())
            heading = label(section.heading, 12, 600, wrap=True)
            # Nothing is wider than the strip, or the thumbnails would be cut at its edge.
            heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            column.addWidget(heading)
            if section.date:
                date = label(section.date, 12, 400, "text2", tabular=True)
                date.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                column.addWidget(date)
                date.setHidden(self._compact)
                self._dates.append(date)
            for content in section.thumbs:
                key = (content.study_uid, content.identifier)
                held = former.pop(key, None)
                if held is None:
                    held = Thumb(content)
                    held.chosen.connect(self.chosen)
                else:
                    held.show_content(content)
                held.set_compact(self._compact)
                self._thumbs[key] = held
                column.addWidget(held)
                if not held.has_picture and not content.document and not content.fetch:
                    self.wanted.emit(*key)
        column.addStretch(1)
        old = self._scroll.takeWidget()
        self._scroll.setWidget(body)
        if old is not None:
            old.deleteLater()
        for gone in former.values():
            gone.hide()
            gone.deleteLater()

    def select(self, keys: set[tuple[str, str]]) -> None:
        """Frame the series that the active viewport shows."""
        for key, held in self._thumbs.items():
            if held.selected != (key in keys):
                held.selected = key in keys
                held.update()
