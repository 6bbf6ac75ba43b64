"""What pedals, dictation microphones and the mouse do: commands of the table, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from workstation.domain.hand_devices import DeviceKey, DevicePress, DeviceRefused
from workstation.settings import Settings

#: When it goes down, and when it goes up.
TALK, COMMAND, LET_GO, STOP = (
    "dictation.talk",
    "dictation.command",
    "dictation.let_go",
    "dictation.stop",
)
_DOWN = {
    DeviceKey.TALK: TALK,
    DeviceKey.COMMAND: COMMAND,
    DeviceKey.STOP: STOP,
    DeviceKey.PLAY: "dictation.replay",
    DeviceKey.REWIND: "dictation.replay",
    DeviceKey.NEXT: "report.next_field",
    DeviceKey.PREVIOUS: "report.previous_field",
}
_UP = {DeviceKey.TALK: LET_GO, DeviceKey.COMMAND: LET_GO}
#: Choices of the settings for the keys F1 to F4 of a device. Nothing here signs.
CHOSEN = {
    "nothing": "",
    "take back the correction": "dictation.revert",
    "take back the sentence": "dictation.scratch",
    "normal statements": "report.normal",
    "insert the measurement": "report.insert",
    "key image": "view.key_image",
    "next series": "view.next_series",
    "previous series": "view.previous_series",
    "show what stands open": "report.checks",
}


class DeviceSource(Protocol):
    """Whatever reads the devices."""

    def start(
        self,
        press: Callable[[DevicePress], None],
        problem: Callable[[DeviceRefused], None],
        /,
    ) -> None: ...
    def stop(self) -> None: ...


class HandDevices:
    """Turns presses into names of commands. Listeners are called on the thread of the source."""

    def __init__(self, source: DeviceSource, settings: Settings) -> None:
        self._source, self._settings = source, settings
        self._running = False
        self._listeners: list[tuple[Callable[[str], None], Callable[[DeviceRefused], None]]] = []
        self._end = settings.listen(self._follow)

    def listen(
        self, command: Callable[[str], None], problem: Callable[[DeviceRefused], None]
    ) -> Callable[[], None]:
        """Be told commands and problems; reading begins with the first who listens."""
        held = (command, problem)
        self._listeners.append(held)
        self._follow("dictation.devices")
        return lambda: self._listeners.remove(held)

    def close(self) -> None:
        """Read no longer."""
        self._end()
        self._running = False
        self._source.stop()

    def _follow(self, key: str) -> None:
        if key != "dictation.devices" or not self._listeners:
            return
        wanted = self._settings.flag("dictation.devices")
        if wanted and not self._running:
            self._source.start(self._pressed, self._problem)
        elif not wanted and self._running:
            self._source.stop()
        self._running = wanted

    def command_of(self, press: DevicePress) -> str:
        """The name of a command, or nothing."""
        if not press.down:
            return _UP.get(press.key, "")
        if press.key in (DeviceKey.F1, DeviceKey.F2, DeviceKey.F3, DeviceKey.F4):
            return CHOSEN[self._settings.text(f"dictation.device_{press.key.value.lower()}")]
        return _DOWN[press.key]

    def _pressed(self, press: DevicePress) -> None:
        command = self.command_of(press)
        if command:
            for told, _ in tuple(self._listeners):
                told(command)

    def _problem(self, problem: DeviceRefused) -> None:
        for _, told in tuple(self._listeners):
            told(problem)
