"""The reader's macros as the page edits them: one file, so each save writes them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from workstation.ui.report.template_editor.entry_list import Entry, Whose
from workstation.ui.report.template_editor.macro_form import MacroForm, values_of
from workstation.ui.report.template_editor.preview import Preview
from workstation.ui.report.template_editor.template_desk import Saving, Work, told
from workstation.workflow.macros import Macro, MacrosDamaged
from workstation.workflow.template_shelf import TemplateShelf
from workstation.workflow.template_text import Problem

_NEW = "\0new"


class MacroDesk(QObject):
    """Keeps what is typed of each macro until it is saved or dropped."""

    typed = Signal()
    copied = "Your copy takes the place of Nocturne's own once it is saved."
    deleted = "Nocturne's own of that shortcut, if any, acts again."

    def __init__(self, shelf: TemplateShelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.form = MacroForm()
        self.form.changed.connect(self._changed)
        self._entry: Entry | None = None
        #: by the shortcut on the disk: what is typed and not saved
        self._typed: dict[str, tuple[str, ...]] = {}
        self.problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """The shortcut of what is shown."""
        return self._entry.title.split("   ")[0] if self._entry is not None else ""

    @property
    def unsaved(self) -> bool:
        """Whether what is shown differs from the disk."""
        return self._entry is not None and self._entry.key in self._typed

    def _own(self) -> tuple[Macro, ...]:
        try:
            return self._shelf.own_macros()
        except MacrosDamaged:
            return ()

    def entries(self) -> Sequence[Entry]:
        """The reader's own, a broken file, and those of the package that are in force."""
        mine = {each.shortcut for each in self._own()}
        found = [
            Entry(
                each.shortcut,
                f".{each.shortcut}   {each.spoken or each.text}",
                Whose.MINE
                if each.shortcut in mine or each.shortcut in self._typed
                else Whose.SHIPPED,
                f"{each.group} {each.text}",
                each.shortcut in self._typed,
            )
            for each in self._shelf.macros.all()
        ]
        if _NEW in self._typed:
            found.append(Entry(_NEW, "New macro", Whose.MINE, unsaved=True))
        if self._shelf.macro_problem() is not None:
            found.append(Entry("macros.toml", "macros.toml", Whose.BROKEN))
        return found

    def open(self, entry: Entry) -> None:
        """Show a macro as it is typed, else as it is on the disk."""
        self._entry = entry
        typed = self._typed.get(entry.key)
        values = typed or values_of(self._shelf.macros.get(entry.key))
        self.form.show_values(values, editable=entry.whose is Whose.MINE)
        self._check()

    def _check(self) -> None:
        editable = self._entry is not None and self._entry.whose is Whose.MINE
        self.problems = self.form.read(self._others())[1] if editable else ()
        self.form.show_problems(self.problems)

    def _others(self) -> tuple[Macro, ...]:
        key = self._entry.key if self._entry is not None else ""
        return tuple(each for each in self._own() if each.shortcut != key)

    def _changed(self) -> None:
        entry = self._entry
        if entry is None or entry.whose is not Whose.MINE:
            return
        values = self.form.values()
        on_disk = next((each for each in self._own() if each.shortcut == entry.key), None)
        if on_disk is not None and values == values_of(on_disk):
            self._typed.pop(entry.key, None)
        else:
            self._typed[entry.key] = values
        self._check()
        self.typed.emit()

    def sentence(self) -> str:
        """What there is to say about what is shown."""
        if self._entry is None:
            return ""
        if self._entry.whose is Whose.BROKEN:
            problem = self._shelf.macro_problem()
            return problem.sentence() if problem is not None else ""
        if self._entry.whose is Whose.SHIPPED:
            return "Nocturne's own. Copy it to change it."
        return told(self.problems, self.unsaved)

    def preview(self, shown: Preview) -> None:
        """The words, and how they are called."""
        shortcut, spoken, _, _, text = self.form.values()
        how = f"Type .{shortcut or '…'} and a space"
        how += f", or say “insert {spoken}”." if spoken.strip() else "."
        shown.show_macro(text, how)

    def saving(self) -> Saving:
        """What is saved now."""
        macro, _ = self.form.read(self._others())
        assert macro is not None
        kept = (*self._others(), macro)
        key = self._entry.key if self._entry is not None else ""
        values = self.form.values()
        return Saving(key, macro.shortcut, values, lambda: self._shelf.save_macros(kept))

    def saved(self, what: Saving) -> None:
        """It is on the disk. What was typed since then is not."""
        if self._typed.get(what.before) == what.typed:
            del self._typed[what.before]

    def begin(self) -> str:
        """An empty macro."""
        self._typed[_NEW] = values_of(None)
        return _NEW

    def copy(self) -> str:
        """What is shown, as one of the reader's own of the same shortcut."""
        key = self._entry.key if self._entry is not None else ""
        self._typed[key] = self.form.values()
        return key

    def drop_typed(self) -> None:
        """Back to what is on the disk."""
        if self._entry is not None:
            self._typed.pop(self._entry.key, None)

    def may_delete(self, entry: Entry) -> bool:
        """One of the reader's own; a broken file may hold many and is not thrown away here."""
        return entry.whose is Whose.MINE

    def deleting(self, entry: Entry) -> tuple[Work, Callable[[object], None]]:
        """The work that deletes it, and what brings it back."""
        typed = self._typed.pop(entry.key, None)
        before = self._own()
        kept = tuple(each for each in before if each.shortcut != entry.key)

        def restore(_: object) -> None:
            if typed is not None:
                self._typed[entry.key] = typed
            self._shelf.save_macros(before)

        return (lambda: self._shelf.save_macros(kept)), restore

    def take_focus(self, field: str = "") -> None:
        """To the form."""
        self.form.take_focus()
