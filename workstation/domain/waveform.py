"""Waveforms: channels over time, in millivolts where they are voltages."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class WaveformChannel:
    """One channel; `samples` in `unit`, NaN where the device wrote none."""

    name: str
    samples: NDArray[np.float32]
    unit: str

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or not self.samples.size:
            raise ValueError("a channel is a row of samples")


@dataclass(frozen=True, slots=True, eq=False)
class WaveformGroup:
    """Channels that were sampled together."""

    label: str
    hertz: float
    channels: tuple[WaveformChannel, ...]
    derived: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.hertz) and self.hertz > 0):
            raise ValueError("a sampling frequency is positive")
        if not self.channels:
            raise ValueError("a group has channels")
        if len({channel.samples.size for channel in self.channels}) != 1:
            raise ValueError("the channels of a group are of one length")

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.channels[0].samples.size / self.hertz


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A recording: groups, what the device says of it, and what it measured as (name, value)."""

    title: str
    groups: tuple[WaveformGroup, ...]
    statements: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    filters: str = ""

    def __post_init__(self) -> None:
        if not self.groups:
            raise ValueError("a recording has a group of channels")
