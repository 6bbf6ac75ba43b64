"""The frame of the reading room: bar, strip, images, caption, and the place for the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workstation.commands import registry
from workstation.commands.registry import Place
from workstation.domain.clock import Clock
from workstation.domain.study import RetrievalProgress
from workstation.ui import shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport import look_menu, overlay_going
from workstation.ui.viewport.actions import ViewActions
from workstation.ui.viewport.caption_bar import CaptionBar
from workstation.ui.viewport.document_page import DocumentPage
from workstation.ui.viewport.fading import Fading
from workstation.ui.viewport.images import Images
from workstation.ui.viewport.measurable import ImageWorkbench
from workstation.ui.viewport.nothing_card import NothingCard
from workstation.ui.viewport.overlay_list import OverlayList
from workstation.ui.viewport.room_bar import RoomBar
from workstation.ui.viewport.series_strip import SeriesStrip
from workstation.workflow.opening import Opening
from workstation.workflow.worklist_rows import WorklistRow


class Rows(Protocol):
    """Where the priors of a task are known."""

    def rows(self) -> tuple[WorklistRow, ...]: ...

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class Retrieval(Protocol):
    """Instances arriving."""

    def start(self, service_id: str, study_uid: str, urgent: bool = False) -> None: ...
    def progress(self, study_uid: str) -> RetrievalProgress | None: ...
    def listen(self, callback: Callable[[str], None], /) -> Callable[[], None]: ...


class RoomWorkbench(ImageWorkbench, Protocol):
    """The use cases that the reading room is given."""

    @property
    def clock(self) -> Clock: ...
    @property
    def opening(self) -> Opening: ...
    @property
    def retrieving(self) -> Retrieval: ...
    @property
    def worklist(self) -> Rows: ...


class RoomFrame(QWidget):
    """Lays the room out and shows its state; what is in it is decided by the reading room."""

    back_requested = Signal()
    #: the report panel was hidden (True) or shown again
    report_hidden = Signal(bool)

    def __init__(self, workbench: RoomWorkbench, bridge: JobBridge, superior: str) -> None:
        super().__init__()
        registry.load_all()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workbench, self._bridge = workbench, bridge
        self.images = Images(workbench, bridge, superior)
        self.verbs = ViewActions(self.images)
        self.fading = Fading(self, self._rest)
        self.bar = RoomBar(workbench.clock)
        self.strip = SeriesStrip()
        self.caption = CaptionBar()
        self.overlays = OverlayList(self.images.overlaying)
        self.card = NothingCard()
        self.page = DocumentPage(bridge, workbench.opening.page)
        self._usable = False
        self._build()
        self._connect_frame()
        shortcuts.bind(self.images, Place.VIEWPORT, self.verbs)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(0)
        column.addLayout(row, 1)
        self._reading = QWidget()
        reading = QHBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(0)
        reading.addWidget(self.strip)
        reading.addWidget(self.overlays)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        self._area = QStackedWidget()
        self._area.setObjectName("imageground")
        self._area.addWidget(self.images)
        self._area.addWidget(self.card)
        self._area.addWidget(self.page)
        middle.addWidget(self._area, 1)
        middle.addWidget(self.caption)
        reading.addLayout(middle, 1)
        row.addWidget(self._reading, 1)
        self._side = QHBoxLayout()
        self._side.setContentsMargins(0, 0, 0, 0)
        row.addLayout(self._side)
        self._panel: QWidget | None = None
        self._panel_wide = False

    def _connect_frame(self) -> None:
        images, verbs = self.images, self.verbs
        self.bar.back_asked.connect(self.back_requested)
        self.bar.command_asked.connect(self._run)
        images.said.connect(self.caption.say)
        images.state_changed.connect(self._state_changed)
        self.page.closed.connect(self.focus_images)
        self.card.back.connect(self.focus_images)
        self.caption.entry.typed.connect(verbs.set_window)
        self.caption.entry.left.connect(self._entry_left)
        verbs.ask_window = self.caption.ask_window
        verbs.ask_menu = lambda: look_menu.show(self.caption.looks, verbs.choices())
        self.caption.looks.clicked.connect(verbs.look_menu)
        verbs.toggle_layers = self._toggle_overlays
        verbs.to_layer_list = self._to_overlay_list
        self.strip.overlays_asked.connect(self._toggle_overlays)
        self.overlays.left.connect(self.focus_images)
        self.overlays.go_asked.connect(self._go_to_overlay)
        images.overlaying.changed.connect(self._overlays_changed)
        images.length_asked.connect(self.caption.ask_length)
        self.caption.length.typed.connect(verbs.set_true_length)
        self.caption.length.left.connect(images.clear_scale_line)
        self.caption.length.left.connect(self._entry_left)

    # -- the room ----------------------------------------------------------------------------

    def set_side_panel(self, panel: QWidget) -> None:
        """The report beside the images."""
        self._panel = panel
        self._side.addWidget(panel)
        panel.show()
        self._fit()

    def toggle_side_panel(self) -> None:
        """Show or hide the report."""
        if self._panel is not None:
            hidden = self._panel.isVisibleTo(self)
            if hidden:
                self.focus_images()
            self._panel.setVisible(not hidden)
            self.report_hidden.emit(hidden)

    # -- overlays ----------------------------------------------------------------------------

    def _toggle_overlays(self) -> None:
        """What others drew on the images or not; its list opens and closes with it."""
        overlaying = self.images.overlaying
        if not overlaying.listed():
            self.caption.say("The study holds nothing that others drew over the images.")
            return
        overlaying.toggle()
        self._make_room_for_layers(overlaying.board.shown)
        self.overlays.setVisible(overlaying.board.shown)

    def _to_overlay_list(self) -> None:
        if not self.images.overlaying.board.shown:
            self._toggle_overlays()
        if self.images.overlaying.listed():
            self._make_room_for_layers(True)
            self.overlays.show()
            self.overlays.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_to_overlay(self, sop_instance_uid: str, number: int) -> None:
        problem = overlay_going.go_to(self.images, sop_instance_uid, number)
        if problem:
            self.caption.say(problem)

    def _overlays_changed(self) -> None:
        overlaying = self.images.overlaying
        self.strip.show_overlays(overlaying.count, overlaying.board.shown)
        self._make_room_for_layers(self.overlays.isVisibleTo(self))

    def _make_room_for_layers(self, shown: bool) -> None:
        """Before the list is shown: where both have no room beside the report, it takes the place
        of the strip."""
        self.strip.setHidden(shown and self.width() < theme.px(800))

    def focus_images(self) -> None:
        """To the images, and to the keys that act on them."""
        if self._area.currentWidget() is not self.images and self._usable:
            self._area.setCurrentWidget(self.images)
        self.images.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit_panel(self, *, wide: bool) -> None:
        """Give the panel the width of the report, or the wider one of signing."""
        self._panel_wide = wide
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < theme.px(1500)
        self.strip.set_width(112 if not narrow else 96 if self.width() >= theme.px(1100) else 73)
        self._make_room_for_layers(self.overlays.isVisibleTo(self))
        self.overlays.fit(self.width())
        if self._panel is not None:
            # At twice the text the report would take half the window: it gives way to the image.
            full = 520 if self._panel_wide else 448
            wanted = theme.px(360 if narrow else full)
            self._panel.setFixedWidth(min(wanted, max(theme.px(300), int(self.width() * 0.36))))

    def minimumSizeHint(self) -> QSize:
        # What has no room gives way by the width there is, so what is shown now must not keep the
        # window wide.
        return QSize(theme.px(640), theme.px(360))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "caption"):
            self._fit()

    def _run(self, command: str) -> None:
        registry.run(command, self.verbs)
        self.images.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow_habits(self, left_drag: str, superior: str) -> None:
        """What the left button does without a tool ("window" or "scroll"), and how head and feet
        are written ("H/F" or "S/I"); both count at once."""
        images = self.images
        if images.tool == images.resting:
            images.tool = left_drag
        images.resting, images.superior = left_drag, superior
        for viewport in images.grid.viewports:
            viewport.update()
        self._state_changed()

    def fade_corner_text(self, on: bool) -> None:
        """Whether corner text goes away while nobody touches the case."""
        self.fading.switch(on)

    def _rest(self, quiet: bool) -> None:
        self.images.quiet = quiet
        for viewport in self.images.grid.viewports:
            viewport.update()

    def _entry_left(self) -> None:
        self.caption.close_entry()
        self.images.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def _state_changed(self) -> None:
        images = self.images
        usable = self._usable
        self.bar.show_state(images.tool, images.crosshair, images.linked, usable)
        state = "playing" if images.cine.is_playing(images.active) else ""
        self.caption.show_tool(images.tool if usable else "", state)
        pane = images.active.pane
        keys = {(pane.study.study_instance_uid, pane.shown.identifier)} if pane else set()
        self.strip.select(keys)
