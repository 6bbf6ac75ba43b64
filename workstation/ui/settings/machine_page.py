"""What this machine has and lacks, with the version of the program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation import __version__
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import button, empty_layout, label, separator, sign
from workstation.ui.settings.frame import PageFrame
from workstation.ui.settings.wording import MACHINE
from workstation.workflow.configuring import Configuring, Finding


class MachinePage(PageFrame):
    """The findings of `nocturne doctor`, looked for on a job thread."""

    def __init__(self, configuring: Configuring, bridge: JobBridge) -> None:
        super().__init__(MACHINE.title, MACHINE.sentence)
        self._configuring, self._bridge = configuring, bridge
        head = QHBoxLayout()
        head.setContentsMargins(0, theme.px(12), 0, theme.px(12))
        about = QVBoxLayout()
        about.setSpacing(theme.px(2))
        about.addWidget(label(f"Nocturne {__version__}", 13, 600))
        about.addWidget(
            label(
                "Open source under the Apache License 2.0. It is no medical device: it has no"
                " clearance of any authority.",
                12,
                color="text2",
                wrap=True,
            )
        )
        head.addLayout(about, 1)
        again = button("Look again", "refresh")
        again.clicked.connect(self.examine)
        head.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.column.addWidget(separator())
        self._place = QVBoxLayout()
        self._place.setSpacing(0)
        self.column.addLayout(self._place)
        self.column.addStretch(1)
        self.findings: tuple[Finding, ...] = ()

    def examine(self) -> None:
        """Look, and show what was found."""
        if not self.findings:
            empty_layout(self._place)
            self._place.addWidget(label("Looking …", 13, color="text2"))
        self._bridge.submit(lambda _cancel: self._configuring.examine(), on_done=self._show)

    def _show(self, found: Sequence[Finding]) -> None:
        self.findings = tuple(found)
        empty_layout(self._place)
        for each in found:
            self._place.addWidget(_line(each))

    def filter(self, needle: str) -> int:
        """Whether the page as a whole matches."""
        words = f"{self.title} about doctor version diagnostics licence"
        return int(needle.lower() in words.lower())


def _line(found: Finding) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(0, theme.px(10), 0, theme.px(10))
    row.setSpacing(theme.px(12))
    icon, tone = ("here", "text2") if found.ok else ("warning", "urgent")
    row.addWidget(sign(icon, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(theme.px(2))
    words.addWidget(label(found.name, 13, 500))
    words.addWidget(label(found.words, 12, color="text2", wrap=True))
    if not found.ok and found.remedy:
        words.addWidget(label(found.remedy, 12, wrap=True))
    row.addLayout(words, 1)
    column.addLayout(row)
    column.addWidget(separator())
    return made
