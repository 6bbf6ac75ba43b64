"""One open check of the sign panel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workstation.domain.report import CheckFinding, CheckSeverity
from workstation.ui import icons, theme
from workstation.ui.parts import Button, button, label


class CheckCard(QFrame):
    """One open check with the buttons that settle it."""

    jump = Signal(object)
    settled = Signal(object)

    def __init__(self, finding: CheckFinding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        blocks = finding.severity is CheckSeverity.BLOCK
        colour = "stat" if blocks else "urgent"
        self.setObjectName("finding")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"#finding {{ background: {theme.color('raised').name()};"
            f" border-left: {theme.px(3)}px solid {theme.color(colour).name()};"
            f" border-radius: {theme.px(4)}px; }}"
        )
        outer = QHBoxLayout(self)
        outer.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(10))
        outer.setSpacing(theme.px(10))
        glyph = QLabel()
        glyph.setPixmap(icons.pixmap("block" if blocks else "warning", colour, 16))
        outer.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(theme.px(4))
        head = QHBoxLayout()
        title = label(finding.title, 13, 600)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        head.addWidget(label("Blocks signing" if blocks else "Warning", 12, 500, colour))
        column.addLayout(head)
        why = label(finding.explanation, 13, 400, "text2")
        why.setWordWrap(True)
        column.addWidget(why)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        #: in the order in which Tab goes through them
        self.buttons: list[Button] = []
        if finding.section is not None or finding.series_instance_uid or finding.entry is not None:
            words = "Go to text" if finding.entry is None else "Enter it"
            go = button("Open it" if finding.series_instance_uid else words)
            go.setFixedHeight(theme.px(28))
            go.clicked.connect(lambda: self.jump.emit(finding))
            row.addWidget(go)
            self.buttons.append(go)
        if not blocks:
            settle = button("Not needed")
            settle.setFixedHeight(theme.px(28))
            settle.clicked.connect(lambda: self.settled.emit(finding))
            row.addWidget(settle)
            self.buttons.append(settle)
        row.addStretch(1)
        if self.buttons:
            column.addLayout(row)
        outer.addLayout(column, 1)
