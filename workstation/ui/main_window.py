"""The window: worklist, outbox and reading room, with the lines that frame them."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from workstation.commands import registry
from workstation.commands.registry import Place
from workstation.commands.report import ReportActions
from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import ReadingTask
from workstation.ui import shortcuts
from workstation.ui.job_bridge import JobBridge
from workstation.ui.key_caps import KeyCaps
from workstation.ui.keys_overlay import KeysOverlay
from workstation.ui.parts import FocusRing
from workstation.ui.ports import ShellWorkbench
from workstation.ui.settings.page import SettingsPage
from workstation.ui.worklist import status_bar
from workstation.ui.worklist.offline_line import OfflineLine
from workstation.ui.worklist.outbox_page import OutboxPage
from workstation.ui.worklist.page import WorklistPage
from workstation.ui.worklist.shift_page import ShiftPage
from workstation.ui.worklist.status_bar import StatusBar
from workstation.ui.worklist.top_bar import TopBar

_DELIVERED_TAB = 2
#: How often the free room on the disk is looked at.
_DISK_MS = 10_000


class Room(Protocol):
    """The reading room as the window sees it; it is a QWidget with a signal `back_requested`."""

    def show_task(self, task: ReadingTask) -> None: ...
    def close_study(self) -> None: ...
    def toggle_side_panel(self) -> None: ...
    def focus_images(self) -> None: ...


class MainWindow(QMainWindow):
    """Owns the pages. Its title never names a patient."""

    task_opened = Signal(object)

    def __init__(
        self, workbench: ShellWorkbench, bridge: JobBridge, room: QWidget | None = None
    ) -> None:
        super().__init__()
        registry.load_all()
        self._workbench, self._bridge = workbench, bridge
        self._room = room
        #: built when it is first asked for
        self.settings_page: SettingsPage | None = None
        self._before_settings: QWidget | None = None
        #: what signing and the keys of the report act on, once there is a report panel
        self.report: ReportActions | None = None
        #: Workitem UID of the case that was asked for last and is not open yet
        self._opening = ""
        self._study_open = False
        self._free: int | None = None
        self._disk = QTimer(self)
        self._disk.setInterval(_DISK_MS)
        self._disk.timeout.connect(self._ask_disk)
        self.setWindowTitle("Nocturne")
        self.setObjectName("window")
        self._build()
        self._ring = FocusRing(self)
        self.caps = KeyCaps(self)
        self.keys = KeysOverlay(self)
        self.keys.closed.connect(self._focus_page)
        shortcuts.bind(self, Place.EVERYWHERE, self)
        self._show_services()
        self._ask_disk()
        self._disk.start()
        self.resize(1440, 900)
        self.list_page.take_focus()

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.setCentralWidget(self.pages)
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top = TopBar()
        self.offline = OfflineLine()
        self.list_page = WorklistPage(self._workbench, self._bridge)
        self.outbox_page = OutboxPage(self._workbench, self._bridge)
        self.status = StatusBar()
        self._desk_pages = QStackedWidget()
        self._desk_pages.addWidget(self.list_page)
        self._desk_pages.addWidget(self.outbox_page)
        self.shift_page = ShiftPage(self._workbench, self._bridge)
        self.shift_page.leave_asked.connect(self._leave_outbox)
        self._desk_pages.addWidget(self.shift_page)
        column.addWidget(self.top)
        column.addWidget(self.offline)
        column.addWidget(self._desk_pages, 1)
        column.addWidget(self.status)
        self.pages.addWidget(desk)
        if self._room is not None:
            self.pages.addWidget(self._room)
            # The room is a widget of its own file; the window knows one signal of it.
            self._room.back_requested.connect(self.show_worklist)  # type: ignore[attr-defined]
        page, top = self.list_page, self.top
        top.tab_chosen.connect(self._show_tab)
        top.filter_changed.connect(page.set_filter)
        top.filter_left.connect(page.take_focus)
        top.next_asked.connect(self.open_next_case)
        top.outbox_asked.connect(self.show_outbox)
        top.keys_asked.connect(self.show_keys)
        top.settings_asked.connect(self.show_settings)
        page.open_asked.connect(self.open_task)
        page.filter_asked.connect(self._focus_filter)
        page.tab_asked.connect(self._show_tab)
        page.counts_changed.connect(self._show_services)
        page.tasks.claimed.connect(self._claimed)
        page.tasks.failed.connect(self._claim_failed)
        self.outbox_page.leave_asked.connect(self._leave_outbox)
        self.outbox_page.shift_asked.connect(self.show_shift)
        self.outbox_page.changed.connect(self._show_services)
        self.offline.retry_asked.connect(page.refresh)

    # -- what the keys do ---------------------------------------------------------------------

    def show_keys(self) -> None:
        """Show or hide all keys."""
        if self.keys.isVisible():
            self.keys.close_keys()
        else:
            self.keys.show_keys()

    def show_worklist(self) -> None:
        """Back to the list; the study is closed."""
        self._close_study()
        self.pages.setCurrentIndex(0)
        self._desk_pages.setCurrentWidget(self.list_page)
        self.top.show_tab(self.list_page.tab)
        self.status.show_keys(status_bar.LIST_KEYS)
        self.list_page.show_rows()
        self._focus_page()

    def show_outbox(self) -> None:
        """Outbox and deliveries. An open study stays as it is, behind it."""
        self.pages.setCurrentIndex(0)
        self._desk_pages.setCurrentWidget(self.outbox_page)
        self.top.show_tab(_DELIVERED_TAB)
        self.status.show_keys(status_bar.OUTBOX_KEYS)
        self.outbox_page.refresh()
        self._focus_page()

    def show_shift(self) -> None:
        """What was read in this shift. An open study stays as it is, behind it."""
        self.pages.setCurrentIndex(0)
        self._desk_pages.setCurrentWidget(self.shift_page)
        self.top.show_tab(None)
        self.status.show_keys(status_bar.SHIFT_KEYS)
        self.shift_page.refresh()
        self._focus_page()

    def show_settings(self) -> None:
        """The settings, over whatever is open; a second time leaves them."""
        if self.settings_page is None:
            self.settings_page = SettingsPage(self._workbench, self._bridge)
            self.settings_page.leave_asked.connect(self._leave_settings)
            self.pages.addWidget(self.settings_page)
        if self.pages.currentWidget() is self.settings_page:
            self._leave_settings()
            return
        self._before_settings = self.pages.currentWidget()
        self.pages.setCurrentWidget(self.settings_page)
        self.settings_page.take_focus()

    def _leave_settings(self) -> None:
        self._return_to(self._before_settings)

    def _return_to(self, page: QWidget | None) -> None:
        """Back from a page over everything; a case that ended meanwhile is no page any more."""
        if page is self._room and not self._study_open:
            self.show_worklist()
            return
        if page is not None:
            self.pages.setCurrentWidget(page)
        self._focus_page()

    def refresh_all(self) -> None:
        """Ask the services again."""
        self.list_page.refresh()

    def toggle_side_panel(self) -> None:
        """Show or hide the report beside the images."""
        if self._in_room():
            cast(Room, self._room).toggle_side_panel()

    def focus_images(self) -> None:
        """To the images of the open case."""
        if self._in_room():
            cast(Room, self._room).focus_images()

    def sign_report(self) -> None:
        """Show what will be signed, or sign it where that is shown."""
        if self._in_room() and self.report is not None:
            self.report.sign_report()

    def show_checks(self) -> None:
        """Show what stands open before signing."""
        if self._in_room() and self.report is not None:
            self.report.show_checks()

    def show_calculators(self) -> None:
        """Calculators beside the images."""
        if self._in_room() and self.report is not None:
            self.report.show_calculators()

    def fill_normal(self) -> None:
        """Normal statements into what is still open in the report."""
        if self._in_room() and self.report is not None:
            self.report.fill_normal()

    def focus_report(self) -> None:
        """To the report of the open case."""
        if self._in_room() and self.report is not None:
            self.report.focus_report()

    def note_critical(self) -> None:
        """Note a critical result of the open case, or who was told of it."""
        if self._in_room() and self.report is not None:
            self.report.note_critical()

    def score_prior(self) -> None:
        """Score a prior report of the open case."""
        if self._in_room() and self.report is not None:
            self.report.score_prior()

    def toggle_full_screen(self) -> None:
        """Full screen and back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # -- opening ------------------------------------------------------------------------------

    def open_task(self, task: ReadingTask) -> None:
        """Claim, fetch what is missing, and show the reading room."""
        self._opening = task.workitem_uid
        here = self.list_page.images_here(task)
        self.list_page.tasks.claim(task, urgent=True, unlinked=here > 0)

    def _claimed(self, task: ReadingTask) -> None:
        # A claim that comes late must not put its case under the hands that read another one.
        if task.workitem_uid == self._opening:
            self._enter_room(task)

    def _claim_failed(self, task: ReadingTask, _error: ReaderError) -> None:
        if task.workitem_uid == self._opening:
            self._opening = ""

    def _enter_room(self, task: ReadingTask) -> None:
        self._opening = ""
        self.task_opened.emit(task)
        if self._room is not None:
            self._study_open = True
            cast(Room, self._room).show_task(task)
            self._show_room()

    def _show_room(self) -> None:
        if self._room is not None:
            self.pages.setCurrentWidget(self._room)
            self._room.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_study(self) -> None:
        if self._study_open:
            self._study_open = False
            cast(Room, self._room).close_study()

    def _leave_outbox(self) -> None:
        # Who looked into the outbox while reading goes on reading.
        if self._study_open:
            self._show_room()
        else:
            self.show_worklist()

    def _in_room(self) -> bool:
        return self._room is not None and self.pages.currentWidget() is self._room

    # -- the frame ----------------------------------------------------------------------------

    def _show_tab(self, index: int) -> None:
        if index == _DELIVERED_TAB:
            self.show_outbox()
            return
        self.list_page.set_tab(index)
        self.show_worklist()

    def open_next_case(self) -> None:
        """Close what is open and open the most urgent case that can be read."""
        self.show_worklist()
        self.list_page.open_next()

    def _focus_filter(self) -> None:
        self.top.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top.filter.selectAll()

    def _focus_page(self) -> None:
        if self._in_room() and self._room is not None:
            self._room.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.settings_page is not None and self.pages.currentWidget() is self.settings_page:
            self.settings_page.take_focus()
        elif self._desk_pages.currentWidget() is self.outbox_page:
            self.outbox_page.take_focus()
        elif self._desk_pages.currentWidget() is self.shift_page:
            self.shift_page.take_focus()
        else:
            self.list_page.take_focus()

    def _ask_disk(self) -> None:
        def shown(usage: tuple[int, int]) -> None:
            self._free = usage[1]
            self._show_services()

        self._bridge.submit(lambda _cancel: self._workbench.store_usage(), on_done=shown)

    def _show_services(self) -> None:
        services = self._workbench.worklist.service_states()
        rows = self._workbench.worklist.rows()
        self.offline.show_services(services, self._workbench.worklist.failure())
        left = status_bar.service_pieces(services, rows)
        right = [
            status_bar.news_piece(self.list_page.news()),
            status_bar.fetching_piece(rows),
            status_bar.critical_piece(self._workbench.critical.open_results()),
            status_bar.outbox_piece(self.outbox_page.entries()),
            None if self._free is None else status_bar.disk_piece(self._free),
        ]
        self.status.show_pieces(left, [each for each in right if each is not None])
        night, pool = self.list_page.counts()
        self.top.show_counts(night, pool, self.outbox_page.delivered())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._disk.stop()
        self.list_page.close_page()
        self.outbox_page.close_page()
        if self.settings_page is not None:
            self.settings_page.close_page()
        self._close_study()
        super().closeEvent(event)
