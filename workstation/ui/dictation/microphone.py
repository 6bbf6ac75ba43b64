"""The microphone through QtMultimedia: 16 kHz, one channel, 16 bit, read as it comes."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QIODevice, QObject, QTimer, Signal

from workstation.domain.dictation import SoundRefused
from workstation.domain.errors import ReaderError
from workstation.ui.dictation.sound import audio_format, multimedia

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QAudioSource, QMediaDevices

#: How often the device is emptied.
_EVERY_MS = 60
#: Seconds without a sample after which a microphone is gone; the first one may take longer.
_PATIENCE, _FIRST_PATIENCE = 4.0, 12.0
_NO_MICROPHONE = "Plug one in, or choose another one in the settings."


def level(samples: np.ndarray) -> float:
    """Root mean square in dB below full scale; -90 for silence."""
    if not len(samples):
        return -90.0
    power = float(np.mean(np.square(samples.astype(np.float64) / 32768.0)))
    return max(-90.0, 10.0 * math.log10(max(power, 1e-12)))


class Microphone(QObject):
    """Starts and stops listening. `heard` carries int16 samples and their level in dB."""

    heard = Signal(object, float)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: QAudioSource | None = None
        self._device: QIODevice | None = None
        self._id = b""
        self._heard_at, self._patience = 0.0, _FIRST_PATIENCE
        self._devices: QMediaDevices | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._read)

    @staticmethod
    def names() -> tuple[str, ...]:
        """The microphones of this machine."""
        inputs = multimedia().QMediaDevices.audioInputs()
        return tuple(str(each.description()) for each in inputs)

    def _chosen(self, wanted: str) -> QAudioDevice:
        devices = multimedia().QMediaDevices
        inputs: list[QAudioDevice] = devices.audioInputs()
        if not inputs:
            raise SoundRefused("This machine has no microphone.", remedy=_NO_MICROPHONE)
        if not wanted:
            default: QAudioDevice = devices.defaultAudioInput()
            return default
        for each in inputs:
            if each.description() == wanted:
                return each
        raise SoundRefused(f"The microphone {wanted} is not plugged in.", remedy=_NO_MICROPHONE)

    def start(self, wanted: str = "") -> None:
        """Begin; SoundRefused with the reason."""
        self.stop()
        device = self._chosen(wanted)
        sound = multimedia()
        if self._devices is None:
            self._devices = sound.QMediaDevices(self)
            self._devices.audioInputsChanged.connect(self._look_at_devices)
        if not device.isFormatSupported(audio_format()):
            raise SoundRefused(
                f"The microphone {device.description()} cannot record 16 kHz.",
                remedy="Choose another one in the settings.",
            )
        source: QAudioSource = sound.QAudioSource(device, audio_format(), self)
        self._source = source
        self._id = bytes(device.id().data())
        # Room for two seconds: a window that is busy for a moment must not cost a word.
        source.setBufferSize(2 * audio_format().bytesForDuration(1_000_000))
        self._device = source.start()
        if self._device is None or source.error() != sound.QtAudio.Error.NoError:
            self._drop()
            raise SoundRefused(
                f"The microphone {device.description()} does not open.",
                remedy="Look whether another program holds it.",
            )
        self._heard_at, self._patience = time.monotonic(), _FIRST_PATIENCE
        self._timer.start()

    def stop(self) -> None:
        """Hand out what is left, and end."""
        if self._source is not None:
            self._read()
            self._drop()

    def _drop(self) -> None:
        self._timer.stop()
        source, self._source, self._device = self._source, None, None
        if source is not None:
            source.stop()
            source.deleteLater()

    def _read(self) -> None:
        if self._device is None or self._source is None:
            return
        raw = bytes(self._device.readAll().data())
        if raw:
            samples = np.frombuffer(raw[: len(raw) // 2 * 2], np.int16)
            self.heard.emit(samples, level(samples))
            # Afterwards: what listens may have been busy for long, which is no silence.
            self._heard_at, self._patience = time.monotonic(), _PATIENCE
        failures = multimedia().QtAudio.Error
        if self._source is not None and self._source.error() in (
            failures.FatalError,
            failures.IOError,
        ):
            self._gone()
        elif self._source is not None and time.monotonic() - self._heard_at > self._patience:
            # A sound server that loses the device tells nobody: the stream just stops (seen with
            # PulseAudio, where Qt's list of devices stays as it was too).
            self._gone()

    def _look_at_devices(self) -> None:
        if self._source is None:
            return
        inputs = multimedia().QMediaDevices.audioInputs()
        if self._id not in {bytes(each.id().data()) for each in inputs}:
            self._gone()

    def _gone(self) -> None:
        self._drop()
        error: ReaderError = SoundRefused(
            "The microphone is gone.",
            means="What was said until then is written.",
            remedy=_NO_MICROPHONE,
        )
        self.failed.emit(error)
