"""The form of one macro: what is typed, what is said, what is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from workstation.domain.wording import LINK
from workstation.ui import theme
from workstation.ui.parts import Field, Label, label
from workstation.ui.report.template_editor.lines import Part
from workstation.workflow.macros import Macro
from workstation.workflow.template_text import Problem

_SHORTCUT = re.compile(r"[a-z]{2,20}")


def values_of(macro: Macro | None) -> tuple[str, ...]:
    """A macro as it is typed; of None, nothing."""
    if macro is None:
        return ("",) * 5
    modalities = ", ".join(sorted(macro.modalities))
    return macro.shortcut, macro.spoken, macro.group, modalities, macro.text


class MacroForm(QWidget):
    """Shows a macro and gives it back as it is typed; keeps nothing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(24))
        column.setSpacing(theme.px(12))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnStretch(1, 1)
        self.fields: dict[str, Field] = {}
        self.wrong: dict[str, Label] = {}
        for row, (key, name, example) in enumerate(
            (
                ("shortcut", "Typed", "small letters, such as nbrain"),
                ("spoken", "Spoken", "normal brain"),
                ("group", "Group", "none"),
                ("modalities", "Modalities", "any"),
            )
        ):
            made = Field(example, name, "")
            made.textChanged.connect(self._typed)
            words = label(name, 13, 500, "text2")
            words.setMinimumWidth(theme.px(84))
            grid.addWidget(words, 2 * row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(made, 2 * row, 1)
            wrong = label("", 13, 500, "urgent", wrap=True)
            wrong.hide()
            grid.addWidget(wrong, 2 * row + 1, 1)
            self.fields[key], self.wrong[key] = made, wrong
        column.addLayout(grid)
        self.text = Part("WRITTEN", 3)
        self.text.lines.setAccessibleName("Written")
        self.text.changed.connect(self._typed)
        column.addWidget(self.text)
        column.addStretch(1)

    def show_values(self, values: Sequence[str], *, editable: bool) -> None:
        """Fill the form with what `values` gives."""
        self._loading = True
        for made, value in zip(self.fields.values(), values[:-1], strict=True):
            made.setText(value)
        self.text.lines.setPlainText(values[-1])
        for each in self.fields.values():
            each.setReadOnly(not editable)
        self.text.lines.setReadOnly(not editable)
        self._loading = False

    def values(self) -> tuple[str, ...]:
        """What is typed, to be compared with what was shown."""
        return (*(each.text() for each in self.fields.values()), self.text.text())

    def read(self, others: Sequence[Macro]) -> tuple[Macro | None, tuple[Problem, ...]]:
        """The macro, or what is wrong with it. `others` are the reader's own beside it."""
        shortcut, spoken, group, modalities, text = (each.strip() for each in self.values())
        spoken = " ".join(spoken.lower().split())
        problems = []
        if _SHORTCUT.fullmatch(shortcut) is None:
            problems.append(Problem("shortcut", "A shortcut is 2 to 20 small letters from a to z."))
        elif any(each.shortcut == shortcut for each in others):
            problems.append(Problem("shortcut", f"You have a macro .{shortcut} already."))
        if spoken and any(each.spoken == spoken for each in others):
            problems.append(Problem("spoken", f"You have a macro called “{spoken}” already."))
        if not text:
            problems.append(Problem("text", "A macro writes something."))
        elif LINK.search(text) or "{{" in text:
            problems.append(Problem("text", "A macro holds no merge field and no link."))
        elif text.count("[") != text.count("]"):
            problems.append(Problem("text", "A field is written [name]: one bracket is missing."))
        if problems:
            return None, tuple(problems)
        held = frozenset(each.strip().upper() for each in modalities.split(",") if each.strip())
        return Macro(shortcut, spoken, text, held, group), ()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Each at its place."""
        for key, wrong in self.wrong.items():
            words = [each.words for each in problems if each.place == key]
            wrong.setText("\n".join(words))
            wrong.setVisible(bool(words))
        self.text.show_problems([each for each in problems if each.place == "text"])

    def take_focus(self) -> None:
        """To the shortcut."""
        self.fields["shortcut"].setFocus(Qt.FocusReason.TabFocusReason)

    def _typed(self, *_: object) -> None:
        if not self._loading:
            self.changed.emit()
