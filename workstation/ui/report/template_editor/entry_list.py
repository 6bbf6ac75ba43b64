"""The list on the left: the reader's own, what is broken, and what Nocturne brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts import label
from workstation.ui.parts.fields import SearchField
from workstation.ui.parts.focus_ring import OWN_RING
from workstation.ui.parts.following import follow


class Whose(Enum):
    """Where an entry comes from, in the order of the list."""

    MINE = "Mine"
    BROKEN = "Cannot be read"
    SHIPPED = "Nocturne's own"


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` names it, `words` are what a search looks at beside its title."""

    key: str
    title: str
    whose: Whose
    words: str = ""
    unsaved: bool = False


class EntryList(QWidget):
    """One entry is always chosen while there is one."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = self._column = QVBoxLayout(self)
        self.filter = SearchField("Search", "Search the list", "filter")
        self.filter.textChanged.connect(self._sift)
        self.filter.left.connect(self.take_focus)
        column.addWidget(self.filter)
        self.list = QListWidget()
        self.list.setObjectName("nav")
        self.list.setAccessibleName("Templates and macros")
        self.list.setProperty(OWN_RING, True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.currentItemChanged.connect(self._changed)
        column.addWidget(self.list, 1)
        self.nothing = label("Nothing matches.", 13, color="text3")
        self.nothing.hide()
        column.addWidget(self.nothing)
        self._entries: tuple[Entry, ...] = ()
        follow(self, self._measure)

    @property
    def current(self) -> Entry | None:
        """The one that is chosen."""
        item = self.list.currentItem()
        held = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return held if isinstance(held, Entry) else None

    def show_entries(self, entries: Sequence[Entry], choose: str = "") -> None:
        """Fill the list; `choose` is the key of the one to open, else the same as before."""
        wanted = choose or (self.current.key if self.current is not None else "")
        self._entries = tuple(entries)
        self.list.blockSignals(True)
        self.list.clear()
        for whose in Whose:
            held = sorted((e for e in entries if e.whose is whose), key=lambda e: e.title.lower())
            if held:
                self._heading(whose.value)
            for entry in held:
                self._add(entry)
        self.list.blockSignals(False)
        self._sift(self.filter.text())
        self.choose(wanted)

    def _measure(self) -> None:
        self._column.setContentsMargins(*(theme.px(n) for n in (14, 12, 14, 8)))
        self._column.setSpacing(theme.px(8))
        for row in range(self.list.count()):
            self._size(self.list.item(row))

    @staticmethod
    def _size(item: QListWidgetItem) -> None:
        heading = item.flags() == Qt.ItemFlag.NoItemFlags
        item.setFont(theme.font(12, 600) if heading else theme.font(13))
        item.setSizeHint(QSize(0, theme.px(36 if heading else 32)))

    def _heading(self, words: str) -> None:
        item = QListWidgetItem(words.upper())
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(theme.color("text2"))
        self._size(item)
        self.list.addItem(item)

    def _add(self, entry: Entry) -> None:
        item = QListWidgetItem(entry.title)
        if entry.whose is Whose.BROKEN:
            item.setIcon(icons.icon("block", "stat"))
        elif entry.unsaved:
            item.setIcon(icons.icon("draft", "urgent"))
        state = {Whose.BROKEN: ", cannot be read", Whose.MINE: ", mine"}.get(entry.whose, "")
        unsaved = ", not saved" if entry.unsaved else ""
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title}{state}{unsaved}")
        item.setToolTip(f"{entry.title}{unsaved}")
        item.setData(Qt.ItemDataRole.UserRole, entry)
        self._size(item)
        self.list.addItem(item)

    def choose(self, key: str) -> None:
        """Open the entry of a key, else the first."""
        rows = [
            row
            for row in range(self.list.count())
            if isinstance(self.list.item(row).data(Qt.ItemDataRole.UserRole), Entry)
        ]
        found = next(
            (r for r in rows if self.list.item(r).data(Qt.ItemDataRole.UserRole).key == key), None
        )
        if found is None:
            found = rows[0] if rows else -1
        self.list.setCurrentRow(found)
        if 0 <= found <= 1:
            self.list.scrollToTop()  # with the heading above it
        elif found > 1:
            self.list.scrollToItem(self.list.item(found))

    def _sift(self, needle: str) -> None:
        words = needle.lower().split()
        hits = 0
        for row in range(self.list.count()):
            item = self.list.item(row)
            entry = item.data(Qt.ItemDataRole.UserRole)
            if not isinstance(entry, Entry):
                item.setHidden(bool(words))
                continue
            text = f"{entry.title} {entry.words}".lower()
            found = all(word in text for word in words)
            item.setHidden(not found)
            hits += found
        self.nothing.setVisible(not hits)

    def _changed(self, item: QListWidgetItem | None, _: object) -> None:
        entry = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(entry, Entry):
            self.chosen.emit(entry)

    def take_focus(self) -> None:
        """The list has the keyboard."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
