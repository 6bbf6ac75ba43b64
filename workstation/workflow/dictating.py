"""Dictation of the report that is open: sound in, text out, nothing heard is lost.

What was heard is on the disk before the window is told of it. `Dictating` is the sole owner of the
phase; the window feeds sound and shows what it is told.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import RLock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.domain.clock import Clock
from workstation.domain.dictation import (
    SAMPLE_RATE,
    Dictated,
    Heard,
    SoundRefused,
    SpeechUnavailable,
    SpokenCommand,
    Utterance,
)
from workstation.domain.errors import ReaderError

#: Nobody dictates for longer without a pause of the hand: a key that hangs, or a forgotten room.
LONGEST_SECONDS = 600.0
#: Quieter than this all along means that no microphone is on (dB below full scale).
_SILENT_DB = -60.0
#: Nothing but zeros for so long: no room is that quiet, and nobody is heard.
_DEAD_SECONDS = 5.0

Sound = NDArray[np.int16]


class Phase(StrEnum):
    """Where dictation stands."""

    IDLE = "idle"
    LISTENING = "listening"
    WRITING = "writing"


class EventKind(StrEnum):
    """What a window is told."""

    PHASE = "phase"
    READY = "ready"
    PARTIAL = "partial"
    FINAL = "final"
    COMMAND = "command"
    NOTE = "note"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class DictationEvent:
    """One of them; `text` for READY, PARTIAL, NOTE and COMMAND (what was heard); `command` where
    what was heard is one."""

    kind: EventKind
    text: str = ""
    utterance: Utterance | None = None
    error: ReaderError | None = None
    command: SpokenCommand | None = None


class Speech(Protocol):
    """An engine, as far as dictating uses it."""

    def open(self, listener: Any, /) -> None: ...
    def set_phrases(self, phrases: Sequence[str], /) -> None: ...
    def start(self) -> None: ...
    def feed(self, samples: Sound, /) -> None: ...
    def stop(self) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


class Scribe(Protocol):
    """Mends and writes what was heard."""

    phrases: tuple[str, ...]
    #: what of the reader's own phrases cannot be used
    refused: ReaderError | None

    def prepare(self) -> None: ...
    def mend(self, heard: Heard, /) -> Heard: ...
    def write(self, mended: Heard, before: str = ..., /) -> Dictated: ...


class UtteranceStore(Protocol):
    """What was said, until the report is signed."""

    def keep(self, utterance: Utterance, sound: bytes, /) -> None: ...
    def written(self, identifier: str, /) -> None: ...
    def unwritten(self, study_uid: str, /) -> tuple[Utterance, ...]: ...
    def sound(self, identifier: str, /) -> bytes | None: ...


class OwnReports(Protocol):
    """What this reader has signed before: the best teacher of how this reader speaks."""

    def newest(self) -> Sequence[str]:
        """Their texts, the newest first, no more than are worth reading."""
        ...


@dataclass(frozen=True, slots=True)
class SpeechParts:
    """What bootstrap hands over: how to make a listener, a scribe, and to tell a command."""

    engine: Speech
    #: (ready, partial, final, ended, error, lost) → the listener that the engine takes
    listener: Callable[..., Any]
    #: texts at hand (template, earlier reports) and texts that the reader signed → a scribe that
    #: knows their phrases too
    scribe: Callable[[Sequence[str], Sequence[str]], Scribe]
    command: Callable[[str], SpokenCommand | None]


class Dictating:
    """One for the whole workstation. Sound comes from the Qt thread, answers on the engine's."""

    def __init__(
        self,
        parts: SpeechParts,
        store: UtteranceStore,
        clock: Clock,
        own: OwnReports,
        save_drafts: Callable[[], None],
    ) -> None:
        """`save_drafts` returns once what stands in the reports is on the disk, or says why not."""
        self._save_drafts = save_drafts
        #: identifiers of what stands in a report that may not be on the disk yet
        self._in_report: list[str] = []
        self._parts = parts
        self._own = own
        self._store = store
        self._clock = clock
        self._lock = RLock()
        self._phase = Phase.IDLE
        self._listeners: list[Callable[[DictationEvent], None]] = []
        self._study = ""
        #: (study, whether it is a command) of each press that is not written to its end yet
        self._sessions: deque[tuple[str, bool]] = deque()
        self._scribe: Scribe | None = None
        self._opened = False
        #: what was last told of phrases that cannot be used
        self._refused_said = ""
        self._samples = self._dead = 0
        self._loudest = -90.0
        self._heard_anything = False

    # -- the case --------------------------------------------------------------------------

    def begin(self, study_uid: str) -> None:
        """A case is opened: from now on what is said belongs to it. At once, for the Qt thread."""
        with self._lock:
            self._study, self._scribe = study_uid, None

    def prepare(self, study_uid: str, texts: Sequence[str] = ()) -> tuple[Utterance, ...]:
        """Learn the phrases of the case that has begun; returns what was heard for it and never
        written. Takes a second; a case that was left meanwhile gets nothing."""
        self.learn(study_uid, texts)
        with self._lock:
            if self._study != study_uid:
                return ()
        return self._store.unwritten(study_uid)

    def learn(self, study_uid: str, texts: Sequence[str]) -> None:
        """Take the phrases of texts too, such as earlier reports, while the study is open."""
        scribe = self._parts.scribe(texts, self._signed_before())
        scribe.prepare()
        with self._lock:
            if self._study != study_uid:
                return
            self._scribe = scribe
        self._parts.engine.set_phrases(scribe.phrases)
        self._tell_refused(scribe.refused)

    def _tell_refused(self, refused: ReaderError | None) -> None:
        """Once for as long as it stays as it is: phrases are read with each case, and again with
        its earlier reports."""
        said = "" if refused is None else refused.sentence()
        with self._lock:
            known, self._refused_said = said == self._refused_said, said
        if refused is not None and not known:
            self._tell(DictationEvent(EventKind.ERROR, error=refused))

    def _signed_before(self) -> Sequence[str]:
        try:
            return self._own.newest()
        except ReaderError as error:
            # Dictation does without them; that they cannot be read is told all the same.
            self._tell(DictationEvent(EventKind.ERROR, error=error))
            return ()

    def leave(self) -> None:
        """The case is closed: what is under way is heard to the end and kept, not shown."""
        self.release()
        with self._lock:
            self._study = ""

    @property
    def phase(self) -> Phase:
        """Where dictation stands."""
        return self._phase

    # -- speaking --------------------------------------------------------------------------

    def press(self, *, command: bool = False) -> bool:
        """Begin to listen; False where it cannot, after the reason was told."""
        with self._lock:
            if self._phase is Phase.LISTENING:
                return True
            if not self._study or self._scribe is None:
                self._tell(DictationEvent(EventKind.NOTE, "Open a case first, then dictate."))
                return False
            try:
                self._open()
                self._parts.engine.start()
            except ReaderError as error:
                self._tell(DictationEvent(EventKind.ERROR, error=error))
                return False
            self._sessions.append((self._study, command))
            self._samples, self._dead = 0, 0
            self._loudest, self._heard_anything = -90.0, False
        self._enter(Phase.LISTENING)
        return True

    def _open(self) -> None:
        if self._opened:
            return
        listener = self._parts.listener(
            ready=lambda words: self._tell(DictationEvent(EventKind.READY, words)),
            partial=self._partial,
            final=self._final,
            ended=self._ended,
            error=self._failed,
            lost=self._lost,
        )
        self._parts.engine.open(listener)
        self._opened = True

    def hear(self, samples: Sound, level: float) -> None:
        """More sound (16 kHz) and how loud it is, in dB below full scale."""
        with self._lock:
            if self._phase is not Phase.LISTENING:
                return
            self._samples += len(samples)
            self._loudest = max(self._loudest, level)
            too_long = self._samples / SAMPLE_RATE > LONGEST_SECONDS
            self._dead = 0 if samples.any() else self._dead + len(samples)
            died = self._loudest >= _SILENT_DB and (
                self._dead >= _DEAD_SECONDS * SAMPLE_RATE > self._dead - len(samples)
            )
        self._parts.engine.feed(samples)
        if died:
            self._tell(
                DictationEvent(
                    EventKind.NOTE,
                    "The microphone gives no sound any more. Was it muted, or pulled out?",
                )
            )
        if too_long:
            minutes = int(LONGEST_SECONDS // 60)
            self._tell(
                DictationEvent(
                    EventKind.NOTE,
                    f"Dictation stopped after {minutes} minutes; everything until then is written.",
                )
            )
            self.release()

    def release(self) -> None:
        """No more sound: what was said is written to the end."""
        with self._lock:
            if self._phase is not Phase.LISTENING:
                return
        self._enter(Phase.WRITING)
        self._parts.engine.stop()

    def close(self) -> None:
        """End the engine."""
        self._parts.engine.close()

    # -- writing ---------------------------------------------------------------------------

    def write(self, utterance: Utterance, before: str) -> Dictated:
        """Its text as it follows `before`."""
        scribe = self._scribe
        if scribe is None:
            raise SpeechUnavailable("No case is open.")
        return scribe.write(utterance.heard, before)

    def written(self, utterance: Utterance) -> None:
        """It is in the editor: noted once the draft that holds it is on the disk, never before, so
        that nothing kills it in between. Writes to the disk: not for the Qt thread."""
        with self._lock:
            self._in_report.append(utterance.identifier)
        self._save_drafts()
        with self._lock:
            # Those before it that could not be saved are by now.
            noted, self._in_report = self._in_report, []
        for identifier in noted:
            self._store.written(identifier)

    def sound(self, identifier: str) -> Sound:
        """The sound of an utterance; SoundRefused where it is gone."""
        held = self._store.sound(identifier)
        if held is None:
            raise SoundRefused(
                "The sound of this sentence is gone.",
                means="It is kept until the report is signed.",
            )
        return np.frombuffer(held, np.int16)

    def listen(self, listener: Callable[[DictationEvent], None]) -> Callable[[], None]:
        """Be told what happens, on any thread; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- answers of the engine -------------------------------------------------------------

    def _tell(self, event: DictationEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._tell(DictationEvent(EventKind.PHASE, phase.value))

    def _partial(self, words: str) -> None:
        with self._lock:
            elsewhere = bool(self._sessions) and self._sessions[0][0] != self._study
        if not elsewhere:
            self._tell(DictationEvent(EventKind.PARTIAL, words))

    def _final(self, heard: Heard, sound: Sound) -> None:
        with self._lock:
            if not heard.words:
                return
            self._heard_anything = True
            study, commanding = self._sessions[0] if self._sessions else (self._study, False)
            scribe = self._scribe
            here = study == self._study
        if commanding:
            if not here:
                return  # said to a case that was left
            found = self._parts.command(heard.text)
            self._tell(DictationEvent(EventKind.COMMAND, heard.text, command=found))
            return
        mended = heard if scribe is None else scribe.mend(heard)
        self._keep(mended, sound, study)

    def _keep(self, heard: Heard, sound: Sound, study: str) -> None:
        utterance = Utterance(str(uuid.uuid4()), study, heard, self._clock())
        try:
            self._store.keep(utterance, sound.tobytes())
        except ReaderError as error:
            # The words still reach the editor, and so the draft; only the sound is not kept.
            self._tell(DictationEvent(EventKind.ERROR, error=error))
        with self._lock:
            # Without phrases yet it comes with what was never written: `prepare` looks after them.
            here = study == self._study and self._scribe is not None
        if heard.words and here:
            self._tell(DictationEvent(EventKind.FINAL, utterance=utterance))

    def _ended(self) -> None:
        with self._lock:
            if self._sessions:
                self._sessions.popleft()
            if self._sessions:
                return  # the next sentence is being spoken already
            silent = not self._heard_anything and self._samples > SAMPLE_RATE // 2
            quiet = self._loudest < _SILENT_DB
        if silent and quiet:
            self._tell(
                DictationEvent(
                    EventKind.NOTE,
                    "The microphone gave no sound. Is it switched on, and the right one chosen?",
                )
            )
        elif silent:
            self._tell(DictationEvent(EventKind.NOTE, "No words were heard. Speak again."))
        self._enter(Phase.IDLE)

    def _failed(self, error: ReaderError) -> None:
        self._tell(DictationEvent(EventKind.ERROR, error=error))

    def _lost(self, sound: Sound) -> None:
        study = self._sessions[0][0] if self._sessions else self._study
        self._keep(Heard((), len(sound) / SAMPLE_RATE, "none"), sound, study)
