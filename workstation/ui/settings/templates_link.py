"""From the settings to the editor of templates and macros."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.settings.frame import PageFrame
from workstation.ui.settings.wording import TEMPLATES


class TemplatesLink(PageFrame):
    """Says what the editor is for, and opens it."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__(TEMPLATES.title, TEMPLATES.sentence)
        self.column.addSpacing(theme.px(16))
        self._words = (
            "Read Nocturne's own templates and macros, copy one to make it yours, write new ones,"
            " take over those of others (IHE MRRT) and hand yours on. While a case is read, the"
            " editor opens at the template and the field that you are writing."
        )
        self.column.addWidget(label(self._words, 13, wrap=True))
        self.column.addSpacing(theme.px(16))
        self.open_button = button("Open the editor", "draft", key="Ctrl+T")
        self.open_button.clicked.connect(lambda _=False: self.asked.emit())
        self.column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def filter(self, needle: str) -> int:
        """Whether the page speaks of it; shown or hidden as a whole."""
        return int(needle.lower() in f"{self.title} {self._words}".lower())
