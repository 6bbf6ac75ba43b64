"""What a reader does with templates and macros."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class TemplatesWindow(Protocol):
    """The window as far as it opens the editor."""

    def show_templates(self) -> None: ...


class TemplatesActions(Protocol):
    """The editor as the commands see it."""

    def leave(self) -> None: ...
    def save(self) -> None: ...
    def begin_new(self) -> None: ...
    def copy_to_mine(self) -> None: ...
    def take_back(self) -> None: ...
    def delete(self) -> None: ...
    def take_over(self) -> None: ...
    def hand_on(self) -> None: ...
    def focus_search(self) -> None: ...
    def other_kind(self) -> None: ...
    def toggle_preview(self) -> None: ...


@command("window.templates", "Edit templates and macros", keys=("Ctrl+T",), where=Place.EVERYWHERE)
def show_templates(window: TemplatesWindow) -> None:
    window.show_templates()


@command("templates.save", "Save", keys=("Ctrl+S",), where=Place.TEMPLATES)
def save(page: TemplatesActions) -> None:
    page.save()


@command("templates.new", "New", keys=("Ctrl+N",), where=Place.TEMPLATES)
def begin_new(page: TemplatesActions) -> None:
    page.begin_new()


@command("templates.copy", "Copy to mine", keys=("Ctrl+M",), where=Place.TEMPLATES)
def copy_to_mine(page: TemplatesActions) -> None:
    page.copy_to_mine()


@command(
    "templates.take_back",
    "Bring back what was deleted, else drop what is not saved",
    keys=("Ctrl+B",),
    where=Place.TEMPLATES,
)
def take_back(page: TemplatesActions) -> None:
    page.take_back()


@command("templates.delete", "Delete", keys=("Ctrl+Shift+Del",), where=Place.TEMPLATES)
def delete(page: TemplatesActions) -> None:
    page.delete()


@command("templates.take_over", "Take over an MRRT file", keys=("Ctrl+I",), where=Place.TEMPLATES)
def take_over(page: TemplatesActions) -> None:
    page.take_over()


@command("templates.hand_on", "Hand on as an MRRT file", keys=("Ctrl+G",), where=Place.TEMPLATES)
def hand_on(page: TemplatesActions) -> None:
    page.hand_on()


@command("templates.search", "Search the list", keys=("Ctrl+F",), where=Place.TEMPLATES)
def focus_search(page: TemplatesActions) -> None:
    page.focus_search()


@command(
    "templates.other",
    "From templates to macros and back",
    keys=("Ctrl+PgDown", "Ctrl+PgUp"),
    where=Place.TEMPLATES,
)
def other_kind(page: TemplatesActions) -> None:
    page.other_kind()


@command(
    "templates.preview",
    "Preview: as it opens, or with normal statements",
    keys=("Ctrl+P",),
    where=Place.TEMPLATES,
)
def toggle_preview(page: TemplatesActions) -> None:
    page.toggle_preview()


@command("templates.leave", "Close the editor", keys=("Escape",), where=Place.TEMPLATES)
def leave(page: TemplatesActions) -> None:
    page.leave()
