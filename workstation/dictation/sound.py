"""Sound files to what the engines hear: 16 kHz, one channel, 16 bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workstation.dictation import wav
from workstation.domain.dictation import SAMPLE_RATE


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
    layout, samples = wav.read(path)
    heard = resample(samples.mean(axis=1, dtype=np.float32), layout.rate)
    scaled: NDArray[np.float32] = np.clip(np.rint(heard * 32768.0), -32768, 32767)
    return scaled.astype(np.int16)


def level(samples: NDArray[np.int16]) -> float:
    """Root mean square in dB below full scale; -90 for silence."""
    if not len(samples):
        return -90.0
    power = float(np.mean(np.square(samples.astype(np.float64) / 32768.0)))
    return max(-90.0, 10.0 * float(np.log10(max(power, 1e-12))))
