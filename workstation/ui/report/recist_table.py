"""Target lesions across examinations, a line a lesion, as they are typed beside the images."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.parts.fields import choice
from workstation.ui.report.template_editor.lines import Lines
from workstation.workflow.calculators.measured_lesions import FilledLines
from workstation.workflow.calculators.model import AnswerRefused, Outcome
from workstation.workflow.calculators.response import OTHERS
from workstation.workflow.calculators.target_lesions import TargetTable, from_lines, to_lines


class RecistTable(QWidget):
    """What is typed, and what follows from it; AnswerRefused says what is missing."""

    changed = Signal()
    #: take the lines from what was measured
    measured_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(3))
        self.examinations = Lines("Examinations, the first is the baseline")
        self.lesions = Lines("Lesions", 4)
        self._begun = ("", "")
        self.take = button("From what is measured", "length", small=True)
        self.take.setToolTip("The lesions of the report, then and now   Ctrl+Shift+R")
        self.take.clicked.connect(self.measured_asked)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        self.notes = label("", 12, 500, "urgent", wrap=True)
        self.notes.setAccessibleName("What is not known of the lesions")
        self.notes.hide()
        column.addWidget(self.notes)
        column.addSpacing(theme.px(6))
        self.others = choice("", *OTHERS)
        self.new = choice("", "no", "yes")
        for words, made in (
            ("Examinations, the first is the baseline, parted by ;", self.examinations),
            ("Target lesions, a line each:  name; organ or node; mm; mm; …", self.lesions),
            ("Non-target lesions", self.others),
            ("New lesions", self.new),
        ):
            column.addWidget(label(words, 12, color="text2", wrap=True))
            column.addWidget(made)
            column.addSpacing(theme.px(6))
        self.others.setAccessibleName("Non-target lesions")
        self.new.setAccessibleName("New lesions")
        self.examinations.textChanged.connect(self.changed)
        self.lesions.textChanged.connect(self.changed)
        self.others.currentIndexChanged.connect(self.changed)
        self.new.currentIndexChanged.connect(self.changed)

    @property
    def touched(self) -> bool:
        """Whether somebody typed in it."""
        return self._begun != (self.examinations.toPlainText(), self.lesions.toPlainText())

    def begin(self, table: TargetTable | None, today: str) -> None:
        """Go on from the table of an earlier report: its lesions, with room for today's sizes."""
        if table is None:
            self.examinations.setPlainText(today)
        else:
            dates, lesions = to_lines(table)
            self.examinations.setPlainText(f"{dates}; {today}" if today else dates)
            self.lesions.setPlainText("\n".join(f"{line}; " for line in lesions.split("\n")))
        self._begun = (self.examinations.toPlainText(), self.lesions.toPlainText())

    def fill(self, held: FilledLines) -> None:
        """Take the lines from what was measured; the keyboard goes to the first gap."""
        self.examinations.setPlainText(held.examinations)
        self.lesions.setPlainText(held.lesions)
        self.notes.setText("\n".join(held.notes))
        self.notes.setVisible(bool(held.notes))
        cursor = self.lesions.textCursor()
        at = _first_gap(held.lesions, len(held.examinations.split(";")))
        if at is None:
            self.others.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        # Lines count UTF-16 units.
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        before = held.lesions[:at]
        cursor.setPosition(len(before.encode("utf-16-le")) // 2)
        self.lesions.setTextCursor(cursor)
        self.lesions.setFocus(Qt.FocusReason.OtherFocusReason)

    def organs(self) -> dict[str, str]:
        """The organs that are typed, by the names of their lesions."""
        lines = (line.split(";") for line in self.lesions.toPlainText().splitlines())
        return {each[0].strip(): each[1].strip() for each in lines if len(each) > 1}

    def _table(self) -> TargetTable:
        return from_lines(self.examinations.toPlainText(), self.lesions.toPlainText())

    def _asked(self) -> tuple[str, bool]:
        """Non-target and new lesions, which nobody presumes."""
        for made in (self.others, self.new):
            if not made.currentText():
                raise AnswerRefused(
                    f"{made.accessibleName()}: the answer is missing.",
                    remedy="Answer the question.",
                )
        return self.others.currentText(), self.new.currentText() == "yes"

    def outcome(self) -> Outcome:
        """The response at the last examination."""
        table = self._table()
        return table.response(*self._asked())

    def text(self) -> str:
        """The lines for the report."""
        return self._table().text(*self._asked())


def _first_gap(lines: str, examinations: int) -> int | None:
    """Where the first organ or size is missing; None where none is."""
    at = 0
    for line in lines.split("\n"):
        place = at
        parts = line.split(";")
        for number in range(2 + examinations):
            if number >= len(parts) or not parts[number].strip():
                return min(place + 1 if number else place, at + len(line))
            place += len(parts[number]) + 1
        at += len(line) + 1
    return None
