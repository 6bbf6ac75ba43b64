"""Cuts running sound into utterances: speech between silences, at most 12 s long.

Longer stretches make the engine lose words (its training stops there), so that a sentence without
a pause is cut where it is quietest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.dictation import SAMPLE_RATE

#: one decision each 20 ms
_FRAME = SAMPLE_RATE // 50
#: what is kept before the first loud frame: the onset of a word is quiet
_LEAD_FRAMES = 15
_MAX_FRAMES = 12 * 50
#: so much of the quiet behind the last word is certain to hold no sound of it
_TRAIL_FRAMES = 15
#: what is heard ends with so much quiet, as what the models learned from does: with less of it they
#: lose last words (tests/bench)
_HEARD_QUIET_FRAMES = 35
#: the quietest stretch of this length tells how the room sounds
_ROOM_FRAMES = 12
#: in a pause a shorter sound is a click of a key or of the lips, no word
_LEAST_SPEECH_FRAMES = 3
#: where a cut is looked for when nobody pauses
_CUT_FRAMES = 5 * 50
#: speech is this much louder than the quietest second heard lately
_ABOVE_FLOOR_DB = 9.0
_NOTHING = np.empty(0, np.int16)
#: the shortest word takes longer than so many loud frames; an engine invents words for less
_LEAST_WORD_FRAMES = 6
#: nothing below this is speech, however quiet the room
_LEAST_DB = -58.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """`sound` from a little before the first word to the end of the pause behind the last one;
    `words` is what an engine has to hear: the same, with a pause of one length."""

    sound: NDArray[np.int16]
    words: NDArray[np.int16]


class Segmenter:
    """Takes sound as it comes and gives whole utterances.

    `pause_seconds`: how long it must be quiet for an utterance to be over.
    """

    def __init__(self, pause_seconds: float = 0.7) -> None:
        self._pause = max(5, round(pause_seconds * 50))
        self._rest = _NOTHING
        self._frames: list[NDArray[np.int16]] = []
        self._levels: list[float] = []
        self._spoken = 0
        self._quiet = 0
        #: loud frames without a quiet one between them, up to now
        self._loud = 0
        self._recent: list[float] = []

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way."""
        return self._spoken > 0

    @property
    def pending(self) -> NDArray[np.int16]:
        """The utterance under way, as far as it was heard."""
        if not self._spoken:
            return _NOTHING
        return np.concatenate(self._frames)

    @property
    def settled(self) -> NDArray[np.int16] | None:
        """What has to be heard of the utterance under way, if nothing is said any more: known from
        the first moments of a pause on, long before the pause is over."""
        if self._spoken < _LEAST_WORD_FRAMES or self._quiet < _TRAIL_FRAMES:
            return None
        return self._words()

    def holds_speech(self, samples: NDArray[np.int16]) -> bool:
        """Whether somebody speaks in the sound that comes next; nothing is taken from it."""
        whole = len(samples) // _FRAME * _FRAME
        loud = [self._is_speech(_level(frame)) for frame in samples[:whole].reshape(-1, _FRAME)]
        return sum(loud) >= _LEAST_SPEECH_FRAMES

    def feed(self, samples: NDArray[np.int16]) -> list[Stretch]:
        """The utterances that are over with these samples."""
        held = np.concatenate([self._rest, samples])
        count = len(held) // _FRAME
        self._rest = held[count * _FRAME :]
        done = []
        for index in range(count):
            utterance = self._take(held[index * _FRAME : (index + 1) * _FRAME])
            if utterance is not None:
                done.append(utterance)
        return done

    def flush(self) -> Stretch | None:
        """What is left, where it holds speech; the next sound begins a new utterance."""
        found = None
        if self._spoken >= _LEAST_WORD_FRAMES:
            sound = np.concatenate([*self._frames, self._rest])
            found = Stretch(sound, self._words(self._rest))
        self._rest = _NOTHING
        self._begin([], [])
        return found

    def _words(self, rest: NDArray[np.int16] = _NOTHING) -> NDArray[np.int16]:
        """What has to be heard; `rest` is sound of less than a frame behind it."""
        kept = min(self._quiet, _TRAIL_FRAMES)
        at = len(self._frames) - self._quiet + kept
        room = self._room_sound(at, (_HEARD_QUIET_FRAMES - kept) * _FRAME)
        more = [rest] if kept == self._quiet else []
        return np.concatenate([*self._frames[:at], *more, room])

    def _room_sound(self, until: int, samples: int) -> NDArray[np.int16]:
        """The room without a voice, as long as wanted: its quietest stretch to and fro; silence
        where somebody speaks all the time."""
        width = min(_ROOM_FRAMES, until)
        steady = np.convolve(self._levels[:until], np.ones(width), "valid")
        at = int(np.argmin(steady))
        if any(self._is_speech(db) for db in self._levels[at : at + width]):
            return np.zeros(samples, np.int16)
        room = np.concatenate(self._frames[at : at + width])
        return np.resize(np.concatenate([room[::-1], room]), samples)

    def _begin(self, frames: list[NDArray[np.int16]], levels: list[float]) -> None:
        self._frames, self._levels = frames, levels
        loud = [index for index, db in enumerate(levels) if self._is_speech(db)]
        self._spoken = len(loud)
        self._quiet = len(levels) - 1 - loud[-1] if loud else 0
        self._loud = 0

    def _floor(self) -> float:
        return float(np.percentile(self._recent, 10)) if self._recent else -90.0

    def _is_speech(self, db: float) -> bool:
        # Talking without a pause lifts the floor: it never rises so far that speech is lost.
        return db > max(_LEAST_DB, min(self._floor(), -38.0) + _ABOVE_FLOOR_DB)

    def _take(self, frame: NDArray[np.int16]) -> Stretch | None:
        db = _level(frame)
        self._recent.append(db)
        del self._recent[:-250]
        self._frames.append(frame)
        self._levels.append(db)
        self._loud = self._loud + 1 if self._is_speech(db) else 0
        pausing = self._spoken and self._quiet >= _TRAIL_FRAMES
        if self._loud >= (_LEAST_SPEECH_FRAMES if pausing else 1):
            self._spoken += 1
            self._quiet = 0
        elif not self._spoken:
            del self._frames[:-_LEAD_FRAMES], self._levels[:-_LEAD_FRAMES]
            return None
        else:
            self._quiet += 1
        if self._quiet >= self._pause:
            return self._over()
        if len(self._frames) >= _MAX_FRAMES:
            return self._cut()
        return None

    def _over(self) -> Stretch | None:
        found = None
        if self._spoken >= _LEAST_WORD_FRAMES:
            found = Stretch(np.concatenate(self._frames), self._words())
        self._begin(self._frames[-_LEAD_FRAMES:], self._levels[-_LEAD_FRAMES:])
        return found

    def _cut(self) -> Stretch:
        """Split at the quietest fifth of a second of the last seconds."""
        tail = np.convolve(self._levels[-_CUT_FRAMES:], np.ones(10) / 10, "valid")
        at = len(self._levels) - _CUT_FRAMES + int(np.argmin(tail)) + 5
        found = np.concatenate(self._frames[:at])
        self._begin(self._frames[at:], self._levels[at:])
        return Stretch(found, found)


def _level(frame: NDArray[np.int16]) -> float:
    """Mean power in dB below full scale."""
    values = frame.astype(np.float64) / 32768.0
    return 10.0 * float(np.log10(max(float(np.mean(values * values)), 1e-9)))


def split(samples: NDArray[np.int16], pause_seconds: float = 0.7) -> list[Stretch]:
    """The utterances of a whole recording."""
    segmenter = Segmenter(pause_seconds)
    found = segmenter.feed(samples)
    rest = segmenter.flush()
    return [*found, rest] if rest is not None else found
