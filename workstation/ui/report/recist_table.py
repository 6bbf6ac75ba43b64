"""Target lesions across examinations, a line a lesion, as they are typed beside the images."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import label
from workstation.ui.parts.fields import choice
from workstation.ui.report.template_editor.lines import Lines
from workstation.workflow.calculators.model import AnswerRefused, Outcome
from workstation.workflow.calculators.response import OTHERS
from workstation.workflow.calculators.target_lesions import TargetTable, from_lines, to_lines


class RecistTable(QWidget):
    """What is typed, and what follows from it; AnswerRefused says what is missing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(3))
        self.examinations = Lines("Examinations, the first is the baseline")
        self.lesions = Lines("Lesions", 4)
        self._begun = ("", "")
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
