"""An engine in a process of its own: one that crashes or hangs takes no window with it.

The parent keeps the sound of an utterance until it is written, so that a second process can hear it
again after a crash.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Decoder, Listener, Recipe
from workstation.dictation.inbox import BEGIN, END, FORGET, PHRASES, SOUND, Inbox
from workstation.dictation.live import LiveRecogniser, Told
from workstation.dictation.pacing import Taken, first_quick_enough
from workstation.domain.dictation import Heard, SpeechUnavailable
from workstation.domain.errors import ReaderError


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the process loads.

    `ladder`: what may write final text, the most exact first; the first that is quick enough on
    this machine does. `quick` writes partial text; without one there is none, unless the one that
    is taken can. `insist`: the first of the ladder was asked for by name.
    """

    ladder: tuple[Recipe, ...]
    quick: Recipe | None = None
    insist: bool = False
    pause_seconds: float = 0.7

    def __post_init__(self) -> None:
        if not self.ladder:
            raise ValueError("an engine has something that writes")

    @property
    def after_a_crash(self) -> EngineChoice:
        """The last of the ladder alone: the smallest has the best chance."""
        return replace(self, ladder=self.ladder[-1:])


def _load(choice: EngineChoice) -> tuple[Decoder | None, Taken]:
    """What writes partial text, and what writes final text."""
    taken = first_quick_enough(choice.ladder, insist=choice.insist)
    quick: Decoder | None = None
    if choice.quick is not None and choice.quick != taken.recipe:
        quick = choice.quick.make(1)
    elif choice.quick is not None or taken.recipe.capabilities.partials:
        quick = taken.decoder
    return quick, taken


def _serve(pipe: Connection, choice: EngineChoice) -> None:
    """The process: loads, says so, and answers until the pipe ends."""
    inbox = Inbox(pipe)
    try:
        quick, taken = _load(choice)
    except ReaderError as error:
        pipe.send(("refused", error.happened, error.means, error.remedy))
        return
    except Exception as error:  # noqa: BLE001 - told to the parent, whatever it was
        happened = f"The speech model could not be loaded: {type(error).__name__}."
        pipe.send(("refused", happened, "", "Install the models again."))
        return
    told = Told(
        lambda text: pipe.send(("partial", text)),
        lambda heard, sound: pipe.send(("final", heard, sound.tobytes())),
    )
    recogniser = LiveRecogniser(
        quick,
        taken.decoder,
        told,
        pause_seconds=choice.pause_seconds,
        use_pauses=taken.recipe.capabilities.stops,
    )
    pipe.send(("ready", taken.sentence))
    try:
        while (message := inbox.next()) is not None:
            _answer(message, recogniser, inbox, pipe)
    except OSError:
        return


def _answer(
    message: tuple[Any, ...], recogniser: LiveRecogniser, inbox: Inbox, pipe: Connection
) -> None:
    kind = message[0]
    if kind == PHRASES:
        recogniser.set_phrases(message[1])
    elif kind == BEGIN:
        recogniser.begin()
    elif kind == SOUND:
        if not inbox.forget.is_set():
            recogniser.take(np.frombuffer(message[1], np.int16), inbox.forget.is_set)
            if not inbox.waiting():
                recogniser.ahead(
                    lambda: inbox.forget.is_set() or recogniser.holds_speech(inbox.untaken())
                )
            if not inbox.waiting():
                recogniser.partial(lambda: inbox.forget.is_set() or inbox.hurry.is_set())
    elif kind == END:
        recogniser.end(inbox.forget.is_set)
        inbox.hurry.clear()
        pipe.send(("ended",))
    elif kind == FORGET:
        recogniser.begin()
        inbox.forget.clear()
        pipe.send(("ended",))


def _pump(pipe: Connection, outgoing: queue.SimpleQueue[tuple[Any, ...] | None]) -> None:
    """Send what was put in; a pipe that is gone is noticed by its reader, which starts another
    process."""
    while (message := outgoing.get()) is not None:
        try:
            pipe.send(message)
        except (OSError, ValueError):
            return


def _close(pipe: Connection, *threads: threading.Thread | None) -> None:
    """Close a pipe whose other end is gone, once nobody reads or writes it any more: its number may
    be that of the next pipe at once, and a write that goes on would land there."""
    for each in threads:
        if each is not None and each is not threading.current_thread():
            each.join(5)
            if each.is_alive():
                return
    pipe.close()


class EngineProcess:
    """A decoder in a process of its own. A crash is answered once by a fresh process that uses
    the smallest model only; a second one ends dictation, and gives the sound back as lost."""

    def __init__(self, choice: EngineChoice) -> None:
        self._choice = choice
        first = choice.ladder[0].capabilities
        self.capabilities = replace(first, partials=first.partials or choice.quick is not None)
        self._lock = threading.RLock()
        self._listener: Listener | None = None
        self._phrases: tuple[str, ...] = ()
        self._pipe: Connection | None = None
        self._process: Any = None
        self._outgoing: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._sender: threading.Thread | None = None
        self._reader: threading.Thread | None = None
        self._started = False
        self._stopping = False
        self._closed = False
        #: ends that were said and not answered; the next sentence may begin before
        self._ends = 0
        self._crashes = 0
        #: sound that no final text answers yet
        self._unheard: list[NDArray[np.int16]] = []

    @property
    def process_id(self) -> int | None:
        """Of the process that listens now."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def open(self, listener: Listener) -> None:
        """Start the process; `ready` or `error` follows."""
        with self._lock:
            if self._listener is None:
                self._listener = listener
                self._launch()

    def _launch(self) -> None:
        # Spawned, not forked: the parent has Qt's threads.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._choice), name="nocturne-speech", daemon=True
        )
        process.start()
        theirs.close()
        self._pipe, self._process = ours, process
        self._outgoing = queue.SimpleQueue()
        self._sender = threading.Thread(
            target=_pump, args=(ours, self._outgoing), name="engine-sender", daemon=True
        )
        self._reader = threading.Thread(
            target=self._read, args=(ours,), name="engine-outbox", daemon=True
        )
        self._sender.start()
        self._send(PHRASES, self._phrases)
        self._reader.start()

    def _send(self, *message: Any) -> None:
        # Never here: while the engine loads or hangs its pipe is full after seconds of sound, and
        # who speaks is the Qt thread.
        if self._pipe is not None:
            self._outgoing.put(message)

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier from the next utterance on."""
        with self._lock:
            self._phrases = tuple(phrases)
            self._send(PHRASES, self._phrases)

    def start(self) -> None:
        """Sound follows."""
        with self._lock:
            if self._listener is None or self._pipe is None:
                raise SpeechUnavailable(
                    "The speech engine is not running.", remedy="Type, or restart Nocturne."
                )
            if not self._ends:
                self._unheard.clear()
            self._started, self._stopping = True, False
            self._send(BEGIN)

    def feed(self, samples: NDArray[np.int16]) -> None:
        """16 kHz, one channel."""
        with self._lock:
            if self._started and not self._stopping:
                self._unheard.append(samples.copy())
                self._send(SOUND, samples.tobytes())

    def stop(self) -> None:
        """Write what was said to the end."""
        with self._lock:
            if self._started and not self._stopping:
                self._stopping = True
                self._ends += 1
                self._send(END)

    def cancel(self) -> None:
        """Forget what is under way."""
        with self._lock:
            if self._started:
                self._stopping = True
                self._ends += 1
                self._unheard.clear()
                self._send(FORGET)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            process, pipe = self._process, self._pipe
            sender, reader = self._sender, self._reader
            self._process = self._pipe = None
            self._outgoing.put(None)
        if process is not None:
            # First: a sender that waits for room in the pipe ends with it.
            process.kill()
            process.join(5)
        if pipe is not None:
            _close(pipe, sender, reader)

    # -- answers, on the thread that reads them ---------------------------------------------

    def _read(self, pipe: Connection) -> None:
        listener = self._listener
        assert listener is not None
        while True:
            try:
                message = pipe.recv()
            except (EOFError, OSError):
                self._gone(pipe, listener)
                return
            if message[0] == "refused":
                self._crashes = 2
                listener.error(SpeechUnavailable(message[1], means=message[2], remedy=message[3]))
            else:
                self._deliver(message, listener)

    def _deliver(self, message: tuple[Any, ...], listener: Listener) -> None:
        kind = message[0]
        if kind == "ready":
            listener.ready(message[1])
        elif kind == "partial":
            listener.partial(message[1])
        elif kind == "final":
            self._heard(message[1], np.frombuffer(message[2], np.int16), listener)
        elif kind == "ended":
            with self._lock:
                self._ends -= 1
                if not self._ends and self._stopping:
                    self._started = False
                    self._unheard.clear()
            listener.ended()

    def _heard(self, heard: Heard, sound: NDArray[np.int16], listener: Listener) -> None:
        with self._lock:
            self._forget_until(sound)
        listener.final(heard, sound)

    def _forget_until(self, sound: NDArray[np.int16]) -> None:
        """Drop what this utterance held: what follows its last samples is still unheard."""
        whole = np.concatenate(self._unheard) if self._unheard else np.empty(0, np.int16)
        tail = sound[-1600:].tobytes()
        at = whole.tobytes().find(tail)
        kept = whole[at // 2 + len(tail) // 2 :] if at >= 0 else whole[:0]
        self._unheard[:] = [kept] if len(kept) else []

    def _gone(self, pipe: Connection, listener: Listener) -> None:
        with self._lock:
            if self._closed or pipe is not self._pipe:
                return
            self._crashes += 1
            self._outgoing.put(None)
            self._process.join(1)
            _close(pipe, self._sender)
            again = self._crashes == 1
            sound = list(self._unheard)
            stopping, started = self._stopping, self._started
            # What was heard before the crash is one stretch now, with at most one end.
            answered = self._ends - (1 if again and stopping and started else 0)
            self._ends -= answered
            if again:
                self._choice = self._choice.after_a_crash
                self._launch()
                if started:
                    self._send(BEGIN)
                    for each in sound:
                        self._send(SOUND, each.tobytes())
                    if stopping:
                        self._send(END)
            else:
                self._pipe = self._process = None
                self._started = False
        listener.error(self._crash_words(again, self._choice.ladder[0].label))
        if not again and started and sound:
            listener.lost(np.concatenate(sound))
        if not again and started and not stopping:
            answered += 1
        for _ in range(answered):
            listener.ended()

    @staticmethod
    def _crash_words(again: bool, label: str) -> ReaderError:
        if again:
            return SpeechUnavailable(
                "The speech engine crashed.",
                means=f"It was started again with {label} and hears the last words again.",
                remedy="Look at what it writes.",
            )
        return SpeechUnavailable(
            "The speech engine crashed again.",
            means="Dictation has ended; the sound of the last words is kept.",
            remedy="Type on, or restart Nocturne to dictate.",
        )
