"""The reader's own templates and macros: copied, edited, saved, deleted, taken over, handed on."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from workstation.domain.errors import ReaderError
from workstation.settings import Home
from workstation.settings.own_files import write_whole
from workstation.workflow.fresh_file import write_fresh
from workstation.workflow.macros import Macro, Macros, MacrosDamaged
from workstation.workflow.macros import parse as parse_macros
from workstation.workflow.mrrt import Imported, export_template, import_template
from workstation.workflow.template_files import macro_file, template_file
from workstation.workflow.templates import ReportTemplate, Templates

#: What our own templates may be used under: the licence of the package.
LICENCE = "Apache-2.0"
PUBLISHER = "The Nocturne authors"


class NotKept(ReaderError):
    """The disk did not take a template or macro, or it has no such file."""


def _kept(write: Callable[[], None], what: str) -> None:
    try:
        write()
    except OSError as error:
        raise NotKept(
            f"{what} cannot be written: {error.strerror or error}.",
            means="What was there before is unchanged; what you typed is still in the form.",
            remedy="Make room on the disk, or see to its rights, and save again.",
        ) from error


class TemplateShelf:
    """Sole writer of the reader's own template files and macros. Not on the Qt thread.

    `templates` and `macros` show what is on the disk when a method returns.
    """

    def __init__(
        self, templates: Templates, macros: Macros, shipped_macros: Path, home: Home
    ) -> None:
        self.templates = templates
        self._own = home.templates
        self.macros = macros
        self._shipped_macros = parse_macros(shipped_macros)
        self._own_macros = home.macros
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told of changes, on the thread that made them."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # -- templates ---------------------------------------------------------------------------

    def free_name(self, title: str) -> str:
        """A name for a new template that no other has."""
        made = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:50] or "template"
        number, free = 2, made
        while self.templates.get(free) is not None or self._path(free).exists():
            free, number = f"{made}-{number}", number + 1
        return free

    def save(self, template: ReportTemplate) -> None:
        """Write one of the reader's own, in the place of an older one of its name."""
        text = template_file(template).encode()
        with self._lock:
            _kept(
                lambda: write_whole(self._path(template.name), text),
                f"The template {template.title}",
            )
            self.templates.reload()
        self._changed()

    def delete(self, name: str) -> bytes:
        """Remove one of the reader's own; what `restore` needs to bring it back.

        Where the package has one of that name, that is in force again.
        """
        path = self._path(name)
        with self._lock:
            try:
                held = path.read_bytes()
                path.unlink()
            except OSError as error:
                raise NotKept(
                    f"The template {path.name} cannot be removed: {error.strerror}.",
                    remedy="See to the rights of the folder of templates.",
                ) from error
            self.templates.reload()
        self._changed()
        return held

    def restore(self, name: str, held: bytes) -> None:
        """Bring back what was deleted, byte for byte."""
        path = self._path(name)
        with self._lock:
            _kept(lambda: write_whole(path, held), f"The template {path.name}")
            self.templates.reload()
        self._changed()

    def take_over(self, content: bytes, name: str) -> Imported:
        """Import an MRRT file as one of the reader's own, under a name that is free."""
        read = import_template(content, name)
        free = self.free_name(read.template.name)
        template = replace(read.template, name=free)
        self.save(template)
        return Imported(template, read.licence, read.publisher)

    def take_over_file(self, path: Path) -> Imported:
        """`take_over` of a file; NotKept where it cannot be read."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise NotKept(
                f"{path} cannot be read: {error.strerror}.", remedy="Check the path."
            ) from error
        return self.take_over(content, path.stem)

    def hand_on_file(self, name: str, path: Path) -> Path:
        """`hand_on` into a file that is not there yet; FileNotWritten where it cannot be."""
        return write_fresh(path, self.hand_on(name).encode())

    def hand_on(self, name: str) -> str:
        """The template as an MRRT page. NotKept where there is none of that name."""
        template = self.templates.get(name)
        if template is None:
            raise NotKept(f"There is no template {name}.", remedy="Look for its name in the list.")
        if self.templates.is_own(name):
            return export_template(template, publisher="", licence=template.source)
        return export_template(template, publisher=PUBLISHER, licence=LICENCE)

    def _path(self, name: str) -> Path:
        return self._own / f"{name}.toml"

    # -- macros ------------------------------------------------------------------------------

    def own_macros(self) -> tuple[Macro, ...]:
        """The reader's own, in the order of their file; MacrosDamaged where it is broken."""
        return parse_macros(self._own_macros) if self._own_macros.exists() else ()

    def macro_problem(self) -> MacrosDamaged | None:
        """Why the reader's own macros cannot be used, or None."""
        try:
            self.own_macros()
        except MacrosDamaged as error:
            return error
        return None

    def save_macros(self, own: Sequence[Macro]) -> None:
        """Write all of the reader's own. A file that is broken is never written over."""
        self.own_macros()
        text = macro_file(own).encode()
        with self._lock:
            _kept(lambda: write_whole(self._own_macros, text), "The macros")
            self.macros.replace(self._shipped_macros, own)
        self._changed()
