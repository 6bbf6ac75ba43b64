"""Said when a study has no image to show: received = shown + listed, each with its reason."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.study import NotShown, Study
from workstation.ui import theme
from workstation.ui.parts import badge, button, label, separator, sign


def rows_of(study: Study) -> list[tuple[int, NotShown]]:
    """(how many, one of them) for each kind and reason, the most frequent first."""
    groups = Counter((each.what, each.reason, each.remedy) for each in study.not_shown)
    return [
        (count, NotShown("", "", reason, what, remedy))
        for (what, reason, remedy), count in groups.most_common()
    ]


def documents_of(study: Study) -> int:
    """Instances that are shown, though not as an image."""
    return study.shown


class NothingCard(QWidget):
    """880 wide, in the middle of the image area."""

    fetch_again = Signal()
    open_document = Signal()
    hand_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        self._card: QFrame | None = None

    def show_study(self, study: Study, site: str = "") -> None:
        """List what arrived."""
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            while self._outer.count():
                self._outer.takeAt(0)
        card = QFrame()
        card.setObjectName("card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        card.setMaximumWidth(theme.px(880))
        column = QVBoxLayout(card)
        column.setContentsMargins(*(theme.px(n) for n in (32, 28, 32, 28)))
        column.setSpacing(theme.px(12))
        head = QHBoxLayout()
        head.setSpacing(theme.px(10))
        head.addWidget(sign("cannot_show", "urgent", 24))
        head.addWidget(label(self._title(study), 20, 600, wrap=True), 1)
        column.addLayout(head)
        meaning = "The study cannot be read yet. Nothing was hidden: each file is listed with its"
        ask = f" If fetching again does not help, ask {site or 'the site'}."
        column.addWidget(label(f"{meaning} reason.{ask}", 14, 400, "text2", wrap=True))
        column.addSpacing(theme.px(8))
        column.addLayout(self._table(study))
        column.addLayout(self._sum(study))
        column.addWidget(separator())
        column.addLayout(self._buttons(study))
        self._card = card
        self._outer.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 20)
        row.addStretch(1)
        self._outer.addLayout(row)
        self._outer.addStretch(1)
        self.setAccessibleName(self._title(study))
        self._study = study

    @staticmethod
    def _title(study: Study) -> str:
        count = study.received
        if count == 0:
            return "Nothing has arrived"
        files = "file" if count == 1 else "files"
        return f"{count} {files} arrived and none can be shown as an image"

    @staticmethod
    def _table(study: Study) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(10))
        for column, name in enumerate(
            ("Received", "What it is", "Why it is not shown", "What helps")
        ):
            grid.addWidget(label(name, 12, 600, "text3"), 0, column)
        grid.setColumnStretch(2, 1)
        line = 1
        rows = rows_of(study)
        if study.shown:
            what = ", ".join(sorted({s.kind.value for s in study.display_sets}))
            held = NotShown("", "", "Is no image; it can be opened", what, "Open it")
            rows.append((study.shown, held))
        for count, held in rows[:12]:
            grid.addWidget(separator(), line, 0, 1, 4)
            cells = (
                str(count),
                held.what or "Instance",
                held.reason,
                held.remedy or "Ask the site",
            )
            for column, text in enumerate(cells):
                made = label(text, 13, 400, "text", column == 0, wrap=column > 0)
                grid.addWidget(made, line + 1, column)
            line += 2
        return grid

    @staticmethod
    def _sum(study: Study) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        parts = (
            (f"Received {study.received}", "="),
            (f"Shown {study.shown}", "+"),
            (f"Listed here {len(study.not_shown)}", ""),
        )
        for words, after in parts:
            row.addWidget(badge(words, "line"))
            if after:
                row.addWidget(label(after, 13, 400, "text2"))
        row.addStretch(1)
        return row

    def _buttons(self, study: Study) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        again = button("Fetch the study again", "retry", "primary")
        again.clicked.connect(self.fetch_again)
        row.addWidget(again)
        if study.shown:
            read = button("Open the document", "document")
            read.clicked.connect(self.open_document)
            row.addWidget(read)
        back = button("Hand the task back", "hand_back")
        back.clicked.connect(self.hand_back)
        row.addWidget(back)
        row.addStretch(1)
        copy = button("Copy details", "copy", "quiet")
        copy.clicked.connect(self.copy_details)
        row.addWidget(copy)
        return row

    def copy_details(self) -> None:
        """The list as text: UIDs and reasons, no name of a patient."""
        lines = [
            f"{each.sop_instance_uid}\t{each.what}\t{each.reason}" for each in self._study.not_shown
        ]
        QApplication.clipboard().setText("\n".join(lines))
