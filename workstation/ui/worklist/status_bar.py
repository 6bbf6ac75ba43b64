"""The bar below: services, what is arriving, what is leaving, room on the disk, keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from workstation.domain.critical import CriticalResult
from workstation.domain.delivery import DeliveryState, OutboxEntry
from workstation.domain.study import RetrievalState
from workstation.ui import theme
from workstation.ui.parts import empty_layout, key_hints, label, sign
from workstation.ui.worklist import wording
from workstation.workflow.worklist_rows import ServiceState, WorklistRow

Keys = tuple[tuple[tuple[str, ...], str], ...]
_ALL = (("F1",), "all keys")
#: What the keys do on each page above the bar.
LIST_KEYS: Keys = ((("↑", "↓"), "choose"), (("↵",), "open"), (("C",), "claim"), _ALL)
OUTBOX_KEYS: Keys = ((("↑", "↓"), "choose"), (("R",), "try again"), (("A",), "addendum"), _ALL)
SHIFT_KEYS: Keys = ((("1", "4"), "period"), (("Ctrl+S",), "save"), (("Esc",), "back"), _ALL)

#: From here on an answer is called slow.
SLOW_MS = 1000.0
#: From here on the free room is a warning.
LOW_DISK_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: a sign, a word that stays, details that go when room is short."""

    sign: str
    words: str
    details: str = ""
    tone: str = "text2"


def service_piece(state: ServiceState) -> Piece:
    """Well is grey; slow and gone are amber, with a word."""
    if not state.reachable:
        if state.since is None and not state.problem:
            return Piece("queued", state.name, "asking …")
        since = f"gone since {wording.clock_text(state.since)}" if state.since else "gone"
        return Piece("gone", state.name, since, "urgent")
    if state.latency_ms is None:
        return Piece("well", state.name)
    latency = f"{wording.count_text(round(state.latency_ms))} ms"
    if state.latency_ms >= SLOW_MS:
        return Piece("slow", state.name, f"slow, {latency}", "urgent")
    return Piece("well", state.name, latency)


def service_pieces(states: Sequence[ServiceState], rows: Sequence[WorklistRow]) -> list[Piece]:
    """One for each service; a single statement while none of them answers."""
    gone = [each.since for each in states if not each.reachable and each.since is not None]
    if not states or len(gone) < len(states):
        return [service_piece(each) for each in states]
    readable = sum(1 for row in rows if row.here)
    return [
        Piece("gone", "Offline", f"since {wording.clock_text(max(gone))}", "urgent"),
        Piece("disk", f"Reading goes on: {readable} of {len(rows)} studies are here"),
    ]


def fetching_piece(rows: Sequence[WorklistRow]) -> Piece | None:
    """How many studies arrive, and how fast; None when nothing does."""
    running = [row.retrieval for row in rows if row.retrieval is not None]
    fetching = [each for each in running if each.state is RetrievalState.FETCHING]
    if fetching:
        rate = wording.rate_text(sum(each.bytes_per_second for each in fetching))
        return Piece("fetch", f"Fetching {_counted(len(fetching), 'study', 'studies')}", rate)
    paused = sum(1 for each in running if each.state is RetrievalState.PAUSED)
    if paused:
        return Piece("paused", f"{_counted(paused, 'download waits', 'downloads wait')}")
    return None


def outbox_piece(entries: Sequence[OutboxEntry]) -> Piece | None:
    """What still has to be sent; None when nothing does."""
    left = [each for each in entries if each.state is not DeliveryState.DELIVERED]
    if not left:
        return None
    refused = sum(1 for each in left if each.state is DeliveryState.REFUSED)
    count = _counted(len(left), "report", "reports")
    if refused:
        return Piece("send", "Outbox", f"{count}, {refused} refused", "stat")
    return Piece("send", "Outbox", f"{count} waiting")


def disk_piece(free: int) -> Piece:
    """Free room in GB."""
    text = f"{free / 1e9:.0f} GB free" if free >= 1e10 else f"{free / 1e9:.1f} GB free"
    low = free < LOW_DISK_BYTES
    return Piece("warning" if low else "disk", text, "", "urgent" if low else "text2")


def critical_piece(waiting: Sequence[CriticalResult]) -> Piece | None:
    """Critical results of which nobody has been told, without their patients."""
    if not waiting:
        return None
    oldest = min(waiting, key=lambda each: each.found_at)
    count = _counted(len(waiting), "critical result", "critical results")
    return Piece("call", count, f"nobody told since {oldest.found_at.astimezone():%H:%M}", "urgent")


def news_piece(news: Sequence[WorklistRow]) -> Piece | None:
    """The most urgent new case, without its patient."""
    if not news:
        return None
    task = news[0].task
    more = f", {len(news) - 1} more" if len(news) > 1 else ""
    return Piece("info", f"New {task.priority.name}", f"{task.procedure}{more}", "accent")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


class _PieceView(QWidget):
    """One statement; `needed` is its width, whether its details are shown or not."""

    def __init__(self, piece: Piece) -> None:
        super().__init__()
        self.loud = piece.tone != "text2"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        row.addWidget(sign(piece.sign, piece.tone, 14))
        self._words = label(piece.words, 12, 500, "text" if self.loud else "text2", tabular=True)
        self._details = label(piece.details, 12, 400, piece.tone, tabular=True)
        self.has_details = bool(piece.details)
        for each in (self._words, self._details):
            each.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            row.addWidget(each)
        said = f"{piece.words} {piece.details}".strip()
        self.setAccessibleName(said)
        self.setToolTip(said)

    def show_details(self, shown: bool) -> None:
        """With or without the details; the tooltip has them always."""
        self._details.setVisible(shown and self.has_details)

    def needed(self, details: bool) -> int:
        """Width in pixels; the layout's own hint is late by one event."""
        width = theme.px(14) + theme.px(6) + self._words.sizeHint().width()
        if details and self.has_details:
            width += theme.px(6) + self._details.sizeHint().width()
        return width


class StatusBar(QFrame):
    """32 high; details and key hints go when the window is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self._left, self._right = QWidget(), QWidget()
        for each in (self._left, self._right):
            inner = QHBoxLayout(each)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(theme.px(20))
        self._hints = key_hints(*LIST_KEYS)
        self._keys = LIST_KEYS
        self._shown: tuple[tuple[Piece, ...], tuple[Piece, ...]] | None = None
        # Soon, not now: Qt is walking over the statements that are built anew.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._build_anew)
        self._views: list[_PieceView] = []
        self._row.addWidget(self._left)
        self._row.addStretch(1)
        self._row.addWidget(self._right)
        self._row.addWidget(self._hints)
        self._measure()

    def show_pieces(self, left: Sequence[Piece], right: Sequence[Piece]) -> None:
        """New statements; unchanged ones are not built again."""
        wanted = (tuple(left), tuple(right))
        if wanted == self._shown:
            return
        self._shown = wanted
        self._views = []
        for holder, pieces in ((self._left, left), (self._right, right)):
            layout = holder.layout()
            if layout is None:
                raise RuntimeError("the status bar has lost its layout")
            empty_layout(layout)
            for piece in pieces:
                view = _PieceView(piece)
                self._views.append(view)
                layout.addWidget(view)
        self._fit()

    def _build_anew(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            for each in (self._left, self._right):
                layout = each.layout()
                assert layout is not None
                layout.setSpacing(theme.px(20))
            self.show_pieces(*shown)
        self._fit()

    def show_keys(self, keys: Keys) -> None:
        """The keys of the page above; those of another page would do nothing there."""
        if keys == self._keys:
            return
        self._keys = keys
        old, self._hints = self._hints, key_hints(*keys)
        self._row.replaceWidget(old, self._hints)
        old.hide()
        old.deleteLater()
        self._fit()

    def _fit(self) -> None:
        """First the hints go, then the details of what is well, then its words, from the right."""
        views = self._views
        quiet = [each for each in reversed(views) if not each.loud]
        detailed, shown = set(views), set(views)
        hints = self._hints.sizeHint().width() + theme.px(20)

        def needed() -> int:
            gaps = theme.px(20) * (len(shown) + 1) + theme.px(32)
            return gaps + sum(each.needed(each in detailed) for each in shown)

        with_hints = needed() + hints <= self.width()
        for dropping in (detailed, shown):
            for each in quiet:
                if needed() <= self.width():
                    break
                dropping.discard(each)
        self._hints.setVisible(with_hints)
        for each in views:
            each.show_details(each in detailed)
            each.setVisible(each in shown)

    def minimumSizeHint(self) -> QSize:
        # What does not fit is left out: the bar never keeps the window wide.
        return QSize(theme.px(200), theme.px(32))

    def _measure(self) -> None:
        self.setFixedHeight(theme.px(32))
        self._row.setContentsMargins(*(theme.px(n) for n in (16, 0, 16, 0)))
        self._row.setSpacing(theme.px(20))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_shown"):
            self._measure()
            self._again.start()
