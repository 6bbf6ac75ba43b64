"""Templates and macros: a list, a form, a preview. What is typed is kept until it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent

from workstation.commands.registry import Place
from workstation.domain.errors import ReaderError
from workstation.ui import shortcuts
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.template_editor.entry_list import Entry, Whose
from workstation.ui.report.template_editor.macro_desk import MacroDesk
from workstation.ui.report.template_editor.page_frame import TemplatesFrame
from workstation.ui.report.template_editor.template_desk import TemplateDesk
from workstation.workflow.jobs import Lane
from workstation.workflow.template_shelf import TemplateShelf

#: How long nobody may have typed before the preview follows.
_FOLLOW_MS = 250


class TemplatesPage(TemplatesFrame):
    """Work on the disk is done by jobs; what they answer is shown here."""

    leave_asked = Signal()

    def __init__(self, shelf: TemplateShelf, bridge: JobBridge) -> None:
        self._templates, self._macros = TemplateDesk(shelf), MacroDesk(shelf)
        super().__init__(self._templates.form, self._macros.form)
        self._bridge = bridge
        self._at = 0
        self._undo: Callable[[], None] | None = None
        self._sure = False
        #: from an order to the disk to its answer
        self._busy = False
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_FOLLOW_MS)
        self._follow.timeout.connect(self._preview)
        self._connect()
        shortcuts.bind(self, Place.TEMPLATES, self)
        self._end = shelf.listen(bridge.relay(self._list))

    def _connect(self) -> None:
        self._templates.typed.connect(self._typed)
        self._macros.typed.connect(self._typed)
        self.entries.chosen.connect(self._chosen)
        self.preview.chosen.connect(lambda _: self._preview())
        self.card.left.connect(self._close_card)
        for at, each in enumerate(self.tabs):
            each.clicked.connect(lambda _=False, wanted=at: self.show_kind(wanted))
        for pressed, act in (
            (self.back, self.leave),
            (self.new, self.begin_new),
            (self.take, self.take_over),
            (self.copy, self.copy_to_mine),
            (self.save_button, self.save),
            (self.as_saved, self.take_back),
            (self.bring_back, self.take_back),
            (self.hand, self.hand_on),
            (self.remove, self.delete),
            (self.yes, self._delete_now),
            (self.no, self._keep),
        ):
            pressed.clicked.connect(lambda _=False, do=act: do())

    # -- showing ------------------------------------------------------------------------------

    @property
    def desk(self) -> TemplateDesk | MacroDesk:
        """Templates or macros."""
        return self._macros if self._at else self._templates

    @property
    def _of_others(self) -> bool:
        """Whether what is shown can be taken over and handed on: templates can."""
        return self._at == 0

    def show_kind(self, at: int) -> None:
        """Templates (0) or macros (1)."""
        self._at = at
        self._undo = None
        self.forms.setCurrentIndex(at)
        for place, made in enumerate(self.tabs):
            made.setChecked(place == at)
        self.take.setVisible(self._of_others)
        self.card.hide()
        self._list()

    def open_at(self, name: str = "", field: str = "") -> None:
        """Show a template, and the statements of one of its fields."""
        self.show_kind(0)
        self.entries.filter.clear()
        if name:
            self.entries.choose(name)
        self.desk.take_focus(field) if field else self.take_focus()

    def _list(self, choose: str = "") -> None:
        self.entries.show_entries(self.desk.entries(), choose)

    def _chosen(self, entry: Entry) -> None:
        self._sure = False
        self.desk.open(entry)
        self._tell()
        self._preview()

    def _typed(self) -> None:
        self._tell()
        self._follow.start()
        entry = self.entries.current
        if entry is not None and entry.unsaved != self.desk.unsaved:
            focus = self.focusWidget()
            self._list(entry.key)
            if focus is not None:
                focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, words: str = "") -> None:
        """The buttons and the sentence that fit what is shown."""
        desk, entry = self.desk, self.entries.current
        mine = entry is not None and entry.whose is Whose.MINE
        broken = entry is not None and entry.whose is Whose.BROKEN
        wrong = len(desk.problems)
        self.title.setText(desk.title)
        self.forms.setVisible(not broken)
        self.copy.setVisible(entry is not None and entry.whose is Whose.SHIPPED)
        self.save_button.setVisible(mine)
        self.save_button.setEnabled(desk.unsaved and not wrong and not self._busy)
        self.as_saved.setVisible(mine)
        self.as_saved.setEnabled(desk.unsaved)
        self.hand.setVisible(self._of_others and not broken)
        self.hand.setEnabled(not desk.unsaved and not self._busy)
        self.remove.setEnabled(not self._busy)
        deletable = entry is not None and desk.may_delete(entry)
        self.remove.setVisible(deletable and not self._sure)
        self.yes.setVisible(self._sure)
        self.no.setVisible(self._sure)
        self.bring_back.setVisible(self._undo is not None)
        if not words:
            words = desk.sentence()
        self.state.setText(words)
        self.state.set_tone("urgent" if wrong or broken else "text2")

    def _preview(self) -> None:
        if self.preview.isVisible():
            self.desk.preview(self.preview)

    def _done(self, words: str, choose: str = "") -> Callable[[object], None]:
        def shown(_: object) -> None:
            self._list(choose)
            self._tell(words)

        return shown

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        if not isinstance(error, ReaderError):
            raise error
        self._tell(error.sentence())
        self.state.set_tone("urgent")

    def _submit(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        def answered(result: object) -> None:
            self._busy = False
            done(result)

        self._busy = True
        self._tell("The disk is asked …")
        self._bridge.submit(
            lambda _: work(), lane=Lane.INTERACTION, on_done=answered, on_failed=self._failed
        )

    # -- what the keys do ---------------------------------------------------------------------

    def leave(self) -> None:
        """Close the card, else take back the question, else clear the search, else close."""
        if self.card.isVisible():
            self._close_card()
        elif self._sure:
            self._keep()
        elif self.entries.filter.text():
            self.entries.filter.clear()
            self.take_focus()
        else:
            self.leave_asked.emit()

    def save(self) -> None:
        """Write it to the disk; it is in force at once."""
        desk = self.desk
        if not desk.unsaved or desk.problems or self._busy:
            return
        self._undo = None
        what = desk.saving()

        def saved(_: object) -> None:
            desk.saved(what)
            entry = self.entries.current
            # The reader may have gone on to another one meanwhile.
            there = desk is self.desk and entry is not None and entry.key == what.before
            self._done("Saved. It is in force for the next report.", what.after * there)(None)

        self._submit(what.work, saved)

    def begin_new(self) -> None:
        """An empty one of the reader's own."""
        self._undo = None
        self._list(self.desk.begin())
        self.desk.take_focus()

    def copy_to_mine(self) -> None:
        """A copy of what is shown, to be changed."""
        entry = self.entries.current
        if entry is None or entry.whose is not Whose.SHIPPED:
            return
        self._undo = None
        self._list(self.desk.copy())
        self._tell(self.desk.copied)
        self.desk.take_focus()

    def take_back(self) -> None:
        """What was deleted comes back; else what is typed and not saved is dropped."""
        if self._undo is not None:
            undo, self._undo = self._undo, None
            undo()
            return
        entry = self.entries.current
        if entry is not None and self.desk.unsaved:
            self.desk.drop_typed()
            self._list(entry.key)

    def delete(self) -> None:
        """Ask, and then delete one of the reader's own."""
        entry = self.entries.current
        if entry is None or not self.desk.may_delete(entry):
            return
        self._sure = True
        self._tell(f"Delete “{entry.title}”? {self.desk.deleted}")
        self.yes.setFocus(Qt.FocusReason.TabFocusReason)

    def _keep(self) -> None:
        self._sure = False
        self._tell()
        self.take_focus()

    def _delete_now(self) -> None:
        entry = self.entries.current
        if entry is None:
            return
        self._sure = False
        work, restore = self.desk.deleting(entry)

        def deleted(held: object) -> None:
            self._undo = lambda: self._submit(
                lambda: restore(held), self._done(f"“{entry.title}” is back.", entry.key)
            )
            self._done(f"“{entry.title}” is deleted.")(None)
            self.take_focus()

        self._submit(work, deleted)

    def take_over(self) -> None:
        """Ask for the file of a template of others."""
        if not self._of_others:
            return

        def taken(told: object) -> None:
            key, words = told if isinstance(told, tuple) else ("", "")
            self._close_card()
            self._done(str(words), str(key))(None)

        self.card.ask(
            "Take over a template (IHE MRRT)",
            "Path of the HTML file",
            "",
            "Take over",
            lambda path: self._submit(lambda: self._templates.take_over(path), taken),
        )

    def hand_on(self) -> None:
        """Ask where to write the template for others."""
        entry = self.entries.current
        if entry is None or not self._of_others or entry.whose is Whose.BROKEN:
            return

        def handed(path: object) -> None:
            self._close_card()
            self._tell(f"Written to {path}.")

        self.card.ask(
            "Hand it on (IHE MRRT)",
            "Path of the HTML file to write",
            str(Path.home() / f"{entry.key}.html"),
            "Write",
            lambda path: self._submit(lambda: self._templates.hand_on(entry, path), handed),
        )

    def _close_card(self) -> None:
        self.card.hide()
        self.take_focus()

    def focus_search(self) -> None:
        """Write into the search."""
        self.entries.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entries.filter.selectAll()

    def other_kind(self) -> None:
        """From templates to macros and back."""
        self.show_kind(1 - self._at)
        self.take_focus()

    def toggle_preview(self) -> None:
        """As it opens, or with its normal statements; in a narrow window then the form again."""
        if not self.preview.isVisible():
            self.show_instead(preview=True)
            self.preview.choose(False)
        elif self.preview.normal and not self.has_room:
            self.show_instead(preview=False)
            self.preview.choose(False)
        else:
            self.preview.choose(not self.preview.normal)

    def take_focus(self) -> None:
        """The list has the keyboard."""
        self.entries.take_focus()

    def close_page(self) -> None:
        """Listen no longer."""
        self._follow.stop()
        self._end()

    # -- events -------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._preview()
