"""QtMultimedia, loaded when sound is first asked for.

It starts threads and asks the system for its devices as soon as it is touched, and where the
system's sound library is missing it cannot even be imported: reading without dictating must not
depend on it.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject

from workstation.domain.dictation import SAMPLE_RATE, SoundRefused

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioFormat, QAudioSink

#: Tones in Hz, one after the other: a rising pair for done, a low one for not understood.
_DONE, _NOT_DONE = (660.0, 990.0), (220.0,)
_TONE_SECONDS, _LOUDNESS = 0.06, 0.12


def multimedia() -> ModuleType:
    """The module; SoundRefused where this system has no sound."""
    try:
        return importlib.import_module("PySide6.QtMultimedia")
    except ImportError as error:
        raise SoundRefused(
            f"This system cannot handle sound ({error}).",
            remedy="Install its sound library (libpulse0 on Debian and Ubuntu), then start again.",
        ) from error


def audio_format() -> QAudioFormat:
    """What the engines hear, and what is played: 16 kHz, one channel, 16 bit."""
    module = multimedia()
    made: QAudioFormat = module.QAudioFormat()
    made.setSampleRate(SAMPLE_RATE)
    made.setChannelCount(1)
    made.setSampleFormat(module.QAudioFormat.SampleFormat.Int16)
    return made


class Player(QObject):
    """Plays one sound at a time; a new one ends the last one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sink: QAudioSink | None = None
        self._buffer: QBuffer | None = None

    def play(self, samples: np.ndarray) -> None:
        """Play int16 samples at 16 kHz; SoundRefused where there is no loudspeaker."""
        module = multimedia()
        device = module.QMediaDevices.defaultAudioOutput()
        if device.isNull():
            raise SoundRefused("This machine has no loudspeaker to play it on.")
        self.stop()
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(samples.tobytes()))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        sink: QAudioSink = module.QAudioSink(device, audio_format(), self)
        self._sink = sink
        sink.start(self._buffer)

    def stop(self) -> None:
        """Silence."""
        sink, self._sink = self._sink, None
        buffer, self._buffer = self._buffer, None
        if sink is not None:
            sink.stop()
            sink.deleteLater()
        if buffer is not None:
            buffer.deleteLater()


def tones(*, done: bool) -> np.ndarray:
    """The samples of a short sign, made by sines that swell and fade so that nothing clicks."""
    length = round(_TONE_SECONDS * SAMPLE_RATE)
    at = np.arange(length) / SAMPLE_RATE
    swell = np.sin(np.pi * np.arange(length) / length)
    parts = [np.sin(2 * np.pi * hertz * at) * swell for hertz in (_DONE if done else _NOT_DONE)]
    return (np.concatenate(parts) * _LOUDNESS * 32767).astype(np.int16)


class Chime:
    """The sign that a spoken command was done, or not."""

    def __init__(self) -> None:
        self._player = Player()

    def play(self, *, done: bool) -> None:
        """Play it. Without a loudspeaker the words under the images tell it alone."""
        try:
            self._player.play(tones(done=done))
        except SoundRefused:
            return
