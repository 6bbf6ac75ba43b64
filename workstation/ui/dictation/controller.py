"""Brings microphone, dictation and report together, in the Qt thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from workstation.domain.dictated_text import MACRO
from workstation.domain.dictation import Utterance
from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import ReadingTask
from workstation.ui.dictation import marks
from workstation.ui.dictation.line import DictationLine
from workstation.ui.dictation.microphone import Microphone
from workstation.ui.dictation.sound import Player
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.editor import ReportEditor
from workstation.workflow.dictating import Dictating, DictationEvent, EventKind, Phase

#: A key held shorter than this was tapped: dictation goes on until it is tapped again.
_TAP_SECONDS = 0.35


class DictationController(QObject):
    """Push to talk, or tap to begin and tap to end; words land at the cursor of the report."""

    message = Signal(str)
    #: a spoken command of the table (SpokenCommand)
    commanded = Signal(object)
    #: what was said while the command key was held, and is none
    not_commanded = Signal(str)

    def __init__(
        self,
        dictating: Dictating,
        bridge: JobBridge,
        editor: ReportEditor,
        line: DictationLine,
        microphone_name: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dictating, self._bridge = dictating, bridge
        self._editor, self._line = editor, line
        self._microphone_name = microphone_name
        self.microphone = Microphone(self)
        self.microphone.heard.connect(self._heard)
        self.microphone.failed.connect(self._microphone_gone)
        self._end = dictating.listen(bridge.relay(self._told))
        self._place = "Report"
        self._pressed_at = 0.0
        self._held = False
        self._key = Qt.Key.Key_F4
        self._texts: tuple[str, ...] = ()
        self._player = Player(self)
        #: Study Instance UID of the case that is open
        self._study = ""
        #: what was written here, in its order, and the steps to undo just after the last
        self._inserted: list[str] = []
        self._as_inserted = -1
        editor.place_changed.connect(self._moved)

    # -- the case --------------------------------------------------------------------------

    def show_task(self, task: ReadingTask, texts: Sequence[str]) -> None:
        """Learn the phrases of the case; tell what was heard before and never written."""
        study = self._study = task.study_instance_uid
        self._texts = tuple(texts)
        self._inserted.clear()
        self._dictating.begin(study)
        self._bridge.submit(
            lambda _: self._dictating.prepare(study, texts),
            on_done=self._left_over,
            on_failed=self._failed,
        )

    def learn(self, task: ReadingTask, texts: Sequence[str]) -> None:
        """Earlier reports of the patient have come: their phrases are likelier too."""
        study = task.study_instance_uid
        if texts:
            self._bridge.submit(
                lambda _: self._dictating.learn(study, (*self._texts, *texts)),
                on_failed=self._failed,
            )

    def leave(self) -> None:
        """The case is closed."""
        self._study = ""
        self._stop_listening()
        self._dictating.leave()
        self._line.clear()

    def close(self) -> None:
        """End for good."""
        self.leave()
        self._end()

    def _left_over(self, told: Sequence[Utterance]) -> None:
        here = marks.utterances(self._editor.document())
        for each in told:
            if each.identifier in here:
                # The program was ended between the saving of the draft and the note of it.
                self._inserted.append(each.identifier)
                self._note(each)
        left = [each for each in told if self._awaited(each)]
        words = [each for each in left if each.heard.words]
        for each in words:
            self._insert(each)
        if words:
            self.message.emit(
                f"Heard before and not written then, now in the report: {len(words)} sentences."
            )
        elif left:
            self.message.emit("The sound of a sentence that no engine could hear is kept.")

    def _awaited(self, utterance: Utterance) -> bool:
        """Whether it was said to the case that is open, and stands in its report not yet."""
        here = utterance.study_instance_uid == self._study
        return here and utterance.identifier not in self._inserted

    # -- the key ---------------------------------------------------------------------------

    def talk(self, *, command: bool = False) -> None:
        """The key went down (again)."""
        if self._held:
            return  # the key repeats while it is held
        if self._dictating.phase is Phase.LISTENING:
            self.release()
            return
        try:
            self.microphone.start(self._microphone_name())
        except ReaderError as error:
            self.message.emit(error.sentence())
            return
        if not self._dictating.press(command=command):
            self.microphone.stop()
            return
        self.message.emit("")
        self._line.show_state(self._place, listening=True, command=command)
        self._pressed_at, self._held = time.monotonic(), True
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def release(self) -> None:
        """Enough said."""
        self._stop_listening()
        self._dictating.release()

    def let_go(self) -> None:
        """What was held went up: a key, a pedal, a button. After a tap it goes on listening."""
        if self._held:
            self._held = False
            if time.monotonic() - self._pressed_at >= _TAP_SECONDS:
                self.release()

    def _stop_listening(self) -> None:
        self._held = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.microphone.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Sees the key go up, wherever the focus is."""
        if event.type() is QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if event.key() == self._key and not event.isAutoRepeat():
                self.let_go()
        elif event.type() is QEvent.Type.ApplicationDeactivate and self._held:
            # The key goes up in another window, which never tells.
            self.release()
        return super().eventFilter(watched, event)

    # -- what is heard ---------------------------------------------------------------------

    def _heard(self, samples: np.ndarray, level: float) -> None:
        self._line.meter.show_level(level)
        self._dictating.hear(samples, level)

    def _microphone_gone(self, error: ReaderError) -> None:
        self.release()
        self.message.emit(error.sentence())

    def _told(self, event: DictationEvent) -> None:
        if event.kind is EventKind.PARTIAL:
            self._line.show_partial(event.text)
            marks.show_partial(self._editor, f" {event.text}")
        elif event.kind is EventKind.FINAL and event.utterance is not None:
            # Told on its way here, it may have been overtaken by another case.
            if self._awaited(event.utterance):
                self._insert(event.utterance)
        elif event.kind is EventKind.COMMAND:
            self._command(event)
        elif event.kind is EventKind.READY:
            self._line.show_partial(event.text)
        elif event.kind is EventKind.NOTE:
            self.message.emit(event.text)
        elif event.kind is EventKind.ERROR and event.error is not None:
            self.message.emit(event.error.sentence())
        elif event.kind is EventKind.PHASE:
            self._phase()

    def _phase(self) -> None:
        # As it stands now: the key may have gone down again since the event was posted.
        phase = self._dictating.phase
        if phase is Phase.IDLE:
            marks.show_partial(self._editor, "")
            self._stop_listening()
            self._line.clear()
        elif phase is Phase.WRITING:
            self.microphone.stop()
            self._line.show_state(self._place, listening=False)

    def _insert(self, utterance: Utterance) -> None:
        marks.show_partial(self._editor, "")
        cursor = self._editor.textCursor()
        if not self._editor.takes_text():
            self.message.emit(
                "Put the cursor below a heading: the sentence is kept and comes when the case is"
                " opened again."
            )
            return
        dictated = self._dictating.write(utterance, self._editor.text_before_cursor())
        with self._editor.review.writing():
            marks.insert(cursor, dictated, utterance.identifier)
            self._editor.setTextCursor(cursor)
        self.wrote(utterance.identifier)
        self._editor.ensureCursorVisible()
        self._line.show_final(dictated.text)
        self._note(utterance)

    def _note(self, utterance: Utterance) -> None:
        self._bridge.submit(lambda _: self._dictating.written(utterance), on_failed=self._failed)

    def wrote(self, identifier: str) -> None:
        """This stands in the report now, and is the first that is taken back."""
        self._inserted.append(identifier)
        self._as_inserted = self._editor.document().availableUndoSteps()

    def _command(self, event: DictationEvent) -> None:
        if event.command is None:
            self.not_commanded.emit(event.text)
        else:
            self.commanded.emit(event.command)

    def _moved(self, section: str, field: str) -> None:
        section = section[:1].upper() + section[1:]
        self._place = f"{section}: {field}" if field else section or "Report"
        self._line.place.setText(self._place)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self.message.emit(error.sentence())

    # -- afterwards ------------------------------------------------------------------------

    def revert(self) -> None:
        """Put back what was heard in place of the nearest correction."""
        original = marks.revert(self._editor)
        if not original:
            self.message.emit("No correction stands before the cursor.")

    def scratch(self) -> None:
        """Take back the last dictated sentence that still stands in the report."""
        if self._inserted and self._editor.document().availableUndoSteps() == self._as_inserted:
            # Nothing was changed since: what it took the place of comes back with it.
            self._inserted.pop()
            self._editor.undo()
            return
        while self._inserted:
            if marks.remove(self._editor, self._inserted.pop()):
                return
        self.message.emit("No sentence that was dictated here is left to take back.")

    def replay(self) -> None:
        """Play the sentence at the cursor."""
        identifier = marks.utterance_at(self._editor)
        if not identifier:
            self.message.emit("No dictated sentence stands at the cursor.")
            return
        if identifier.startswith(MACRO):
            self.message.emit("This is a macro that was said: it has no sound of its own.")
            return
        self._bridge.submit(
            lambda _: self._dictating.sound(identifier),
            on_done=self._play,
            on_failed=self._failed,
        )

    def _play(self, samples: np.ndarray) -> None:
        try:
            self._player.play(samples)
        except ReaderError as error:
            self.message.emit(error.sentence())
