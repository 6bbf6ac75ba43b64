"""The form of one template: to whom it fits, its sections, the statements of its fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.identity import Sex
from workstation.domain.report import BODY, SectionKind
from workstation.ui import theme
from workstation.ui.parts import Field, Label, choice, empty_layout, label, separator
from workstation.ui.parts.following import follow
from workstation.ui.report.template_editor.lines import Part
from workstation.workflow import template_text
from workstation.workflow.template_text import Problem, TemplateDraft

_SEXES = ("women and men", "women", "men")
_OF_SEX = {frozenset({Sex.FEMALE}): 1, frozenset({Sex.MALE}): 2}


class TemplateForm(QWidget):
    """Shows a draft and gives it back as it is typed; keeps nothing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown = TemplateDraft()
        self._loading = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(24))
        column.setSpacing(theme.px(12))
        self.title = self._field("Name of the template")
        self.modalities = self._field("Modalities", "any")
        self.procedures = self._field("Words of the procedure", "any")
        self.body_parts = self._field("Body parts (DICOM)", "any")
        self.sex = choice(*_SEXES)
        self.sex.setAccessibleName("Sex")
        self.sex.currentIndexChanged.connect(self._typed)
        self.first = self._field("From age", "from")
        self.last = self._field("To age", "to")
        self.wrong: dict[str, Label] = {}
        column.addLayout(self._fits())
        self.source = label("", 12, color="text2", wrap=True)
        column.addWidget(self.source)
        column.addWidget(separator())
        self.parts: dict[SectionKind, Part] = {}
        self.required: dict[SectionKind, QCheckBox] = {}
        for kind in BODY:
            column.addWidget(self._section(kind))
        column.addWidget(separator())
        column.addWidget(label("Statements of the fields", 16, 600))
        column.addWidget(
            label(
                "One statement a line, offered under the keys 1 to 9. The first is the normal one;"
                " leave the first line empty where none is normal.",
                12,
                color="text2",
                wrap=True,
            )
        )
        self._place = QVBoxLayout()
        self._place.setSpacing(theme.px(12))
        column.addLayout(self._place)
        self.lists: dict[str, Part] = {}
        column.addStretch(1)

    def _field(self, name: str, placeholder: str = "") -> Field:
        made = Field(placeholder, name, "")
        made.setMinimumWidth(theme.px(60))
        made.textChanged.connect(self._typed)
        return made

    def _fits(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        ages = QHBoxLayout()
        ages.setSpacing(theme.px(8))
        ages.addWidget(self.sex, 2)
        ages.addWidget(self.first, 1)
        ages.addWidget(label("to", 13, color="text2"))
        ages.addWidget(self.last, 1)
        ages.addWidget(label("years", 13, color="text2"))
        rows: tuple[tuple[str, str, QWidget | QHBoxLayout], ...] = (
            ("Name", template_text.TITLE, self.title),
            ("Modalities", template_text.MODALITIES, self.modalities),
            ("Procedure", template_text.PROCEDURES, self.procedures),
            ("Body parts", "body parts", self.body_parts),
            ("Patients", template_text.AGES, ages),
        )
        for row, (name, place, made) in enumerate(rows):
            words = label(name, 13, 500, "text2")
            words.setMinimumWidth(theme.px(84))
            grid.addWidget(words, 2 * row, 0, Qt.AlignmentFlag.AlignVCenter)
            if isinstance(made, QHBoxLayout):
                grid.addLayout(made, 2 * row, 1)
            else:
                grid.addWidget(made, 2 * row, 1)
            wrong = label("", 13, 500, "urgent", wrap=True)
            wrong.hide()
            grid.addWidget(wrong, 2 * row + 1, 1)
            self.wrong[place] = wrong
        grid.setColumnStretch(1, 1)
        return grid

    def _section(self, kind: SectionKind) -> Part:
        part = Part(kind.value.upper(), 3 if kind is SectionKind.FINDINGS else 1)
        part.lines.setAccessibleName(kind.value.capitalize())
        part.changed.connect(self._typed)
        row = QHBoxLayout()
        part.column.removeWidget(part.heading)
        row.addWidget(part.heading)
        row.addStretch(1)
        box = QCheckBox("Required")
        follow(box, lambda: box.setFont(theme.font(12)))
        box.setAccessibleName(f"{kind.value.capitalize()} is required")
        box.setToolTip("A report is not signed as final while this section has an open field")
        box.toggled.connect(self._typed)
        row.addWidget(box)
        part.column.insertLayout(0, row)
        self.parts[kind], self.required[kind] = part, box
        return part

    # -- what is shown ------------------------------------------------------------------------

    def show_draft(self, draft: TemplateDraft, *, editable: bool) -> None:
        """Fill the form. What is not editable can be read and copied."""
        self._loading = True
        self._shown = draft
        self.title.setText(draft.title)
        self.modalities.setText(draft.modalities)
        self.procedures.setText(draft.procedures)
        self.body_parts.setText(draft.body_parts)
        self.sex.setCurrentIndex(_OF_SEX.get(draft.sexes, 0))
        self.first.setText(draft.first_year)
        self.last.setText(draft.last_year)
        self.source.setText(f"Source and licence: {draft.source}" if draft.source else "")
        self.source.setVisible(bool(draft.source))
        for kind, part in self.parts.items():
            part.lines.setPlainText(draft.texts.get(kind, ""))
            self.required[kind].setChecked(kind in draft.required)
        empty_layout(self._place)
        self.lists = {}
        self._fill_lists(draft)
        self._set_editable(editable)
        self._editable = editable
        self._loading = False

    def _set_editable(self, editable: bool) -> None:
        for line in (self.title, self.modalities, self.procedures, self.body_parts, self.first,
                     self.last):  # fmt: skip
            line.setReadOnly(not editable)
        self.sex.setEnabled(editable)
        for part in (*self.parts.values(), *self.lists.values()):
            part.lines.setReadOnly(not editable)
        for box in self.required.values():
            box.setEnabled(editable)

    def _fill_lists(self, draft: TemplateDraft) -> None:
        """A row for each field; those that are there stay, with the cursor in them."""
        wanted = draft.fields
        for name in [each for each in self.lists if each not in wanted]:
            part = self.lists[name]
            if part.text().strip() or part.lines.hasFocus():
                continue  # its list is not lost while somebody renames the field
            self._place.removeWidget(part)
            part.hide()
            part.deleteLater()
            del self.lists[name]
        for at, name in enumerate(wanted):
            if name not in self.lists:
                part = Part(name, plate=True)
                part.lines.setAccessibleName(f"Statements of the field {name}")
                part.lines.setPlainText(draft.lists.get(name, ""))
                part.changed.connect(self._typed)
                part.lines.setReadOnly(not getattr(self, "_editable", True))
                self.lists[name] = part
                self._place.insertWidget(at, part)

    def draft(self) -> TemplateDraft:
        """What is typed now."""
        sexes = next((held for held, at in _OF_SEX.items() if at == self.sex.currentIndex()), None)
        return TemplateDraft(
            name=self._shown.name,
            title=self.title.text(),
            modalities=self.modalities.text(),
            procedures=self.procedures.text(),
            body_parts=self.body_parts.text(),
            # Rarer values of the attribute are kept as they came.
            sexes=sexes if sexes is not None else self._other_sexes(),
            first_year=self.first.text(),
            last_year=self.last.text(),
            required=frozenset(kind for kind, box in self.required.items() if box.isChecked()),
            texts={kind: part.text() for kind, part in self.parts.items()},
            lists={name: part.text() for name, part in self.lists.items() if part.text().strip()},
            source=self._shown.source,
        )

    def _other_sexes(self) -> frozenset[Sex]:
        held = self._shown.sexes
        return frozenset() if held in _OF_SEX else held

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Each at its place."""
        for kind, part in self.parts.items():
            part.show_problems([each for each in problems if each.place == kind.value])
        for name, part in self.lists.items():
            place = f"{template_text.LIST}{name}"
            part.show_problems([each for each in problems if each.place == place])
        for place, wrong in self.wrong.items():
            words = [each.words for each in problems if each.place == place]
            wrong.setText("\n".join(words))
            wrong.setVisible(bool(words))

    def _typed(self, *_: object) -> None:
        if self._loading:
            return
        self._loading = True
        self._fill_lists(self.draft())
        self._loading = False
        self.changed.emit()

    def take_focus(self, field: str = "") -> None:
        """To the statements of a field, else to the name."""
        part = self.lists.get(field)
        target = part.lines if part is not None else self.title
        target.setFocus(Qt.FocusReason.TabFocusReason)
