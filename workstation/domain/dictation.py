"""What was heard, what was made of it, and what was changed on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from workstation.domain.errors import ReaderError

#: Samples per second of everything that is heard; one channel, 16 bit signed.
SAMPLE_RATE = 16_000

#: A word heard with less than this is marked for the reader to look at.
LOW_CONFIDENCE = 0.3


class SpeechUnavailable(ReaderError):
    """No engine can listen: nothing installed, damaged models, a crash."""


class SoundRefused(ReaderError):
    """A sound file, or a microphone, that cannot be used."""


class PhrasesRefused(ReaderError):
    """A reader's own file of phrases that cannot be read."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word as the engine wrote it; `confidence` from 0 to 1.

    `original` holds what was heard where a correction put this word; `unknown` marks a word that
    is neither ordinary nor of a phrase: an engine invents such words with full confidence.
    `doubted` marks one on which the sense turns and that is not sure enough for it.
    """

    text: str
    confidence: float
    original: str = ""
    unknown: bool = False
    doubted: bool = False

    def __post_init__(self) -> None:
        if not self.text or any(each.isspace() for each in self.text):
            raise ValueError("a heard word is one word")
        if not (math.isfinite(self.confidence) and 0.0 <= self.confidence <= 1.0):
            raise ValueError("a confidence lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine made of one stretch of sound, before any writing rule."""

    words: tuple[HeardWord, ...]
    #: length of the sound
    seconds: float
    engine: str

    def __post_init__(self) -> None:
        if not self.engine or not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ValueError("what was heard has an engine and a length")

    @property
    def text(self) -> str:
        """The words with spaces between them."""
        return " ".join(word.text for word in self.words)

    def followed_by(self, other: Heard) -> Heard:
        """Both as one, in this order."""
        return Heard(self.words + other.words, self.seconds + other.seconds, other.engine)


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """One word of the text that lands in the report: `start` and `end` in its characters.

    `original` holds what was heard where a correction wrote something else.
    """

    start: int
    end: int
    confidence: float
    original: str = ""
    unknown: bool = False
    doubted: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a written word has a place")
        if not (math.isfinite(self.confidence) and 0.0 <= self.confidence <= 1.0):
            raise ValueError("a confidence lies between 0 and 1")

    @property
    def doubtful(self) -> bool:
        """Whether the reader should look at it."""
        unsure = self.unknown or self.doubted or self.confidence < LOW_CONFIDENCE
        return unsure and not self.original


@dataclass(frozen=True, slots=True)
class Dictated:
    """The text that would land in the report, with the place of each word in it."""

    text: str
    words: tuple[WrittenWord, ...] = field(default=())

    def __post_init__(self) -> None:
        last = 0
        for word in self.words:
            if word.start < last or word.end > len(self.text):
                raise ValueError("the words of a dictated text stand in it, in order")
            last = word.end

    def word(self, which: WrittenWord) -> str:
        """The letters of one of its words."""
        return self.text[which.start : which.end]

    @property
    def corrections(self) -> tuple[WrittenWord, ...]:
        """What was written other than it was heard."""
        return tuple(word for word in self.words if word.original)


@dataclass(frozen=True, slots=True)
class SpokenCommand:
    """A command that was said: its id in the table of commands, and what it was given by name."""

    command: str
    argument: str = ""

    def __post_init__(self) -> None:
        if not self.command:
            raise ValueError("a spoken command is one of the table")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of dictation of one report. `written`: its text has reached the editor."""

    identifier: str
    study_instance_uid: str
    heard: Heard
    spoken_at: datetime
    written: bool = False

    def __post_init__(self) -> None:
        if not self.identifier or not self.study_instance_uid:
            raise ValueError("an utterance has an identifier and a study")
        if self.spoken_at.tzinfo is None:
            raise ValueError("the time of an utterance names its zone")
