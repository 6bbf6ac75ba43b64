"""Does what was said, and tells that it was done: by words, a flash and a short sound."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication

from workstation.commands.registry import REGISTRY, Place
from workstation.domain.dictation import SpokenCommand
from workstation.domain.report import SectionKind
from workstation.settings import Settings
from workstation.ui.dictation import wording
from workstation.ui.dictation.sound import Chime
from workstation.ui.report.panel import ReportPanel
from workstation.ui.viewport.reading_room import ReadingRoom

#: They move the cursor of the report; the keyboard stays where the reader's hands are.
_HANDS_STAY = ("report.next_field", "report.previous_field", "voice.section", "voice.macro")


class Refused(Exception):
    """Why a spoken command was not done, in words for the reader."""


class SpokenCommands:
    """Runs commands of the table on the window they belong to."""

    def __init__(
        self,
        window: object,
        panel: ReportPanel,
        room: ReadingRoom,
        macro_names: Callable[[str], str],
        settings: Settings,
        of_dictation: SignalInstance,
    ) -> None:
        self._of_dictation = of_dictation
        self._window, self._panel, self._room = window, panel, room
        self._macro_name, self._settings = macro_names, settings
        self.chime = Chime()

    # -- doing it --------------------------------------------------------------------------

    def obey(self, spoken: SpokenCommand) -> None:
        """Do it on what its place acts on, and say so."""
        command = REGISTRY[spoken.command]
        target = self._window if command.where is Place.EVERYWHERE else self._room.verbs
        hands = QApplication.focusWidget()
        said: list[str] = []
        tellers = (self._room.images.said, self._panel.message, self._of_dictation)
        listening = [each.connect(said.append) for each in tellers]
        try:
            command.run(target, *([spoken.argument] if spoken.argument else []))
        except Refused as refused:
            said.append(str(refused))
        finally:
            for teller, connection in zip(tellers, listening, strict=True):
                teller.disconnect(connection)
        if spoken.command in _HANDS_STAY and hands is not None and hands.isVisible():
            hands.setFocus()
        if said:
            self.answer(said[-1], done=False)
            return
        named = self._name(spoken)
        self.answer(f"✓ {command.title}" + (f": {named}" if named else ""), done=True)

    def answer(self, words: str, *, done: bool) -> None:
        """Tell what became of a command, as the settings have it."""
        self._room.caption.answer(
            words, done=done, flash=self._settings.flag("dictation.command_flash")
        )
        if self._settings.flag("dictation.command_sound"):
            self.chime.play(done=done)

    def _name(self, spoken: SpokenCommand) -> str:
        if spoken.command == "voice.macro":
            return self._macro_name(spoken.argument)
        return spoken.argument

    # -- the commands that need a name, or the last words ------------------------------------

    def go_to_section(self, name: str) -> None:
        """The first open field of a section is chosen, else the cursor goes to its end."""
        kind = SectionKind(name)
        if kind not in [section.kind for section in self._panel.editor.sections()]:
            raise Refused(f"This report has no section {name}.")
        self._to_text()
        editor = self._panel.editor
        opened = (each for each in editor.fields() if editor.section_at(each[0]) is kind)
        field = next(opened, None)
        if field is not None:
            editor.select(field[0], field[1])
        else:
            editor.go_to_section(kind)

    def insert_macro(self, shortcut: str) -> None:
        """The text of a macro at the cursor."""
        self._to_text()
        if not self._panel.macros.insert_named(shortcut):
            raise Refused("Put the cursor below a heading first.")

    def choose_preset(self, title: str) -> None:
        """The window of that name on the active viewport."""
        self._room.verbs.choose_preset(title)

    def undo_last(self) -> None:
        """What Ctrl+Z would do here."""
        held = QApplication.focusWidget()
        if held is not None and self._panel.isAncestorOf(held):
            if not self._panel.editor.document().isUndoAvailable():
                raise Refused("There is nothing to take back in the report.")
            self._panel.editor.undo()
        else:
            self._room.verbs.undo()

    def select_last_sentence(self) -> None:
        """The next words take its place."""
        self._to_text()
        if not wording.select_last_sentence(self._panel.editor):
            raise Refused("No sentence stands before the cursor.")

    def capitalise(self) -> None:
        """A capital for the selection, or the last word."""
        self._to_text()
        if not wording.capitalise(self._panel.editor):
            raise Refused("No word stands before the cursor.")

    def _to_text(self) -> None:
        if self._panel.signing_now:
            self._panel.back_to_report()
