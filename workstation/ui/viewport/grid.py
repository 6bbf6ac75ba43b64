"""The viewports in rows and columns; one alone where the window is too small for all."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from workstation.ui import theme
from workstation.ui.viewport.viewport import MakeViewport, Viewport

#: A viewport narrower or lower than this, in pixels of the drawings, is not read: one is shown.
LEAST = (260, 200)
GAP = 2


class ViewGrid(QFrame):
    """Lays the viewports out. Those that are not in the layout are kept and hidden."""

    activated = Signal(object)
    dropped = Signal(object, str, str)

    def __init__(self, make: MakeViewport) -> None:
        super().__init__()
        self.setObjectName("imageground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._make = make
        self._all: list[Viewport] = []
        self.rows, self.columns = 1, 1
        self._maximised = False
        self._active: Viewport | None = None
        self.set_layout(1, 1)

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        """Those of the layout, row by row."""
        return tuple(self._all[: self.rows * self.columns])

    @property
    def shown(self) -> tuple[Viewport, ...]:
        """Those that are on the screen."""
        return tuple(each for each in self.viewports if each.isVisibleTo(self))

    @property
    def active(self) -> Viewport:
        """The one that the keys act on."""
        active = self._active
        if active is not None and active in self.viewports:
            return active
        return self._all[0]

    @property
    def maximised(self) -> bool:
        """Whether one is shown alone on request."""
        return self._maximised

    def set_layout(self, rows: int, columns: int) -> None:
        """So many rows and columns; viewports that stay keep what they show."""
        self.rows, self.columns = rows, columns
        self._maximised = False
        while len(self._all) < rows * columns:
            made = self._make()
            made.setParent(self)
            made.dropped.connect(
                lambda study, shown, viewport=made: self.dropped.emit(viewport, study, shown)
            )
            self._all.append(made)
        for extra in self._all[rows * columns :]:
            extra.show_pane(None)
        self.activate(self.active)
        self.arrange()

    def activate(self, viewport: Viewport) -> None:
        """Make one the active viewport."""
        changed = viewport is not self._active
        self._active = viewport
        for each in self._all:
            if each.active != (each is viewport):
                each.active = each is viewport
                each.update()
        if self._alone():
            self.arrange()
        if changed:
            self.activated.emit(viewport)

    def maximise(self, on: bool) -> None:
        """Show the active viewport alone, or all again."""
        self._maximised = on
        self.arrange()

    def _alone(self) -> bool:
        if self._maximised:
            return True
        width = (self.width() - GAP * (self.columns - 1)) / self.columns
        height = (self.height() - GAP * (self.rows - 1)) / self.rows
        small = width < theme.px(LEAST[0]) or height < theme.px(LEAST[1])
        return small and self.rows * self.columns > 1 and self.width() > 1

    def arrange(self) -> None:
        """Place the viewports."""
        held, active = self.viewports, self.active
        alone = self._alone()
        for each in self._all:
            if each not in held:
                each.hide()
        for index, each in enumerate(held):
            note = f"view {index + 1} of {len(held)}" if alone and len(held) > 1 else ""
            if each.note != note:
                each.note = note
                each.update()
            if alone and each is not active:
                each.hide()
                continue
            each.setGeometry(self.rect() if alone else self._cell(index))
            each.show()

    def _cell(self, index: int) -> QRect:
        row, column = divmod(index, self.columns)
        width, height = self.width() + GAP, self.height() + GAP
        left, right = column * width // self.columns, (column + 1) * width // self.columns
        top, bottom = row * height // self.rows, (row + 1) * height // self.rows
        return QRect(left, top, right - left - GAP, bottom - top - GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()
