"""Dictation microphones and foot pedals: their buttons, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.errors import ReaderError


class DeviceRefused(ReaderError):
    """A pedal or a dictation microphone that cannot be read, or is gone."""


class DeviceKey(StrEnum):
    """A button, whatever its maker prints on it."""

    TALK = "talk"
    COMMAND = "command"
    STOP = "stop"
    PLAY = "play"
    REWIND = "rewind"
    NEXT = "next"
    PREVIOUS = "previous"
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"


@dataclass(frozen=True, slots=True)
class DevicePress:
    """A button of a device went down, or up."""

    device: str
    key: DeviceKey
    down: bool

    def __post_init__(self) -> None:
        if not self.device:
            raise ValueError("a device has a name")
