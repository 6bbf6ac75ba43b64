"""Measurements and key images under the report: each says whether it is in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.wording import area_text, layer_words, scale_text, value_text
from workstation.ui import icons, theme
from workstation.ui.parts import Button, key_cap, label
from workstation.ui.parts.following import follow
from workstation.ui.viewport.measure_tools import ICONS

#: Heights of a window in pixels of the drawings: a laptop's, one with large text, and one where the
#: report itself needs the room (the key M inserts all the same).
_LOW, _LOWER, _LOWEST = 800, 600, 450


@dataclass(frozen=True, slots=True)
class TrayItem:
    """One row: its link, icon, value, where it was made, and whether the text holds it."""

    link: str
    icon: str
    value: str
    place: str
    in_report: bool


def calibration_text(measurement: Measurement) -> str:
    """`in patient`, `at detector`, `at no scale`: the badge's words."""
    return scale_text(measurement.result.calibration, measurement.result.calibration_detail)


def items(
    measurements: Sequence[Measurement], key_images: Sequence[KeyImage], linked: set[str]
) -> list[TrayItem]:
    """Rows for what was measured and marked, newest last."""
    rows = []
    for held in measurements:
        statistics = held.result.statistics
        if statistics is not None and statistics.area_mm2 is not None:
            detail = area_text(statistics.area_mm2)
        else:
            detail = calibration_text(held)
        link = f"m:{held.identifier}"
        layer = held.result.layer
        over = (
            f"{layer_words(layer)} ({layer.series.short})" if layer and layer_words(layer) else ""
        )
        place = "  ".join(part for part in (held.frame_label, over, detail, held.label) if part)
        rows.append(TrayItem(link, ICONS[held.kind], value_text(held), place, link in linked))
    for image in key_images:
        link = f"k:{image.frame.sop_instance_uid}:{image.frame.frame_number}"
        rows.append(TrayItem(link, "key_image", "Key image", image.frame_label, link in linked))
    return rows


class _Row(QWidget):
    """One row; a click shows it in the image."""

    shown = Signal(str)
    inserted = Signal(str)

    def __init__(self, item: TrayItem, first: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{item.value}, {item.place}: show in image")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        glyph = label("", 12)
        glyph.setPixmap(icons.pixmap(item.icon, "markoff", 14))
        row.addWidget(glyph)
        row.addWidget(label(item.value, 13, 500, "mark", tabular=True))
        row.addWidget(label(item.place, 12, 400, "text3"), 1)
        if item.in_report:
            tick = label("", 12)
            tick.setPixmap(icons.pixmap("here", "text3", 14))
            row.addWidget(tick)
            row.addWidget(label("in report", 12, 400, "text2"))
        else:
            insert = Button("insert", "", "quiet", "M" if first else "", 24, "")
            insert.clicked.connect(lambda: self.inserted.emit(self._item.link))
            row.addWidget(insert)
            cap = key_cap("M")
            # Rows without the key keep its place, so that the words stand below one another.
            policy = cap.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            cap.setSizePolicy(policy)
            row.addWidget(cap)
            cap.setVisible(first)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show it where it was measured."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.shown.emit(self._item.link)
        super().mouseReleaseEvent(event)


class Tray(QWidget):
    """The list, newest at the foot, at most some rows high."""

    show_link = Signal(str)
    insert_link = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[TrayItem] = []
        self._built = (0, 0)
        outer = self._outer = QVBoxLayout(self)
        follow(self, self._measure)
        head = QHBoxLayout()
        head.addWidget(label("Measurements", 12, 600, "text3"), 1)
        head.addWidget(label("click: show in image", 12, 400, "text3"))
        outer.addLayout(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self._area)
        self.hide()

    def _measure(self) -> None:
        self._outer.setContentsMargins(*(theme.px(n) for n in (16, 10, 16, 10)))
        self._outer.setSpacing(theme.px(4))

    def show_items(self, rows: list[TrayItem], *, room: float = 1000) -> None:
        """Show the rows. A window that is low, `room` being its height in pixels of the drawings,
        leaves out what the text holds already, and scrolls the rest in few lines or in none."""
        low = room < _LOW
        shown = [row for row in rows if not (low and row.in_report)]
        most = 5 if not low else 3 if room >= _LOWER else 1 if room >= _LOWEST else 0
        built = (most, theme.version())
        if (shown, built) == (self._items, self._built):
            return
        self._items, self._built = shown, built
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        newest_open, reach = self.newest_open, 0
        for at, item in enumerate(shown):
            if item.link == newest_open:
                reach = at
            row = _Row(item, item.link == newest_open)
            row.setFixedHeight(theme.px(26))
            row.shown.connect(self.show_link)
            row.inserted.connect(self.insert_link)
            column.addWidget(row)
        column.addStretch(1)
        self._area.setWidget(body)
        self._area.setFixedHeight(theme.px(28) * min(len(shown), most))
        self.setVisible(bool(shown) and most > 0)
        # What M inserts stands in sight, and as much as there is room for above it.
        line = theme.px(28)
        self._area.verticalScrollBar().setValue(max(0, reach + 1 - most) * line)

    @property
    def newest_open(self) -> str:
        """The link that `M` inserts: the newest measurement that the text does not hold, then the
        newest key image; an empty text where there is none."""
        waiting = [row.link for row in self._items if not row.in_report]
        measured = [link for link in waiting if link.startswith("m:")]
        return (measured or waiting or [""])[-1]
