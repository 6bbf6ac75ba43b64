"""My shift: what was read, how fast, what was told, by site and modality."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.commands.registry import Place
from workstation.domain.errors import ReaderError
from workstation.ui import shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import Label, button, label, separator, tool
from workstation.ui.parts.path_card import PathCard
from workstation.ui.ports import ShellWorkbench
from workstation.workflow.fresh_file import write_fresh
from workstation.workflow.jobs import Lane
from workstation.workflow.shift import Shift, ShiftLine, csv_bytes, shift

PERIODS = (
    ("12 hours", timedelta(hours=12)),
    ("24 hours", timedelta(hours=24)),
    ("7 days", timedelta(days=7)),
    ("30 days", timedelta(days=30)),
)
TITLES = (
    "Site",
    "Modality",
    "Reads",
    "On time",
    "Late",
    "Turnaround,\nmedian",
    "Claim to\nsignature, total",
    "Critical\nresults told",
    "Addenda and\ncorrections",
    "Peer\nreviews",
)


def duration_text(minutes: float | None) -> str:
    """`7 min`, `1 h 05`, or a dash where nothing is known."""
    if minutes is None:
        return "–"
    whole = round(minutes)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d}"


def cells(line: ShiftLine) -> tuple[str, ...]:
    """One line in the order of `TITLES`."""
    total = not line.site and not line.modality
    return (
        "All" if total else line.site or "Site not named",
        "" if total else line.modality or "unknown",
        str(line.reads),
        str(line.on_time),
        str(line.late),
        duration_text(line.turnaround_minutes),
        duration_text(line.reading_minutes),
        str(line.critical_calls),
        str(line.amendments),
        str(line.peer_reviews),
    )


class ShiftPage(QWidget):
    """Counts off the Qt thread, from what is signed on this disk."""

    leave_asked = Signal()

    def __init__(self, workbench: ShellWorkbench, bridge: JobBridge) -> None:
        super().__init__()
        self._workbench, self._bridge = workbench, bridge
        self._period = 0
        #: what is shown; None until it was counted
        self.shown: Shift | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(separator())
        self.card = PathCard()
        self.card.left.connect(self._close_card)
        self.card.hide()
        around = QHBoxLayout()
        around.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), 0)
        around.addWidget(self.card)
        column.addLayout(around)
        #: what came of saving
        self.said = label("", 13, color="text2", wrap=True)
        self.said.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), 0)
        self.said.hide()
        column.addWidget(self.said)
        self._words = label("", 13, color="text2", wrap=True)
        self._words.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), theme.px(6))
        column.addWidget(self._words)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._area, 1)
        note = "A read counts with its first report. Nobody else sees this page."
        foot = label(note, 12, color="text3", wrap=True)
        foot.setContentsMargins(theme.px(20), theme.px(8), theme.px(20), theme.px(12))
        column.addWidget(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        shortcuts.bind(self, Place.SHIFT, self)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(*(theme.px(n) for n in (14, 12, 20, 12)))
        row.setSpacing(theme.px(8))
        back = tool("back", "Back to the worklist", "Esc")
        back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        back.clicked.connect(self.leave_asked)
        row.addWidget(back)
        row.addWidget(label("My shift", 16, 600))
        row.addStretch(1)
        self._buttons = []
        for index, (words, _) in enumerate(PERIODS):
            made = button(words, kind="segment", key=str(index + 1))
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _=False, at=index: self.show_period(at))
            row.addWidget(made)
            self._buttons.append(made)
        self.save_button = button("Save as CSV", "document", key="Ctrl+S")
        self.save_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.save_button.clicked.connect(self.save)
        self._may_save(None)
        row.addSpacing(theme.px(8))
        row.addWidget(self.save_button)
        return row

    def show_period(self, index: int) -> None:
        """Another stretch of time up to now."""
        self._period = index
        self._tell("")
        self.refresh()

    def leave(self) -> None:
        """Back to the worklist, or from the path to the page."""
        if self.card.isVisible():
            self._close_card()
        else:
            self.leave_asked.emit()

    # -- the file --------------------------------------------------------------------------

    def save(self) -> None:
        """Ask where to write what is shown, a line a read."""
        held = self.shown
        if held is None or not held.total.reads:
            self._tell("Nothing was signed in this time: there is nothing to save.")
            return

        def write(path: Path) -> None:
            self._bridge.submit(
                lambda _: write_fresh(path, csv_bytes(held)),
                lane=Lane.INTERACTION,
                on_done=written,
                on_failed=failed,
            )

        def written(path: Path) -> None:
            self._close_card()
            self._tell(f"Saved in {path}. It names no patient.")

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self._tell(error.sentence(), "urgent")

        self._tell("")
        until = held.until.astimezone()
        self.card.ask(
            "Save the shift as CSV, a line a read",
            "Path of the CSV file to write",
            str(Path.home() / f"shift-{until:%Y-%m-%d-%H%M}.csv"),
            "Save",
            write,
        )

    def _close_card(self) -> None:
        self.card.hide()
        self.take_focus()

    def _tell(self, words: str, tone: str = "text2") -> None:
        self.said.set_tone(tone)
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def _may_save(self, held: Shift | None) -> None:
        some = held is not None and held.total.reads > 0
        self.save_button.setEnabled(some)
        tip = "Save as CSV   Ctrl+S" if some else "Nothing was signed in this time"
        self.save_button.setToolTip(tip)

    def take_focus(self) -> None:
        """The page has the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Count again."""
        for index, each in enumerate(self._buttons):
            each.setChecked(index == self._period)
        if self.shown is None:
            self._words.setText("Counting …")
        bench, span = self._workbench, PERIODS[self._period][1]

        def work(_: object) -> Shift:
            now = bench.clock()
            return shift(
                tuple(bench.delivering.entries()),
                bench.critical.all_results(),
                now - span,
                now,
                bench.reviews.all(),
            )

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self._words.setText(error.sentence())

        self._bridge.submit(work, lane=Lane.INTERACTION, on_done=self._show, on_failed=failed)

    def _show(self, held: Shift) -> None:
        self.shown = held
        self._may_save(held)
        since = held.since.astimezone()
        start = f"{since.day} {since:%b %H:%M}"
        total = held.total
        if not total.reads:
            self._words.setText(f"Nothing was signed since {start}.")
        else:
            late = f"{total.late} late" if total.late else "none late"
            reads = "1 read" if total.reads == 1 else f"{total.reads} reads"
            given = [
                f"{each.modality} {score}" for each in held.reads for score in each.peer_scores
            ]
            scores = f" Scores of prior reports (RADPEER): {', '.join(given)}." if given else ""
            self._words.setText(f"Since {start}: {reads}, {late}.{scores}")
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(*(theme.px(n) for n in (20, 6, 20, 12)))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(10))
        if total.reads:
            for place, title in enumerate(TITLES):
                grid.addWidget(_cell(title, place, "text3", 600, 12), 0, place)
            lines = (*held.lines, total)
            for row, line in enumerate(lines, start=1):
                weight = 600 if line is total else 400
                for place, text in enumerate(cells(line)):
                    overdue = place == 4 and line.late > 0
                    tone = "stat" if overdue else "text" if place < 3 else "text2"
                    grid.addWidget(_cell(text, place, tone, weight, 13), row, place)
            grid.setRowStretch(len(lines) + 1, 1)
        grid.setColumnStretch(len(TITLES), 1)
        self._area.setWidget(body)


def _cell(text: str, place: int, tone: str, weight: int, size: int) -> Label:
    made = label(text, size, weight, tone, tabular=True)
    if place > 1:
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
