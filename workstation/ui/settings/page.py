"""The settings: a list of pages with a search above it, and the page that is chosen."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.commands.registry import Place
from workstation.settings import DECLARATIONS, Settings
from workstation.ui import icons, shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import key_hints, label, tool
from workstation.ui.parts.fields import SearchField
from workstation.ui.parts.focus_ring import OWN_RING
from workstation.ui.settings import wording
from workstation.ui.settings.dictation_page import DictationPage
from workstation.ui.settings.example import Example
from workstation.ui.settings.group_page import GroupPage
from workstation.ui.settings.keys_page import KeysPage
from workstation.ui.settings.machine_page import MachinePage
from workstation.ui.settings.templates_link import TemplatesLink
from workstation.workflow.configuring import Configuring
from workstation.workflow.trying_speech import TryingSpeech

#: What an entry of the list of pages is drawn with.
_ICON = int(Qt.ItemDataRole.UserRole)


class SettingsBench(Protocol):
    """What the settings are given."""

    @property
    def settings(self) -> Settings: ...
    @property
    def configuring(self) -> Configuring: ...
    @property
    def trying(self) -> TryingSpeech: ...


class SettingsPage(QWidget):
    """Built when it is first shown: the table of settings is its only source."""

    leave_asked = Signal()
    templates_asked = Signal()

    def __init__(self, bench: SettingsBench, bridge: JobBridge) -> None:
        super().__init__()
        self._bench, self._bridge = bench, bridge
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.groups: dict[str, GroupPage] = {}
        self._build()
        shortcuts.bind(self, Place.SETTINGS, self)
        self._end = bench.settings.listen(bridge.relay(self._changed))
        self._built_for = theme.version()

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._bar())
        row = QHBoxLayout()
        row.setSpacing(0)
        outer.addLayout(row, 1)
        row.addWidget(self._side())
        self.pages = QStackedWidget()
        row.addWidget(self.pages, 1)
        self._fill()

    def _bar(self) -> QFrame:
        self._top = QFrame()
        self._top.setObjectName("topbar")
        self._top.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self._top)
        row.setContentsMargins(*(theme.px(n) for n in (8, 0, 16, 0)))
        row.setSpacing(theme.px(8))
        back = tool("back", "Back", "Esc")
        back.clicked.connect(self.leave)
        row.addWidget(back)
        row.addWidget(label("Settings", 16, 600))
        row.addStretch(1)
        row.addWidget(label("Saved as you change them", 12, color="text2"))
        row.addSpacing(theme.px(8))
        row.addWidget(key_hints((("Esc",), "close")))
        return self._top

    def _side(self) -> QFrame:
        self._list = QFrame()
        self._list.setObjectName("strip")
        self._list.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self._list)
        column.setContentsMargins(*(theme.px(n) for n in (0, 12, 0, 8)))
        column.setSpacing(theme.px(4))
        holder = QHBoxLayout()
        holder.setContentsMargins(theme.px(14), 0, theme.px(14), 0)
        self.search = SearchField(
            f"Search {len(DECLARATIONS)} settings", "Search the settings", "filter"
        )
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.take_focus)
        holder.addWidget(self.search)
        column.addLayout(holder)
        self.nav = QListWidget()
        self.nav.setObjectName("nav")
        self.nav.setAccessibleName("Pages of the settings")
        self.nav.setProperty(OWN_RING, True)
        self.nav.currentRowChanged.connect(self._show_page)
        column.addWidget(self.nav, 1)
        self.nothing = label("Nothing matches.", 13, color="text3", wrap=True)
        self.nothing.setContentsMargins(theme.px(18), 0, theme.px(14), 0)
        self.nothing.hide()
        column.addWidget(self.nothing)
        self._measure()
        return self._list

    def _fill(self) -> None:
        """The pages at the scale in force; which one was open is kept."""
        at = max(0, self.nav.currentRow())
        self.nav.blockSignals(True)
        self.nav.clear()
        while self.pages.count():
            old = self.pages.currentWidget()
            if old is None:
                break
            self.pages.removeWidget(old)
            old.deleteLater()
        settings, configuring = self._bench.settings, self._bench.configuring
        self.groups = {}
        for page in dict.fromkeys(each.page for each in DECLARATIONS):
            declared = [each for each in DECLARATIONS if each.page == page]
            made = (page, declared, settings, configuring, self._bridge)
            group = (
                DictationPage(*made, self._bench.trying)
                if page == "Dictation"
                else GroupPage(*made)
            )
            self.groups[page] = group
            if page == "Display":
                self.example = Example()
                group.put_beside(self.example)
            self._add(group, wording.words_of(page))
        self.templates = TemplatesLink()
        self.templates.asked.connect(self.templates_asked)
        self._add(self.templates, wording.TEMPLATES)
        self.keys = KeysPage()
        self._add(self.keys, wording.KEYS)
        self.machine = MachinePage(configuring, self._bridge)
        self._add(self.machine, wording.MACHINE)
        self.nav.setIconSize(QSize(theme.px(18), theme.px(18)))
        self.nav.blockSignals(False)
        self.nav.setCurrentRow(min(at, self.nav.count() - 1))

    def _add(self, shown: QWidget, words: wording.PageWords) -> None:
        self.pages.addWidget(shown)
        item = QListWidgetItem(icons.icon(words.icon, "text2"), f"  {words.title}")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words.title)
        item.setData(_ICON, words.icon)
        item.setSizeHint(QSize(0, theme.px(36)))
        self.nav.addItem(item)

    def _measure(self) -> None:
        self._top.setFixedHeight(theme.px(48))
        narrow = self.width() / theme.scale() < 1000
        self._list.setFixedWidth(theme.px(224 if narrow else 256))
        self.search.setFixedHeight(theme.px(32))
        self.nav.setIconSize(QSize(theme.px(18), theme.px(18)))
        for row in range(self.nav.count()):
            item = self.nav.item(row)
            item.setSizeHint(QSize(0, theme.px(36)))
            item.setIcon(icons.icon(item.data(_ICON), "text2"))
        if hasattr(self, "example"):
            self.example.setVisible(self.width() >= theme.px(256 + 72 + 620) + 500)

    # -- showing ------------------------------------------------------------------------------

    def _filters(self) -> list[GroupPage | TemplatesLink | KeysPage | MachinePage]:
        return [*self.groups.values(), self.templates, self.keys, self.machine]

    def _show_page(self, at: int) -> None:
        if at >= 0:
            self.pages.setCurrentIndex(at)
            if self._filters()[at] is self.machine:
                self.machine.examine()

    def _filter(self, needle: str) -> None:
        hits = [each.filter(needle.strip()) for each in self._filters()]
        for at, count in enumerate(hits):
            self.nav.item(at).setHidden(not count)
        found = [at for at, count in enumerate(hits) if count]
        self.nothing.setText(f"Nothing matches “{needle.strip()}”. Esc clears the search.")
        self.nothing.setVisible(not found)
        self.pages.setVisible(bool(found))
        if found and self.nav.currentRow() not in found:
            self.nav.setCurrentRow(found[0])

    def _changed(self, key: str) -> None:
        for each in self.groups.values():
            each.show_value(key)

    def show_page(self, page: str) -> None:
        """Open a page of the declarations."""
        self.nav.setCurrentRow(list(self.groups).index(page))

    # -- what the keys do ---------------------------------------------------------------------

    def leave(self) -> None:
        """Close the form, else clear the search, else close the settings."""
        if any(each.close_form() for each in self.groups.values()):
            return
        if self.search.text():
            self.search.clear()
            self.take_focus()
            return
        self.leave_asked.emit()

    def focus_search(self) -> None:
        """Write into the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def step_page(self, steps: int) -> None:
        """The next page that is not hidden by the search."""
        at = self.nav.currentRow() + steps
        while 0 <= at < self.nav.count():
            if not self.nav.item(at).isHidden():
                self.nav.setCurrentRow(at)
                return
            at += steps

    def take_focus(self) -> None:
        """The list of pages has the focus."""
        self.nav.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_page(self) -> None:
        """Listen no longer."""
        self._end()
        for each in self.groups.values():
            each.close_form()

    def showEvent(self, event: QShowEvent) -> None:
        # Margins are laid out once: after a change of the text size the pages are built anew.
        if self._built_for != theme.version():
            self._built_for = theme.version()
            self._fill()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_built_for"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
