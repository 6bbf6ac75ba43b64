"""Calculators beside the report: questions, the result as it follows, one key to insert it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.parts.fields import choice, field
from workstation.ui.parts.tab_order import follow
from workstation.ui.report.recist_table import RecistTable
from workstation.workflow.calculators.model import Answer, AnswerRefused, Calculator, Input
from workstation.workflow.calculators.response import RECIST
from workstation.workflow.calculators.target_lesions import TargetTable, in_report

_HOW = ("Sums", "Lesions across examinations")


class CalculatorPage(QWidget):
    """One calculator at a time. `insert` carries the sentence for the report."""

    insert = Signal(str)
    #: the table of target lesions, to be put where one stands already
    insert_lesions = Signal(str)
    #: fill the table of target lesions from what was measured
    measured_asked = Signal()

    def __init__(self, calculators: Sequence[Calculator]) -> None:
        super().__init__()
        self._calculators = tuple(calculators)
        self._shown: tuple[Calculator, ...] = self._calculators
        self._fields: list[tuple[Input, QWidget, QComboBox | QLineEdit]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (16, 14, 16, 12)))
        column.setSpacing(theme.px(10))
        self.which = choice()
        self.which.setAccessibleName("Calculator")
        self.which.activated.connect(self._chosen)
        column.addWidget(self.which)
        #: the table of an earlier report, and the day of this examination
        self._before: TargetTable | None = None
        self._today = ""
        self._lesions: RecistTable | None = None
        self._how = choice()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Questions of the calculator")
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._area, 1)
        self.result = label("", 16, 600, wrap=True)
        self.result.setAccessibleName("Result")
        column.addWidget(self.result)
        self.reason = label("", 13, color="text2", wrap=True)
        self.reason.setAccessibleName("Reason")
        column.addWidget(self.reason)
        self.advice = label("", 13, color="text2", wrap=True)
        column.addWidget(self.advice)
        self.button = button("Insert into the report", kind="primary")
        self.button.clicked.connect(self._insert)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.suggest("")

    def suggest(self, procedure: str) -> None:
        """Those made for a procedure first; the first of them is shown."""
        name = procedure.lower()

        def fits(each: Calculator) -> bool:
            wanted = [words.lower().split() for words in each.suggested]
            return bool(name) and any(all(word in name for word in words) for words in wanted)

        self._shown = tuple(sorted(self._calculators, key=lambda each: not fits(each)))
        self.which.clear()
        for each in self._shown:
            self.which.addItem(each.title, each.name)
        if self._shown:
            self._chosen(0)

    def focus_first(self) -> None:
        """The keyboard to the choice of the calculator."""
        self.which.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def calculator(self) -> Calculator | None:
        """The one that is shown."""
        index = self.which.currentIndex()
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def _chosen(self, index: int) -> None:
        self.which.setCurrentIndex(index)
        calculator = self.calculator
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, theme.px(8), 0)
        column.setSpacing(theme.px(8))
        self._fields, self._lesions = [], None
        if calculator is not None and calculator.name == RECIST.name:
            self._by_lesions(column)
        for each in calculator.inputs if calculator is not None else ():
            row = QWidget()
            lines = QVBoxLayout(row)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(theme.px(3))
            unit = f", {each.unit}" if each.unit else ""
            lines.addWidget(label(f"{each.label}{unit}", 12, color="text2"))
            asked: QComboBox | QLineEdit
            if each.is_number:
                asked = field(f"{each.least:g} to {each.most:g}", each.label)
                asked.textChanged.connect(self._answered)
            else:
                asked = choice("", *each.options)
                asked.setAccessibleName(each.label)
                asked.currentIndexChanged.connect(self._answered)
            lines.addWidget(asked)
            column.addWidget(row)
            self._fields.append((each, row, asked))
        if calculator is not None:
            for words in filter(None, (calculator.note, f"{calculator.source}.")):
                column.addWidget(label(words, 12, color="text3", wrap=True))
        column.addStretch(1)
        self._area.setWidget(body)
        follow(self._area, body)
        self._answered()

    def _by_lesions(self, column: QVBoxLayout) -> None:
        """The choice between sums and the table of lesions."""
        how = choice(*_HOW)
        how.setAccessibleName("Enter sums or lesions")
        self._lesions = table = RecistTable()
        table.begin(self._before, self._today)
        table.changed.connect(self._answered)
        table.measured_asked.connect(self.measured_asked)
        how.currentIndexChanged.connect(lambda at: table.setVisible(at == 1))
        self._how = how
        how.currentIndexChanged.connect(self._answered)
        column.addWidget(how)
        column.addWidget(table)
        # Only now: what has no parent would be shown as a window of its own.
        table.setVisible(self._before is not None)
        how.setCurrentIndex(int(self._before is not None))

    def go_on_from(self, reports: Sequence[str], today: str) -> None:
        """Texts of earlier reports, newest first: the newest table of lesions is gone on with."""
        self._before = next(filter(None, map(in_report, reports)), None)
        self._today = today
        # A report that arrives late takes nothing away that was typed meanwhile.
        if self._lesions is not None and not self._lesions.touched and not self.answers():
            self._chosen(self.which.currentIndex())

    def show_lesions(self) -> RecistTable:
        """Tumour response, by lesions across examinations; what is typed there stays."""
        at = self.which.findData(RECIST.name)
        if self.which.currentIndex() != at or self._lesions is None:
            self._chosen(at)
        self._how.setCurrentIndex(1)
        assert self._lesions is not None
        return self._lesions

    @property
    def before(self) -> TargetTable | None:
        """The table of lesions of the newest earlier report that holds one."""
        return self._before

    @property
    def today(self) -> str:
        """The day of this examination."""
        return self._today

    @property
    def _table(self) -> RecistTable | None:
        """The table of lesions while it is what is entered."""
        held = self._lesions
        return held if held is not None and not held.isHidden() else None

    def answers(self) -> dict[str, Answer]:
        """What is answered now, of the questions that arise."""
        given: dict[str, Answer] = {}
        for question, _, asked in self._fields:
            if question.asked(given):
                text = asked.text() if isinstance(asked, QLineEdit) else asked.currentText()
                if text.strip():
                    given[question.key] = text.strip()
        return given

    def _answered(self, *_: object) -> None:
        calculator, given, table = self.calculator, self.answers(), self._table
        for question, row, _asked in self._fields:
            row.setVisible(table is None and question.asked(given))
        if calculator is None:
            return
        try:
            outcome = table.outcome() if table is not None else calculator.outcome(given)
        except AnswerRefused as refused:
            missing = refused.happened.endswith("is missing.")
            self.result.setText("")
            self.reason.setText("")
            quiet = missing and not given and table is None
            self.advice.setText("" if quiet else refused.happened)
            self.button.setEnabled(False)
            return
        self.result.setText(outcome.result)
        self.reason.setText(outcome.reason)
        self.reason.setVisible(bool(outcome.reason))
        self.advice.setText(outcome.advice)
        self.button.setEnabled(True)

    def _insert(self) -> None:
        calculator = self.calculator
        if calculator is not None and self.button.isEnabled():
            table = self._table
            if table is not None:
                self.insert_lesions.emit(table.text())
            else:
                self.insert.emit(calculator.text(self.answers()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return inserts, from wherever the keyboard is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._insert()
            return
        super().keyPressEvent(event)
