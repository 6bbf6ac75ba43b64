"""The reader's templates as the page edits them. Methods that give work are run by a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workstation.ui.report.template_editor.entry_list import Entry, Whose
from workstation.ui.report.template_editor.preview import Preview
from workstation.ui.report.template_editor.template_form import TemplateForm
from workstation.workflow import template_text
from workstation.workflow.template_preview import preview
from workstation.workflow.template_shelf import TemplateShelf
from workstation.workflow.template_text import Problem, TemplateDraft, draft_of, read

Work = Callable[[], object]

#: Places of the form as they are called beside it.
_CALLED = {
    template_text.TITLE: "name",
    template_text.MODALITIES: "modalities",
    template_text.AGES: "ages of the patients",
}


@dataclass(frozen=True, slots=True)
class Saving:
    """What is being saved: where it stood in the list, where it will, as it was typed, the work."""

    before: str
    after: str
    typed: object
    work: Work


def told(problems: Sequence[Problem], unsaved: bool) -> str:
    """What stands between the reader and saving."""
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        return f"{count} wrong; it is saved once that is mended."
    return "Not saved yet." if unsaved else ""


class TemplateDesk(QObject):
    """The reader's templates, and what is typed and not saved of each."""

    typed = Signal()
    copied = "Your copy takes the place of Nocturne's own once it is saved."
    deleted = "The reports written with it stay as they are."

    def __init__(self, shelf: TemplateShelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.form = TemplateForm()
        self.form.changed.connect(self._changed)
        #: by name: what is typed and not on the disk
        self._typed: dict[str, TemplateDraft] = {}
        self._entry: Entry | None = None
        self._saved: TemplateDraft | None = None
        self.problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """The name of what is shown."""
        return self._entry.title if self._entry is not None else ""

    @property
    def unsaved(self) -> bool:
        """Whether what is shown differs from the disk."""
        return self._entry is not None and self._entry.key in self._typed

    def entries(self) -> Sequence[Entry]:
        """All templates; one that was begun is among the reader's own."""
        templates = self._shelf.templates
        found = [
            Entry(
                each.name,
                each.title,
                Whose.MINE if templates.is_own(each.name) else Whose.SHIPPED,
                " ".join((*each.modalities, *each.procedures, *each.body_parts)),
            )
            for each in templates.all()
            if each.name not in self._typed
        ]
        found += [
            Entry(name, each.title.strip() or "New template", Whose.MINE, each.modalities, True)
            for name, each in self._typed.items()
        ]
        found += [Entry(name, name, Whose.BROKEN) for name in templates.broken]
        return found

    def open(self, entry: Entry) -> None:
        """Show a template as it is typed, else as it is on the disk."""
        self._entry = entry
        template = self._shelf.templates.get(entry.key)
        own = self._shelf.templates.is_own(entry.key)
        self._saved = draft_of(template) if template is not None and own else None
        shown = self._typed.get(entry.key) or (draft_of(template) if template else TemplateDraft())
        self.form.show_draft(shown, editable=entry.whose is Whose.MINE)
        self._check()

    def _check(self) -> None:
        editable = self._entry is not None and self._entry.whose is Whose.MINE
        self.problems = read(self.form.draft())[1] if editable else ()
        self.form.show_problems(self.problems)

    def _changed(self) -> None:
        if self._entry is None or self._entry.whose is not Whose.MINE:
            return
        draft = self.form.draft()
        if self._saved is not None and draft == self._saved:
            self._typed.pop(self._entry.key, None)
        else:
            self._typed[self._entry.key] = draft
        self._check()
        self.typed.emit()

    def sentence(self) -> str:
        """What there is to say about what is shown."""
        entry = self._entry
        if entry is None:
            return ""
        if entry.whose is Whose.BROKEN:
            error = self._shelf.templates.broken.get(entry.key)
            return error.sentence() if error is not None else ""
        if entry.whose is Whose.SHIPPED:
            return "Nocturne's own. Copy it to change it."
        return told(self.problems, self.unsaved)

    def preview(self, shown: Preview) -> None:
        """The template on the phantom case; while something is wrong, the last that was right."""
        entry = self._entry
        if entry is None or entry.whose is Whose.BROKEN:
            shown.show_nothing("There is nothing to show.")
            return
        template, problems = read(self.form.draft())
        if template is None:
            named = (_CALLED.get(each.place, each.place.removeprefix("list:")) for each in problems)
            places = ", ".join(dict.fromkeys(named))
            shown.show_nothing(f"The preview follows once this is mended: {places}.")
            return
        shown.show_sections(preview(template, normal=shown.normal))

    def saving(self) -> Saving:
        """What is saved now."""
        draft = self.form.draft()
        template, _ = read(draft)
        assert template is not None
        return Saving(draft.name, draft.name, draft, lambda: self._shelf.save(template))

    def saved(self, what: Saving) -> None:
        """It is on the disk. What was typed since then is not."""
        if self._typed.get(what.before) == what.typed:
            del self._typed[what.before]

    def begin(self) -> str:
        """An empty template."""
        taken = {*self._typed}
        name, number = self._shelf.free_name("my template"), 2
        while name in taken:
            name, number = self._shelf.free_name(f"my template {number}"), number + 1
        general = self._shelf.templates.get("general")
        begun = draft_of(general) if general is not None else TemplateDraft()
        self._typed[name] = replace(begun, name=name, title="")
        return name

    def copy(self) -> str:
        """What is shown, as one of the reader's own of the same name."""
        draft = self.form.draft()
        self._typed[draft.name] = draft
        return draft.name

    def drop_typed(self) -> None:
        """Back to what is on the disk."""
        if self._entry is not None:
            self._typed.pop(self._entry.key, None)

    def may_delete(self, entry: Entry) -> bool:
        """The reader's own, and what of it is broken."""
        return entry.whose is not Whose.SHIPPED

    def deleting(self, entry: Entry) -> tuple[Work, Callable[[object], None]]:
        """The work that deletes it, and what brings back what that work gives."""
        name = entry.key.removesuffix(".toml") if entry.whose is Whose.BROKEN else entry.key
        typed = self._typed.pop(entry.key, None)
        if entry.whose is Whose.MINE and not self._shelf.templates.is_own(name):
            return (lambda: typed), self._put_back(entry.key)

        def restore(held: object) -> None:
            assert isinstance(held, bytes)
            self._shelf.restore(name, held)

        return (lambda: self._shelf.delete(name)), restore

    def _put_back(self, key: str) -> Callable[[object], None]:
        def restore(held: object) -> None:
            if isinstance(held, TemplateDraft):
                self._typed[key] = held

        return restore

    def take_over(self, path: Path) -> tuple[str, str]:
        """Import a file; the new name, and a sentence about its licence."""
        taken = self._shelf.take_over_file(path)
        rights = taken.licence or "none is named: ask its publisher before you hand it on"
        return taken.template.name, f"Taken over. Licence: {rights}."

    def hand_on(self, entry: Entry, path: Path) -> Path:
        """Write it for others."""
        return self._shelf.hand_on_file(entry.key, path)

    def take_focus(self, field: str = "") -> None:
        """To the form."""
        self.form.take_focus(field)
