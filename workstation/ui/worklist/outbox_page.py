"""The outbox: what is on its way, what was refused and why, and what has its receipts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.commands.registry import Place
from workstation.domain.delivery import DeliveryState, OutboxEntry
from workstation.domain.errors import ReaderError
from workstation.domain.report import Version
from workstation.ui import shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import (
    MessageCard,
    button,
    empty_layout,
    label,
    section_heading,
    separator,
    sign,
    tool,
)
from workstation.ui.ports import ShellWorkbench
from workstation.ui.worklist import outbox_wording as wording
from workstation.ui.worklist.outbox_table import Heading, Line, OutboxTable
from workstation.ui.worklist.wording import clock_text
from workstation.workflow.jobs import Lane

#: In a narrower page, in pixels of the drawings, the pane stands below the list.
_BESIDE = 860
_ANY_WIDTH = 16_777_215


class OutboxPage(QWidget):
    """Shows `Delivering.entries()`; retrying is asked of it off the Qt thread."""

    leave_asked = Signal()
    changed = Signal()
    shift_asked = Signal()
    #: (entry, version): the reader wants to add to a signed report, or to correct it
    amend_asked = Signal(object, object)

    def __init__(self, workbench: ShellWorkbench, bridge: JobBridge) -> None:
        super().__init__()
        self._workbench, self._bridge = workbench, bridge
        self._entries: tuple[OutboxEntry, ...] = ()
        self._narrow = False
        self._build()
        shortcuts.bind(self, Place.OUTBOX, self)
        self._changes = QTimer(self)
        self._changes.setSingleShot(True)
        self._changes.setInterval(60)
        self._changes.timeout.connect(self.refresh)
        self._end = workbench.delivering.listen(bridge.relay(lambda *_about: self._changes.start()))
        self._show_entries(())
        self.refresh()

    def close_page(self) -> None:
        """Listen no longer."""
        self._changes.stop()
        self._end()

    # -- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        row = self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(*(theme.px(n) for n in (14, 0, 20, 0)))
        head.setSpacing(theme.px(8))
        back = tool("back", "Back to the worklist", "Esc")
        back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        back.clicked.connect(self.leave_asked)
        self.send_button = button("Send all now", "send", key="S")
        self.send_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.send_button.clicked.connect(self.send_all)
        head.addWidget(back)
        head.addWidget(label("Outbox and deliveries", 16, 600))
        head.addStretch(1)
        shift = button("My shift", kind="quiet", key="F12")
        shift.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        shift.clicked.connect(self.shift_asked)
        head.addWidget(shift)
        head.addWidget(self.send_button)
        column.addWidget(self._head)
        column.addWidget(separator())
        self.table = OutboxTable()
        self.table.current_changed.connect(self._show_chosen)
        column.addWidget(self.table, 1)
        self._nothing = label("No report has been signed here yet.", 14, color="text3", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._nothing, 1)
        row.addWidget(left, 1)
        row.addWidget(self._build_pane())
        self._measure()

    def _build_pane(self) -> QFrame:
        self.pane = QFrame()
        self.pane.setObjectName("sidepane")
        self.pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self.pane)
        outer.setContentsMargins(theme.px(24), theme.px(16), 0, theme.px(8))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, theme.px(24), 0)
        column.setSpacing(theme.px(10))
        head = QHBoxLayout()
        head.setSpacing(theme.px(10))
        self._sign = sign("queued", "text2", 20)
        self._title = label("", 16, 600, wrap=True)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        self.name = label("", 14, 600, wrap=True)
        self._details = label("", 13, color="text2", wrap=True)
        names = QVBoxLayout()
        names.setSpacing(theme.px(3))
        names.addWidget(self.name)
        names.addWidget(self._details)
        self._digest = label("", 12, color="text3", tabular=True, wrap=True)
        self._digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._digest.setToolTip("SHA-256 over the signed content; the report carries it too")
        names.addWidget(self._digest)
        column.addLayout(names)
        self.message = MessageCard()
        column.addWidget(self.message)
        buttons = QHBoxLayout()
        self.retry_button = button("Try again now", "retry", "primary", key="R")
        self.retry_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.retry_button.clicked.connect(self.retry_selected)
        buttons.addWidget(self.retry_button)
        self.addendum_button = button("Addendum", "add", key="A")
        self.addendum_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addendum_button.clicked.connect(self.write_addendum)
        buttons.addWidget(self.addendum_button)
        self.correct_button = button("Correct", "draft", key="Shift+C")
        self.correct_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.correct_button.clicked.connect(self.correct_report)
        buttons.addWidget(self.correct_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(theme.px(8))
        column.addWidget(section_heading("Steps and receipts"))
        self._steps = QVBoxLayout()
        self._steps.setSpacing(theme.px(12))
        column.addLayout(self._steps)
        column.addSpacing(theme.px(4))
        column.addWidget(separator())
        column.addWidget(
            label(
                "Nothing is lost: the signed report stays here until a receipt exists for each"
                " part. It is never sent twice.",
                12,
                color="text2",
                wrap=True,
            )
        )
        column.addStretch(1)
        area.setWidget(holder)
        outer.addWidget(area)
        return self.pane

    # -- showing ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read what the outbox holds now; the disk is read off the Qt thread."""

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self.message.show_error(error)

        self._bridge.submit(
            lambda _cancel: tuple(self._workbench.delivering.entries()),
            lane=Lane.INTERACTION,
            on_done=self._show_entries,
            on_failed=failed,
        )

    def _show_entries(self, entries: tuple[OutboxEntry, ...]) -> None:
        self._entries = entries
        waiting = [each for each in self._entries if each.state is not DeliveryState.DELIVERED]
        done = [each for each in self._entries if each.state is DeliveryState.DELIVERED]
        newest = _newest_first(waiting)
        lines: list[Line] = []
        if newest:
            count = f"{len(newest)} report" + ("s" if len(newest) > 1 else "")
            lines += [Heading("Outbox", f"{count}, safe on this disk"), *newest]
        if done:
            lines.append(Heading("Delivered", str(len(done))))
            lines += _newest_first(done)
        self.table.show_lines(tuple(lines))
        self.table.setVisible(bool(lines))
        self._nothing.setVisible(not lines)
        self.send_button.setEnabled(bool(newest))
        self.send_button.setToolTip("Send all now   S" if newest else "No report waits to be sent.")
        self._show_chosen()
        self.changed.emit()

    def entries(self) -> tuple[OutboxEntry, ...]:
        """What the page shows."""
        return self._entries

    def delivered(self) -> int:
        """How many reports have arrived."""
        return sum(1 for each in self._entries if each.state is DeliveryState.DELIVERED)

    def _show_chosen(self) -> None:
        entry = self.table.current()
        self.pane.setVisible(entry is not None)
        if entry is None:
            return
        text, icon, tone = wording.title(entry)
        self._title.setText(text)
        self._sign.show_sign(icon, tone)
        self.name.setText(f"{entry.patient_display}   {entry.procedure}")
        self._digest.setText(wording.digest_text(entry.digest))
        self._digest.setVisible(bool(entry.digest))
        for each in (self.addendum_button, self.correct_button):
            each.setVisible(not entry.preliminary)
        number = f"ID {entry.patient_id}" if entry.patient_id else "no ID"
        signed = f"{wording.kind(entry)} {clock_text(entry.signed_at)} by {entry.signed_by}"
        self._details.setText(f"{signed}   {number}")
        happened, means, remedy = wording.message(entry)
        self.message.show_message(happened, means, remedy)
        again = entry.state in (DeliveryState.REFUSED, DeliveryState.WAITING)
        self.retry_button.setVisible(again)
        empty_layout(self._steps)
        for line in wording.step_lines(entry):
            self._steps.addWidget(_step(line))

    # -- what the keys do ---------------------------------------------------------------------

    def retry_selected(self) -> None:
        """Send the chosen report again, now."""
        entry = self.table.current()
        if entry is not None and entry.state is not DeliveryState.DELIVERED:
            self._do(lambda: self._workbench.delivering.retry(entry.identifier))

    def write_addendum(self) -> None:
        """Add to the chosen report."""
        self._amend(Version.ADDENDUM)

    def correct_report(self) -> None:
        """Correct the chosen report."""
        self._amend(Version.CORRECTION)

    def _amend(self, version: Version) -> None:
        entry = self.table.current()
        if entry is not None and not entry.preliminary:
            self.amend_asked.emit(entry, version)

    def send_all(self) -> None:
        """Send everything that waits, now."""
        self._do(self._workbench.delivering.send_all_now)

    def leave(self) -> None:
        """Back to the worklist."""
        self.leave_asked.emit()

    def _do(self, act: Callable[[], None]) -> None:
        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self.message.show_error(error)

        self._bridge.submit(lambda _cancel: act(), lane=Lane.INTERACTION, on_failed=failed)

    def take_focus(self) -> None:
        """The list has the focus."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _measure(self) -> None:
        self._head.setFixedHeight(theme.px(56))
        room = self.width() / theme.scale()
        below = room < _BESIDE
        if below:
            self.pane.setMinimumWidth(0)
            self.pane.setMaximumWidth(_ANY_WIDTH)
        else:
            self.pane.setFixedWidth(theme.px(520 if room >= 1500 else 380))
        sides = QBoxLayout.Direction
        self._sides.setDirection(sides.TopToBottom if below else sides.LeftToRight)
        self._sides.setStretch(0, 3 if below else 1)
        self._sides.setStretch(1, 2 if below else 0)

    def minimumSizeHint(self) -> QSize:
        # The pane gives way by the width there is, so it must not keep the window wide.
        return QSize(theme.px(600), theme.px(240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "pane"):
            self._measure()


def _newest_first(entries: list[OutboxEntry]) -> list[OutboxEntry]:
    return sorted(entries, key=lambda each: each.signed_at, reverse=True)


def _step(line: wording.StepLine) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(12))
    icon, tone = {"done": ("here", "text2"), "refused": ("refused", "stat")}.get(
        line.state, ("ring", "text3")
    )
    row.addWidget(sign(icon, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(theme.px(2))
    words.addWidget(label(line.title, 13, 500, "stat" if line.state == "refused" else "text"))
    if line.detail:
        words.addWidget(label(line.detail, 12, color="text2", wrap=True))
    row.addLayout(words, 1)
    if line.at:
        at = label(line.at, 12, color="text2", tabular=True)
        row.addWidget(at, 0, Qt.AlignmentFlag.AlignTop)
    return holder
