"""A recording as a page: an ECG on paper of 25 mm/s and 10 mm/mV with leads and calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.waveform import Waveform, WaveformChannel, WaveformGroup
from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.parts.following import follow

#: The paper of an ECG: mm a second and mm a millivolt (AHA/ACC/HRS 2007, Kligfield et al.).
SPEED, GAIN = 25.0, 10.0
PAGE_SECONDS = 10.0
#: mm of a row: the space of a normal lead; a calibration pulse stands before each.
_ROW, _LEFT, _TOP = 22.0, 9.0, 6.0
_PULSE_SECONDS, _PULSE_GAP = 0.2, 1.0
#: Three rows of four leads, a quarter of the page each, and a rhythm strip.
STANDARD = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
)
_RHYTHM = "II"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A channel from one moment to another, at a place of its row."""

    channel: WaveformChannel
    start: float
    end: float


def standard_rows(group: WaveformGroup, start: float) -> list[list[Piece]] | None:
    """Twelve leads as on paper, None where a lead is missing or the recording is too short."""
    named = {channel.name: channel for channel in group.channels}
    if group.seconds - start < PAGE_SECONDS - 0.1:
        return None
    if not all(name in named for row in STANDARD for name in row):
        return None
    quarter = PAGE_SECONDS / 4
    rows = [
        [
            Piece(named[name], start + at * quarter, start + (at + 1) * quarter)
            for at, name in enumerate(row)
        ]
        for row in STANDARD
    ]
    return [*rows, [Piece(named[_RHYTHM], start, start + PAGE_SECONDS)]]


def all_rows(group: WaveformGroup, start: float) -> list[list[Piece]]:
    """Each channel in a row of its own."""
    end = min(group.seconds, start + PAGE_SECONDS)
    return [[Piece(channel, start, end)] for channel in group.channels]


def scale_of(channel: WaveformChannel) -> tuple[float, str]:
    """(mm a unit, words): 10 mm/mV for voltages, what fits a row for anything else."""
    if channel.unit == "mV":
        return GAIN, "10 mm/mV"
    sound = channel.samples[np.isfinite(channel.samples)]
    span = float(np.ptp(sound)) if sound.size else 0.0
    step = 10.0 ** math.ceil(math.log10(span / 2)) if span > 0 else 1.0
    return 10.0 / step, f"10 mm = {step:g} {channel.unit or 'steps as stored'}"


class Paper(QWidget):
    """The grid with its traces. One millimetre is as wide as the page allows, and the same in both
    directions; the pulse of 1 mV and 0.2 s tells the scale."""

    def __init__(self) -> None:
        super().__init__()
        self.group: WaveformGroup | None = None
        self.rows: list[list[Piece]] = []
        self.setAccessibleName("Recording")

    def show_rows(self, group: WaveformGroup, rows: list[list[Piece]]) -> None:
        """Draw these."""
        self.group, self.rows = group, rows
        names = ", ".join(piece.channel.name for row in rows for piece in row)
        self.setAccessibleName(f"Recording at 25 mm/s: {names}")
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self.updateGeometry()
        self.update()

    @property
    def millimetre(self) -> float:
        """Pixels of a millimetre of the paper."""
        return max(2.0, self.width() / (PAGE_SECONDS * SPEED + _LEFT + 2.0))

    def heightForWidth(self, width: int) -> int:
        step = max(2.0, width / (PAGE_SECONDS * SPEED + _LEFT + 2.0))
        return math.ceil((len(self.rows) * _ROW + 2 * _TOP) * step)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(900), self.heightForWidth(theme.px(900)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A wider page has larger millimetres, so its rows are higher too.
        wanted = self.heightForWidth(self.width())
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("image"))
        self._grid(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        group = self.group
        if group is not None:
            for index, row in enumerate(self.rows):
                self._row(painter, group, index, row)
        painter.end()

    def _grid(self, painter: QPainter) -> None:
        step = self.millimetre
        for every, tone in ((1, "#1C1C1C"), (5, "#343434")):
            painter.setPen(QPen(QColor(tone), 1))
            gap = step * every
            for at in range(int(self.width() / gap) + 1):
                painter.drawLine(QPointF(at * gap, 0), QPointF(at * gap, self.height()))
            for at in range(int(self.height() / gap) + 1):
                painter.drawLine(QPointF(0, at * gap), QPointF(self.width(), at * gap))

    def _row(self, painter: QPainter, group: WaveformGroup, index: int, row: list[Piece]) -> None:
        step = self.millimetre
        middle = (_TOP + (index + 0.6) * _ROW) * step
        gain, words = scale_of(row[0].channel)
        self._pulse(painter, middle, gain, row[0].channel)
        first = row[0].start
        for piece in row:
            left = (_LEFT + (piece.start - first) * SPEED) * step
            painter.setPen(QPen(theme.color("text"), max(1.0, step * 0.28)))
            gain, words = scale_of(piece.channel)
            for part in _parts(piece, group.hertz):
                seconds, values = part
                x = left + seconds * SPEED * step
                y = middle - values * gain * step
                painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))
            painter.setFont(theme.font(13, 600))
            painter.setPen(theme.color("text"))
            top = middle - _ROW * 0.52 * step
            painter.drawText(QPointF(left + 3, top + theme.px(13)), piece.channel.name)
        if row[0].channel.unit != "mV":
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text2"))
            painter.drawText(QPointF(theme.px(4), middle + _ROW * 0.35 * step), words)

    def _pulse(
        self, painter: QPainter, middle: float, gain: float, channel: WaveformChannel
    ) -> None:
        if channel.unit != "mV":
            return
        step = self.millimetre
        left, wide, high = _PULSE_GAP * step, _PULSE_SECONDS * SPEED * step, gain * step
        painter.setPen(QPen(theme.color("text2"), max(1.0, step * 0.25)))
        corners = [
            (left, middle), (left + step, middle), (left + step, middle - high),
            (left + step + wide, middle - high), (left + step + wide, middle),
            (left + 2 * step + wide, middle),
        ]  # fmt: skip
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))


def _parts(piece: Piece, hertz: float) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """(seconds from the start of the piece, values) without the gaps of a device."""
    first, last = round(piece.start * hertz), round(piece.end * hertz)
    values = piece.channel.samples[first:last].astype(np.float64)
    seconds = np.arange(values.size) / hertz
    sound = np.isfinite(values)
    if sound.all():
        return [(seconds, values)] if values.size else []
    edges = np.flatnonzero(np.diff(np.pad(sound, 1).astype(np.int8)))
    return [
        (seconds[a:b], values[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a
    ]


class WaveformPage(QFrame):
    """The paper with what the device says of it. A long recording has pages of ten
    seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._waveform: Waveform | None = None
        self._start = 0.0
        self._whole = False
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        self.scale = label("", 13, 500, "text2", tabular=True)
        row.addWidget(self.scale, 1)
        self.leads = button("Each lead for 10 s", key="L", small=True)
        self.leads.clicked.connect(self.toggle_leads)
        row.addWidget(self.leads)
        column.addLayout(row)
        self.said = label("", 14, wrap=True)
        column.addWidget(self.said)
        self.measured = label("", 13, 400, "text2", tabular=True, wrap=True)
        column.addWidget(self.measured)
        self.paper = Paper()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.paper)
        column.addWidget(self._scroll, 1)

        def measure() -> None:
            column.setContentsMargins(0, theme.px(4), 0, 0)
            column.setSpacing(theme.px(6))

        follow(self, measure)

    @property
    def group(self) -> WaveformGroup | None:
        """The recording itself: the first group that was not computed from another."""
        held = self._waveform
        if held is None:
            return None
        return next((group for group in held.groups if not group.derived), held.groups[0])

    def show_waveform(self, waveform: Waveform) -> None:
        """The first ten seconds."""
        self._waveform, self._start, self._whole = waveform, 0.0, False
        words = "  ·  ".join(waveform.statements)
        self.said.setVisible(bool(words))
        self.said.setText(f"Said by the device: {words}")
        values = "    ".join(f"{name} {value}" for name, value in waveform.values[:16])
        self.measured.setVisible(bool(values))
        self.measured.setText(values)
        self._draw()

    def _draw(self) -> None:
        held, group = self._waveform, self.group
        if held is None or group is None:
            return
        standard = standard_rows(group, self._start)
        self.leads.setVisible(standard is not None or self._whole)
        self.leads.set_words("Leads as on paper" if self._whole else "Each lead for 10 s")
        rows = standard if standard is not None and not self._whole else None
        self.paper.show_rows(group, rows or all_rows(group, self._start))
        voltage = all(channel.unit == "mV" for channel in group.channels)
        end = min(group.seconds, self._start + PAGE_SECONDS)
        parts = [
            "25 mm/s",
            "10 mm/mV" if voltage else "",
            held.filters,
            f"{self._start:g}–{end:g} s of {group.seconds:g} s",
        ]
        self.scale.setText("   ".join(part for part in parts if part))

    def toggle_leads(self) -> None:
        """Each lead for the whole page, or as on paper."""
        if self.leads.isHidden():
            return
        self._whole = not self._whole
        self._draw()

    def turn(self, pages: int) -> None:
        """So many times ten seconds on."""
        group = self.group
        if group is None:
            return
        last = max(0, math.ceil(group.seconds / PAGE_SECONDS - 1e-6) - 1)
        page = min(last, max(0, round(self._start / PAGE_SECONDS) + pages))
        self._start = page * PAGE_SECONDS
        self._draw()
