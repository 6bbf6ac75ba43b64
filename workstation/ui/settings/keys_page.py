"""All keys, out of the one table of commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.commands import registry
from workstation.commands.registry import PLACE_TITLES, Command, shown_key
from workstation.ui import theme
from workstation.ui.parts import key_cap, label, section_heading, separator
from workstation.ui.settings.frame import PageFrame
from workstation.ui.settings.wording import KEYS


class KeysPage(PageFrame):
    """Shows the table; nothing of it can be changed here."""

    def __init__(self) -> None:
        super().__init__(KEYS.title, KEYS.sentence)
        table = registry.load_all()
        self._groups: list[tuple[QWidget, list[tuple[Command, QWidget]]]] = []
        for place, title in PLACE_TITLES.items():
            commands = [each for each in table.commands(place) if each.keys]
            if not commands:
                continue
            group = QWidget()
            column = QVBoxLayout(group)
            column.setContentsMargins(0, theme.px(16), 0, 0)
            column.setSpacing(theme.px(4))
            column.addWidget(section_heading(title))
            column.addWidget(separator())
            lines = []
            for command in commands:
                line = _line(command)
                column.addWidget(line)
                lines.append((command, line))
            self._groups.append((group, lines))
            self.column.addWidget(group)
        self.column.addStretch(1)

    def filter(self, needle: str) -> int:
        """Show what matches alone; the number of matches."""
        hits = 0
        for group, lines in self._groups:
            here = 0
            for command, line in lines:
                text = " ".join((self.title, command.title, *command.keys))
                found = needle.lower() in text.lower()
                line.setVisible(found)
                here += found
            group.setVisible(bool(here))
            hits += here
        return hits

    def shown(self) -> dict[str, tuple[str, ...]]:
        """Title and keys of each command on the page."""
        return {
            command.title: command.keys
            for _, lines in self._groups
            for command, line in lines
            if not line.isHidden()
        }


def _line(command: Command) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, theme.px(3), 0, theme.px(3))
    row.setSpacing(theme.px(6))
    row.addWidget(label(command.title, 13, wrap=True), 1)
    for key in command.keys:
        row.addWidget(key_cap(shown_key(key)), 0, Qt.AlignmentFlag.AlignTop)
    return made
