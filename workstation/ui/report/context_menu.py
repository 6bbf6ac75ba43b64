"""The menu of the right mouse button in the report. Qt's own would cut through headings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.spelling_side import SpellingSide


class ReportMenu(QObject):
    """First what a marked word may mean, then what can be done with the text."""

    def __init__(self, editor: ReportEditor, spelling: SpellingSide) -> None:
        super().__init__(editor)
        self._editor, self._spelling = editor, spelling
        #: the menu that is shown
        self.menu: QMenu | None = None
        editor.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        editor.customContextMenuRequested.connect(self._asked)

    def _asked(self, at: QPoint) -> None:
        position = self._editor.cursorForPosition(at).position()
        place: tuple[int, int] | None = None

        def told(word: str, found: tuple[str, ...]) -> None:
            assert place is not None
            spelling = self._spelling
            offers: list[tuple[str, Callable[[], None]]] = [
                (each, spelling.replacing(place, word, each)) for each in found
            ]
            offers.append((f"Add “{word}” to my words", lambda: spelling.add(word)))
            self._show(at, offers)

        place = self._spelling.suggestions_at(position, told)
        if place is None:
            self._show(at, [])

    def _show(self, at: QPoint, offers: list[tuple[str, Callable[[], None]]]) -> None:
        editor = self._editor
        menu = QMenu(editor)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, take in offers:
            menu.addAction(words).triggered.connect(take)
        if offers:
            menu.addSeparator()
        document, chosen = editor.document(), editor.textCursor().hasSelection()
        for words, keys, do, possible in (
            ("Take back", "Ctrl+Z", editor.undo, document.isUndoAvailable()),
            ("Do again", "Ctrl+Y", editor.redo, document.isRedoAvailable()),
            ("Cut", "Ctrl+X", editor.cut, chosen),
            ("Copy", "Ctrl+C", editor.copy, chosen),
            ("Paste", "Ctrl+V", editor.paste, editor.canPaste()),
            ("Select all", "Ctrl+A", editor.selectAll, True),
        ):
            action = menu.addAction(f"{words}\t{keys}")
            action.setEnabled(possible)
            action.triggered.connect(do)
        self.menu = menu
        menu.popup(editor.viewport().mapToGlobal(at))
