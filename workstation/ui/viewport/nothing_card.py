"""What arrived and is shown nowhere: received = shown + listed, each with its reason.

It stands in place of the images where a study has none, and over them where the reader asks for it.
"""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.study import NotShown, Study
from workstation.ui import theme
from workstation.ui.parts import badge, button, label, separator, sign
from workstation.ui.parts.following import follow
from workstation.ui.parts.wrapping import WrapLayout


def rows_of(study: Study) -> list[tuple[int, NotShown]]:
    """(how many, one of them) for each kind and reason, the most frequent first."""
    groups = Counter((each.what, each.reason, each.remedy) for each in study.not_shown)
    return [
        (count, NotShown("", "", reason, what, remedy))
        for (what, reason, remedy), count in groups.most_common()
    ]


def _called(what: str, count: int) -> str:
    """`CT images` for the CT Image Storage of the standard; a UID stays one."""
    name = what.removesuffix(" Storage")
    if name.endswith(" Image"):
        return f"{name.removesuffix(' Image')} image{'s' if count != 1 else ''}"
    return name or "Object"


class NothingCard(QWidget):
    """880 wide, in the middle of the image area."""

    #: only where there are images to go back to
    back = Signal()
    fetch_again = Signal()
    open_document = Signal()
    hand_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        # Filled only after it is laid into the other: PySide wraps the items of a full layout and
        # finds them at their old addresses after Qt has freed them, which ends in a crash.
        self._row = QHBoxLayout()
        outer.addLayout(self._row)
        self._row.addStretch(1)
        self._row.addStretch(1)
        outer.addStretch(1)
        follow(self, lambda: outer.setContentsMargins(theme.px(16), 0, theme.px(16), 0))
        self._card: QFrame | None = None
        #: whether it lies over images that can be read
        self.over_images = False

    def show_study(self, study: Study, site: str = "", *, over_images: bool = False) -> None:
        """List what arrived."""
        self.over_images = over_images
        if self._card is not None:
            self._row.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        card = QFrame()
        card.setObjectName("card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(card)
        head = QHBoxLayout()

        def measure() -> None:
            card.setMaximumWidth(theme.px(880))
            column.setContentsMargins(*(theme.px(n) for n in (32, 28, 32, 28)))
            column.setSpacing(theme.px(12))
            head.setSpacing(theme.px(10))

        follow(card, measure)
        column.addLayout(head)
        head.addWidget(sign("cannot_show", "urgent", 24))
        head.addWidget(label(self._title(study), 20, 600, wrap=True), 1)
        column.addWidget(label(self._meaning(site), 14, 400, "text2", wrap=True))
        column.addSpacing(theme.px(8))
        column.addLayout(self._table(study))
        column.addSpacing(theme.px(4))
        column.addLayout(self._sum(study))
        column.addWidget(separator())
        column.addLayout(self._buttons(study))
        self._card = card
        self._row.insertWidget(1, card, 20)
        self.setAccessibleName(self._title(study))
        self._study = study

    def _meaning(self, site: str) -> str:
        ask = f" If fetching again does not help, ask {site or 'the site'}."
        listed = "Nothing was hidden: each file is listed with its reason."
        if self.over_images:
            return f"The other images can be read. {listed}{ask}"
        return f"The study cannot be read yet. {listed}{ask}"

    def _title(self, study: Study) -> str:
        count = study.received
        if self.over_images:
            return f"{len(study.not_shown)} of {count} files cannot be shown"
        if count == 0:
            return "Nothing has arrived"
        files = "file" if count == 1 else "files"
        return f"{count} {files} arrived and none can be shown as an image"

    def _table(self, study: Study) -> QGridLayout:
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
        if study.shown and not self.over_images:
            what = ", ".join(sorted({s.kind.value for s in study.display_sets})).capitalize()
            held = NotShown("", "", "It is no image, and can be opened", what, "Open it")
            rows.append((study.shown, held))
        for count, held in rows[:12]:
            grid.addWidget(separator(), line, 0, 1, 4)
            cells = (
                str(count),
                _called(held.what, count),
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

    def _buttons(self, study: Study) -> WrapLayout:
        row = WrapLayout()
        if self.over_images:
            leave = button("Back to the images", "back", "primary", key="F2")
            leave.clicked.connect(self.back)
            row.addWidget(leave)
        kind = "" if self.over_images else "primary"
        again = button("Fetch the study again", "retry", kind)
        again.clicked.connect(self.fetch_again)
        row.addWidget(again)
        if study.shown and not self.over_images:
            read = button("Open the document", "document")
            read.clicked.connect(self.open_document)
            row.addWidget(read)
        back = button("Hand the task back", "hand_back")
        back.clicked.connect(self.hand_back)
        row.addWidget(back)
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
