"""The menu of looks: it opens upward from the caption bar, so that it covers little image."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from workstation.ui.viewport.look_actions import Choice


def show(at: QWidget, sections: Sequence[tuple[str, Sequence[Choice]]]) -> None:
    """Open the menu above a widget."""
    menu = QMenu(at)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for index, (heading, lines) in enumerate(sections):
        if index:
            menu.addSeparator()
        head = QAction(heading, menu)
        head.setEnabled(False)
        menu.addAction(head)
        for line in lines:
            action = QAction(f"{line.title}\t{line.key}" if line.key else line.title, menu)
            action.setCheckable(True)
            action.setChecked(line.chosen)
            action.triggered.connect(lambda _=False, run=line.run: run())
            menu.addAction(action)
    corner = at.mapToGlobal(QPoint(0, 0))
    menu.popup(QPoint(corner.x(), corner.y() - menu.sizeHint().height()))
