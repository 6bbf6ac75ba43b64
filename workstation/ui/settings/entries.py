"""A setting that is a list of entries: add, edit, remove, in the page itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.settings import Setting, Settings
from workstation.ui import theme
from workstation.ui.parts import badge, button, empty_layout, label, separator
from workstation.ui.settings import wording
from workstation.ui.settings.entry_form import EntryForm
from workstation.ui.settings.row import in_words


class EntriesSection(QWidget):
    """The entries one below the other; a form takes the place of the list while one is edited."""

    def __init__(
        self,
        setting: Setting,
        settings: Settings,
        noun: str,
        details: Callable[[Mapping[str, str]], str],
    ) -> None:
        super().__init__()
        self.setting, self.settings = setting, settings
        self.noun, self._details = noun, details
        self._at_open = settings.entries(setting.key)
        self._sure = -1
        self.form: EntryForm | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(14), 0, 0)
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(label(setting.title, 13, 600))
        self.later = badge("at the next start", "line")
        head.addWidget(self.later)
        head.addStretch(1)
        self.add_button = button(f"Add a {noun}", "add")
        self.add_button.clicked.connect(lambda: self.edit(-1))
        head.addWidget(self.add_button)
        column.addLayout(head)
        column.addWidget(label(setting.description, 12, color="text2", wrap=True))
        self.problem = label("", 13, 500, "urgent", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self._place = QVBoxLayout()
        self._place.setSpacing(theme.px(8))
        column.addLayout(self._place)
        column.addSpacing(theme.px(8))
        column.addWidget(separator())
        self.show_value()

    def show_value(self) -> None:
        """The entries as they stand."""
        held = self.settings.entries(self.setting.key)
        self.later.setVisible(not self.setting.at_once and held != self._at_open)
        if self.form is not None:
            return
        empty_layout(self._place)
        for at, entry in enumerate(held):
            self._place.addWidget(self._line(at, entry))
        if not held:
            self._place.addWidget(label(f"No {self.noun} yet.", 13, color="text3"))

    def _line(self, at: int, entry: Mapping[str, str]) -> QWidget:
        holder = QWidget()
        holder.setObjectName("card")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(holder)
        row.setContentsMargins(*(theme.px(n) for n in (14, 8, 8, 8)))
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        name = wording.entry_title(entry)
        words.addWidget(label(name, 13, 600))
        words.addWidget(label(self._details(entry), 12, color="text2", wrap=True))
        row.addLayout(words, 1)
        if at == self._sure:
            row.addWidget(label("Remove it for good?", 13, 500))
            yes = button("Remove", "discard", "danger", small=True)
            yes.setAccessibleName(f"Remove {name} for good")
            yes.clicked.connect(lambda: self.remove(at))
            no = button("Keep it", kind="quiet", small=True)
            no.clicked.connect(lambda: self._ask(-1))
            row.addWidget(yes)
            row.addWidget(no)
            return holder
        change = button("Edit", small=True)
        change.setAccessibleName(f"Edit {name}")
        change.clicked.connect(lambda: self.edit(at))
        away = button("Remove …", kind="quiet", small=True)
        away.setAccessibleName(f"Remove {name}")
        away.clicked.connect(lambda: self._ask(at))
        row.addWidget(change)
        row.addWidget(away)
        return holder

    def _ask(self, at: int) -> None:
        self._sure = at
        self.show_value()

    # -- the form -----------------------------------------------------------------------------

    def edit(self, at: int) -> None:
        """Open the form of an entry; of a new one below 0."""
        held = self.settings.entries(self.setting.key)
        self._sure = -1
        self.refuse("")
        self.form = self.make_form(held[at] if at >= 0 else {}, at < 0)
        self.form.left.connect(self.close_form)
        self.form.kept.connect(lambda: self._keep(at))
        empty_layout(self._place)
        self._place.addWidget(self.form)
        self.add_button.setEnabled(False)
        self.form.take_focus()

    def make_form(self, entry: Mapping[str, str], new: bool) -> EntryForm:
        """The form of one entry."""
        title = f"New {self.noun}" if new else wording.entry_title(entry)
        return EntryForm(self.setting.fields, entry, title)

    def close_form(self) -> bool:
        """Back to the list; False where no form was open."""
        if self.form is None:
            return False
        self.form = None
        self.add_button.setEnabled(True)
        self.show_value()
        self.add_button.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _keep(self, at: int) -> None:
        if self.form is None:
            return
        missing = self.form.missing()
        self.form.refuse(missing)
        if not missing:
            self.keep(self.form, at)

    def keep(self, form: EntryForm, at: int) -> None:
        """Write what the form holds."""
        held = list(self.settings.entries(self.setting.key))
        if at >= 0:
            held[at] = form.entry()
        else:
            held.append(form.entry())
        sentence = self._write(tuple(held))
        form.refuse(sentence)
        if not sentence:
            self.close_form()

    def remove(self, at: int) -> None:
        """Take an entry away."""
        held = self.settings.entries(self.setting.key)
        self._sure = -1
        self.refuse(self._write((*held[:at], *held[at + 1 :])))
        self.show_value()

    def _write(self, held: tuple[dict[str, str], ...]) -> str:
        try:
            self.settings.set(self.setting.key, held)
        except ValueError as error:
            return in_words(self.setting, str(error))
        except OSError as error:
            return f"The settings file cannot be written: {error.strerror}."
        return ""

    def refuse(self, sentence: str) -> None:
        """Say why something could not be done."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
