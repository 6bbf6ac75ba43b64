"""The bar above list and outbox: name, tabs, filter, next case."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from workstation.ui import theme
from workstation.ui.parts import Field, button, key_cap, label, separator, tool

TABS = ("Night list", "Pool", "Delivered")
#: What the filter looks at, in as many words as there is room for.
_HINTS = ("Filter: name, ID, site, CT, stat …", "Filter: name, ID …", "Filter", "")


class FilterField(Field):
    """Esc empties it and goes back to the list, Enter and Down go to the list."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - theme.px(48)
        measure = self.fontMetrics().horizontalAdvance
        self.setPlaceholderText(next(each for each in _HINTS if measure(each) <= room or not each))


class TopBar(QFrame):
    """48 high; what does not fit goes from the right of the filter first."""

    tab_chosen = Signal(int)
    filter_changed = Signal(str)
    filter_left = Signal()
    next_asked = Signal()
    outbox_asked = Signal()
    keys_asked = Signal()
    settings_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self._name = label("Nocturne", 14, 600)
        self._row.addWidget(self._name)
        self._row.addSpacing(theme.px(12))
        self._group = QButtonGroup(self)
        for index, name in enumerate(TABS):
            tab = button(name, kind="segment", key=str(index + 1))
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(tab, index)
            self._row.addWidget(tab)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.tab_chosen)
        self._row.addSpacing(theme.px(12))
        self.filter = FilterField(_HINTS[0], "Filter the list", "filter")
        self.filter.textChanged.connect(self.filter_changed)
        self.filter.left.connect(self.filter_left)
        self._row.addWidget(self.filter, 1)
        self._slash = key_cap("/")
        self._row.addWidget(self._slash)
        self._row.addStretch(1)
        self.next_button = button("Next case", "next", key="N")
        self.next_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.next_button.clicked.connect(self.next_asked)
        self._next_key = key_cap("N")
        self._row.addWidget(self.next_button)
        self._row.addWidget(self._next_key)
        self._row.addWidget(separator(vertical=True))
        outbox = tool("outbox", "Outbox and deliveries", "Ctrl+O")
        outbox.clicked.connect(self.outbox_asked)
        keys = tool("keys", "All keys", "F1")
        keys.clicked.connect(self.keys_asked)
        self._keys = keys
        settings = tool("settings", "Settings", "Ctrl+,")
        settings.clicked.connect(self.settings_asked)
        for each in (outbox, settings, keys):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._row.addWidget(each)
        self._measure()

    def show_counts(self, *counts: int) -> None:
        """The number behind each tab."""
        for index, (name, count) in enumerate(zip(TABS, counts, strict=True)):
            tab = self._group.button(index)
            tab.setText(f"{name}  {count}")
            tab.setAccessibleName(f"{name}, {count}")

    def show_tab(self, index: int | None) -> None:
        """Mark a tab as the one that is shown; None for none of them."""
        self._group.setExclusive(False)
        for each in self._group.buttons():
            each.setChecked(index is not None and each is self._group.button(index))
        self._group.setExclusive(True)

    def _measure(self) -> None:
        self.setFixedHeight(theme.px(48))
        self._row.setContentsMargins(*(theme.px(n) for n in (16, 0, 16, 0)))
        self._row.setSpacing(theme.px(8))
        self.filter.setFixedHeight(theme.px(32))
        self.filter.setMaximumWidth(theme.px(360))
        self.filter.setMinimumWidth(theme.px(120))

    def minimumSizeHint(self) -> QSize:
        # What has no room is hidden, so the bar never widens the window.
        return QSize(theme.px(200), theme.px(48))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() / theme.scale()
        self._name.setVisible(room >= 900)
        self._slash.setVisible(room >= 1000)
        self._next_key.setVisible(room >= 1000)
        # F1 stands in the status line as well.
        self._keys.setVisible(room >= 760)
        self.filter.setMinimumWidth(theme.px(120 if room >= 760 else 72))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_next_key"):
            self._measure()
