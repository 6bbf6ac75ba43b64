"""What arrived and is shown nowhere: received = shown + listed, each with its reason.

It stands in place of the images where a study has none, and over them where the reader asks for it.
"""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.study import NotShown, Study
from workstation.ui import theme
from workstation.ui.parts import badge, button, label, separator, sign
from workstation.ui.parts.following import follow
from workstation.ui.parts.tall import Tall
from workstation.ui.parts.wrapping import WrapLayout

_WIDTH = 880
#: Below this width of the drawings what is listed stands in lines, not in columns.
_COLUMNS = 700


def rows_of(study: Study) -> list[tuple[int, NotShown]]:
    """(how many, one of them) for each kind and reason, the most frequent first."""
    groups = Counter((each.what, each.reason, each.remedy) for each in study.not_shown)
    return [
        (count, NotShown("", "", reason, what, remedy))
        for (what, reason, remedy), count in groups.most_common()
    ]


def _called(what: str, count: int) -> str:
    """`CT images` for the CT Image Storage of the standard. A class that nobody knows has no name:
    its UID stands with the reason."""
    name = what.removesuffix(" Storage")
    if name and not name.strip("0123456789."):
        return "Unknown kind"
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
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.addWidget(area)
        body = Tall()
        # As wide as the area, however long a word in it is: it scrolls one way only.
        body.setMinimumWidth(1)
        area.setWidget(body)
        self._column = QVBoxLayout(body)
        self._card: QFrame | None = None
        #: whether it lies over images that can be read
        self.over_images = False
        self._study: Study | None = None
        self._site, self._built = "", (0, False)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._build_anew)

    def _columns(self) -> bool:
        return self.width() >= theme.px(_COLUMNS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._centre()
        self._look()

    def _centre(self) -> None:
        """In the middle by margins and alignment: between stretches it would get less height than
        its wrapped text needs."""
        beside = max(theme.px(16), (self.width() - theme.px(_WIDTH)) // 2)
        self._column.setContentsMargins(beside, 0, beside, 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_again"):
            self._centre()
            # Soon, not now: Qt is walking over the widgets that would be deleted.
            self._look()

    def _look(self) -> None:
        if self._built != (theme.version(), self._columns()):
            self._again.start()

    def _build_anew(self) -> None:
        if self._study is not None and self._built != (theme.version(), self._columns()):
            self.show_study(self._study, self._site, over_images=self.over_images)

    def show_study(self, study: Study, site: str = "", *, over_images: bool = False) -> None:
        """List what arrived."""
        self.over_images, self._study, self._site = over_images, study, site
        self._built = (theme.version(), self._columns())
        if self._card is not None:
            self._column.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        card = QFrame()
        card.setObjectName("card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(card)
        head = QHBoxLayout()

        def measure() -> None:
            column.setContentsMargins(*(theme.px(n) for n in (32, 28, 32, 28)))
            column.setSpacing(theme.px(12))
            head.setSpacing(theme.px(10))

        follow(card, measure)
        column.addLayout(head)
        head.addWidget(sign("cannot_show", "urgent", 24), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(self._title(study), 20, 600, wrap=True), 1)
        column.addWidget(label(self._meaning(site), 14, 400, "text2", wrap=True))
        column.addSpacing(theme.px(8))
        column.addLayout(self._table(study) if self._columns() else self._lines(study))
        column.addWidget(separator())
        column.addLayout(self._sum(study))
        column.addWidget(separator())
        column.addLayout(self._buttons(study))
        self._card = card
        self._column.addWidget(card, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(self._title(study))

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
        grid.setColumnStretch(2, 3)
        grid.setColumnStretch(3, 2)
        line = 1
        for cells in self._cells(study):
            grid.addWidget(separator(), line, 0, 1, 4)
            for column, text in enumerate(cells):
                made = label(text, 13, 400, "text", column == 0, wrap=column > 0)
                grid.addWidget(made, line + 1, column)
            line += 2
        return grid

    def _cells(self, study: Study) -> list[tuple[str, str, str, str]]:
        """How many, what, why not, and what helps; the most frequent first."""
        rows = rows_of(study)
        if study.shown and not self.over_images:
            what = ", ".join(sorted({s.kind.value for s in study.display_sets})).capitalize()
            held = NotShown("", "", "It is no image, and can be opened", what, "Open it")
            rows.append((study.shown, held))
        return [
            (str(count), _called(held.what, count), held.reason, held.remedy or "Ask the site")
            for count, held in rows[:12]
        ]

    def _lines(self, study: Study) -> QVBoxLayout:
        """The same where four columns have no room."""
        column = QVBoxLayout()
        column.setSpacing(theme.px(4))
        for count, what, reason, helps in self._cells(study):
            column.addWidget(separator())
            head = QHBoxLayout()
            head.setSpacing(theme.px(8))
            head.addWidget(label(count, 13, 600, tabular=True))
            head.addWidget(label(what, 13, 600, wrap=True), 1)
            column.addLayout(head)
            column.addWidget(label(reason, 13, wrap=True))
            column.addWidget(label(helps, 13, color="text2", wrap=True))
            column.addSpacing(theme.px(4))
        return column

    @staticmethod
    def _sum(study: Study) -> WrapLayout:
        row = WrapLayout()
        parts = (
            (f"Received {study.received}", "="),
            (f"Shown {study.shown}", "+"),
            (f"Listed here {len(study.not_shown)}", ""),
        )
        for words, after in parts:
            row.addWidget(badge(words, "line"))
            if after:
                row.addWidget(label(after, 13, 400, "text2"))
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
        held = self._study.not_shown if self._study is not None else ()
        lines = [f"{each.sop_instance_uid}\t{each.what}\t{each.reason}" for each in held]
        QApplication.clipboard().setText("\n".join(lines))
