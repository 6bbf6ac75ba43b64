"""The line under the top bar while no reading service answers; not a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.errors import CertificateRefused, LoginRefused, ReaderError
from workstation.ui import theme
from workstation.ui.parts import button, label, sign
from workstation.ui.worklist import wording
from workstation.workflow.worklist_rows import ServiceState

_MEANS = (
    "Reading goes on with what is on this disk. Signed reports wait in the outbox and are sent"
    " once the link is back."
)


class OfflineLine(QFrame):
    """Says since when and what goes on; the details name each service and its problem."""

    retry_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (16, 0, 16, 0)))
        column.setSpacing(0)
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        self.happened = label("", 13, 600)
        self._means = label(_MEANS, 13, color="text2")
        self._means.setMinimumWidth(1)
        self._retry = button("Try now", "retry", key="F5")
        self._details = button("Details", kind="quiet")
        self._details.setCheckable(True)
        row.addWidget(sign("gone", "urgent", 18))
        row.addWidget(self.happened)
        row.addWidget(self._means, 1)
        row.addWidget(self._retry)
        row.addWidget(self._details)
        column.addWidget(self._line)
        self._problems = label("", 13, color="text2", wrap=True)
        self._problems.setContentsMargins(theme.px(28), 0, 0, theme.px(12))
        self._problems.hide()
        column.addWidget(self._problems)
        for each in (self._retry, self._details):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._retry.clicked.connect(self.retry_asked)
        self._details.toggled.connect(self._problems.setVisible)
        self._measure()
        self.hide()

    def show_services(
        self, services: tuple[ServiceState, ...], failure: ReaderError | None = None
    ) -> None:
        """Visible while services are set up and none of them can be used; a service that was not
        asked yet is not called gone. A refused login is no lost link, and is said as what it is."""
        gone = [each for each in services if not each.reachable and (each.since or each.problem)]
        if not services or len(gone) < len(services):
            self.hide()
            self._details.setChecked(False)
            return
        since = [each.since for each in gone if each.since is not None]
        when = f" since {wording.clock_text(max(since))}" if len(since) == len(gone) else ""
        refused = isinstance(failure, LoginRefused | CertificateRefused)
        if failure is not None and refused:
            self.happened.setText(failure.happened)
            self._means.setText(failure.remedy or failure.means)
        else:
            self.happened.setText(f"No reading service answers{when}.")
            self._means.setText(_MEANS)
        self._problems.setText(
            "\n".join(f"{each.name}: {each.problem or 'no answer'}" for each in gone)
        )
        self.show()
        self._fit()

    def _measure(self) -> None:
        self._line.setFixedHeight(theme.px(48))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # A sentence cut in half says something else: it is shown whole or in the tooltip.
        room = self.width() - self.happened.sizeHint().width() - theme.px(320)
        self._means.setVisible(room >= self._means.sizeHint().width())
        short = room < self._means.sizeHint().width()
        self.setToolTip(self._means.text() if short else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_details"):
            self._measure()
