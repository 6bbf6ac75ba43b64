"""All keys at once, over the window; F1 and Esc close it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.commands.registry import PLACE_TITLES, REGISTRY, Command, Registry, shown_key
from workstation.ui import theme
from workstation.ui.parts import key_cap, label, section_heading, separator

_MOUSE = (
    ("Left drag", "The chosen tool; without one, window or scroll"),
    ("Middle drag", "Move the image"),
    ("Right drag", "Zoom"),
    ("Wheel", "Scroll through the stack"),
)


class KeysOverlay(QWidget):
    """A pane inside the window; the table of commands is its only source."""

    closed = Signal()

    def __init__(self, window: QWidget, registry: Registry = REGISTRY) -> None:
        super().__init__(window)
        self._registry = registry
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("All keys")
        self._sheet: QFrame | None = None
        self._wanted = (0, 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(theme.px(n) for n in (24, 24, 24, 24)))
        self.hide()
        window.installEventFilter(self)

    def show_keys(self) -> None:
        """Build the sheet at the scale in force and show it."""
        layout = self.layout()
        if layout is None:
            raise RuntimeError("the overlay has lost its layout")
        if self._sheet is not None:
            layout.removeWidget(self._sheet)
            self._sheet.deleteLater()
        self._cover()
        self._sheet = self._build()
        layout.addWidget(self._sheet)
        layout.setAlignment(self._sheet, Qt.AlignmentFlag.AlignCenter)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_keys(self) -> None:
        """Give the window back."""
        self.hide()
        self.closed.emit()

    def _build(self) -> QFrame:
        sheet = QFrame()
        sheet.setObjectName("sheet")
        column = QVBoxLayout(sheet)
        column.setContentsMargins(*(theme.px(n) for n in (24, 18, 12, 18)))
        column.setSpacing(theme.px(12))
        head = QHBoxLayout()
        head.addWidget(label("All keys", 20, 600))
        head.addStretch(1)
        head.addWidget(key_cap("Esc"))
        head.addWidget(label("close", 12, color="text2"))
        head.addSpacing(theme.px(12))
        column.addLayout(head)
        column.addWidget(
            label(
                "Letters act where the focus is in a list or on an image. Function keys and Ctrl"
                " act everywhere, also while you type.",
                13,
                color="text2",
                wrap=True,
            )
        )
        column.addWidget(separator())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        columns = QHBoxLayout(holder)
        columns.setContentsMargins(0, 0, theme.px(12), 0)
        columns.setSpacing(theme.px(40))
        blocks = self._blocks()
        wide = self.width() / theme.scale() >= 1300
        count = 3 if wide else 2 if self.width() / theme.scale() >= 860 else 1
        lanes = [QVBoxLayout() for _ in range(count)]
        heights = [0] * count
        for block, lines in blocks:
            shortest = heights.index(min(heights))
            lanes[shortest].addWidget(block)
            heights[shortest] += lines + 2
        for lane in lanes:
            lane.setSpacing(theme.px(18))
            lane.addStretch(1)
            columns.addLayout(lane, 1)
        area.setWidget(holder)
        column.addWidget(area, 1)
        tallest = holder.sizeHint().height() + theme.px(150)
        self._wanted = (theme.px((430, 820, 1240)[count - 1]), tallest)
        self._fit(sheet)
        return sheet

    def _fit(self, sheet: QFrame) -> None:
        """Inside the window, which may become smaller while the keys are shown."""
        room, (width, height) = self.size(), self._wanted
        sheet.setFixedSize(
            min(width, room.width() - theme.px(48)), min(height, room.height() - theme.px(48))
        )

    def _blocks(self) -> list[tuple[QWidget, int]]:
        made: list[tuple[QWidget, int]] = []
        for place, title in PLACE_TITLES.items():
            commands = [each for each in self._registry.commands(place) if each.keys]
            if commands:
                made.append((_block(title, commands), len(commands)))
        made.append((_mouse_block(), len(_MOUSE)))
        return made

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
            if self._sheet is not None:
                self._fit(self._sheet)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
            self.close_keys()
            return
        area = self.findChild(QScrollArea)
        step = {
            Qt.Key.Key_Down: 40,
            Qt.Key.Key_Up: -40,
            Qt.Key.Key_PageDown: 400,
            Qt.Key.Key_PageUp: -400,
        }.get(Qt.Key(event.key()))
        if area is not None and step is not None:
            bar = area.verticalScrollBar()
            bar.setValue(bar.value() + theme.px(step) if step > 0 else bar.value() + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._sheet is None or not self._sheet.geometry().contains(event.position().toPoint()):
            self.close_keys()


def _grid(title: str) -> tuple[QWidget, QGridLayout]:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.px(12))
    grid.setVerticalSpacing(theme.px(6))
    grid.setColumnMinimumWidth(0, theme.px(116))
    grid.setColumnStretch(1, 1)
    grid.addWidget(section_heading(title), 0, 0, 1, 2)
    return holder, grid


def _block(title: str, commands: list[Command]) -> QWidget:
    holder, grid = _grid(title)
    for line, command in enumerate(commands, start=1):
        caps = QHBoxLayout()
        caps.setSpacing(theme.px(4))
        for key in command.keys:
            caps.addWidget(key_cap(shown_key(key)))
        caps.addStretch(1)
        grid.addLayout(caps, line, 0)
        grid.addWidget(label(command.title, 13, wrap=True), line, 1)
    return holder


def _mouse_block() -> QWidget:
    holder, grid = _grid("Mouse on an image")
    for line, (gesture, words) in enumerate(_MOUSE, start=1):
        grid.addWidget(label(gesture, 13, color="text2"), line, 0)
        grid.addWidget(label(words, 13, wrap=True), line, 1)
    return holder
