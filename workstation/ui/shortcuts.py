"""Binds the keys of the table of commands to widgets: the only way a key is bound."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from workstation.commands.registry import REGISTRY, Command, Place, Registry


def bind(
    widget: QWidget, place: Place, target: Any, registry: Registry = REGISTRY
) -> list[QShortcut]:
    """Let the keys of a place act on `target` while the focus is in `widget`.

    The keys of `Place.EVERYWHERE` act in the whole window.
    """
    context = (
        Qt.ShortcutContext.WindowShortcut
        if place is Place.EVERYWHERE
        else Qt.ShortcutContext.WidgetWithChildrenShortcut
    )
    made = []
    for command in registry.commands(place):
        for key in command.keys:
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(context)
            shortcut.activated.connect(_runner(command, target))
            made.append(shortcut)
    return made


def _runner(command: Command, target: Any) -> Any:
    return lambda: command.run(target)
