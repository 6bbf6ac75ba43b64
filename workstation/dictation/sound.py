"""Sound files to what the engines hear: 16 kHz, one channel, 16 bit."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workstation.domain.dictation import SAMPLE_RATE, SoundRefused

#: A file longer than this is no dictation of one report.
MAX_SECONDS = 3600.0

_REMEDY = "Give a WAV file: PCM of 8, 16, 24 or 32 bit."


def _samples(raw: bytes, width: int) -> NDArray[np.float32]:
    """Samples from -1 to 1; 8 bit is unsigned in WAV, wider ones signed little-endian."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128.0) / 128.0
    if width == 3:
        bytes_ = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
        whole = bytes_[:, 0] << 8 | bytes_[:, 1] << 16 | bytes_[:, 2] << 24
        return (whole / 2147483648.0).astype(np.float32)
    if width == 2:
        return np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768.0)
    return (np.frombuffer(raw, "<i4") / 2147483648.0).astype(np.float32)


def resample(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """To 16 kHz by a windowed sinc (Hann, 32 zero crossings) below the lower Nyquist frequency."""
    if rate == SAMPLE_RATE or not len(samples):
        return samples
    ratio = SAMPLE_RATE / rate
    cutoff = min(1.0, ratio) * 0.95
    half = int(np.ceil(32 / cutoff))
    count = int(len(samples) * ratio)
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(half + 1, np.float32)])
    made = np.empty(count, np.float32)
    taps = np.arange(-half + 1, half + 1)
    for start in range(0, count, 8192):
        at = np.arange(start, min(start + 8192, count)) / ratio
        base = np.floor(at).astype(np.int64)
        offset = taps[None, :] - (at - base)[:, None]
        weight = cutoff * np.sinc(cutoff * offset) * (0.5 + 0.5 * np.cos(np.pi * offset / half))
        made[start : start + len(at)] = (padded[base[:, None] + taps + half] * weight).sum(axis=1)
    return made


def read_wav(path: Path) -> NDArray[np.int16]:
    """A WAV file at 16 kHz; channels are averaged. SoundRefused with the reason."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if width not in (1, 2, 3, 4) or not 4000 <= rate <= 384_000 or channels < 1:
                raise SoundRefused(f"{path} is of a kind that is not heard.", remedy=_REMEDY)
            if file.getnframes() / rate > MAX_SECONDS:
                raise SoundRefused(
                    f"{path} is longer than an hour.", remedy="Cut it into shorter files."
                )
            raw = file.readframes(file.getnframes())
    except FileNotFoundError as error:
        raise SoundRefused(f"{path} is not there.") from error
    except (wave.Error, EOFError, OSError) as error:
        raise SoundRefused(f"{path} cannot be read as sound: {error}.", remedy=_REMEDY) from error
    whole = len(raw) // (width * channels) * width * channels
    samples = _samples(raw[:whole], width).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    heard = resample(samples.astype(np.float32), rate)
    scaled: NDArray[np.float32] = np.clip(np.rint(heard * 32768.0), -32768, 32767)
    return scaled.astype(np.int16)


def level(samples: NDArray[np.int16]) -> float:
    """Root mean square in dB below full scale; -90 for silence."""
    if not len(samples):
        return -90.0
    power = float(np.mean(np.square(samples.astype(np.float64) / 32768.0)))
    return max(-90.0, 10.0 * float(np.log10(max(power, 1e-12))))
