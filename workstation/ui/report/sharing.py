"""How checks and text share the height of the sign panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLayout, QScrollArea, QTextBrowser, QWidget

from workstation.ui import theme

#: Less height than this, in pixels of the drawings, is no room for checks and text each for itself.
_TWO_PARTS = 320
_LEAST = 64
#: The lines between the parts.
_LINES = 4


def high(part: QWidget | QLayout, width: int) -> int:
    """The height that a part wants at a width; none where it is hidden."""
    layout = part.layout() if isinstance(part, QWidget) else part
    if isinstance(part, QWidget) and part.isHidden():
        return 0
    if layout is None:
        return part.sizeHint().height()
    wrapped = layout.hasHeightForWidth()
    return layout.totalHeightForWidth(width) if wrapped else layout.sizeHint().height()


class Sharing:
    """As much as each needs where there is room for both, else the checks at most half, each
    scrolling by itself. Where that would leave only slits, `area` scrolls all of it as one."""

    def __init__(
        self,
        area: QScrollArea,
        checks: QScrollArea,
        text: QTextBrowser,
        others: Callable[[], Sequence[QWidget | QLayout]],
    ) -> None:
        self._area, self._checks, self._text, self._others = area, checks, text, others
        # Soon, not now: what shares the height has to be laid out.
        self._timer = QTimer(area)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._share)

    def start(self) -> None:
        """Something has changed."""
        self._timer.start()

    def _share(self) -> None:
        body = self._checks.widget()
        if body is None:
            return
        checks = high(body, self._checks.viewport().width())
        text = round(self._text.document().size().height()) + 2
        taken = sum(high(each, self._area.viewport().width()) for each in self._others())
        room = self._area.viewport().height() - taken - _LINES
        if checks + text > room and room >= theme.px(_TWO_PARTS):
            checks = min(checks, max(room // 2, room - text))
            text = room - checks
        self._checks.setFixedHeight(max(checks, theme.px(_LEAST)))
        self._text.setMinimumHeight(max(text, theme.px(_LEAST)))
