"""Reads dictation microphones and pedals over HID (hidapi), on a thread of its own."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workstation.dictation.hid_tables import DeviceModel, model_of
from workstation.domain.hand_devices import DeviceKey, DevicePress, DeviceRefused

#: How often a device that was plugged in is looked for, in seconds.
_LOOK_SECONDS = 2.0
#: How long one device is waited for while another may have something to tell.
_WAIT_MS = 20
_LONGEST_REPORT = 64
UDEV = (
    'Write KERNEL=="hidraw*", ATTRS{idVendor}=="0911|0554", TAG+="uaccess" into'
    " /etc/udev/rules.d/70-dictation.rules, and plug it in again."
)


class HidDevice(Protocol):
    """An open device of hidapi."""

    def read(self, max_length: int, timeout_ms: int = ..., /) -> Sequence[int]: ...
    def close(self) -> None: ...


class HidPort(Protocol):
    """hidapi, as far as it is used."""

    def enumerate(self) -> Sequence[Mapping[str, Any]]:
        """What is plugged in: path, vendor_id, product_id, usage_page."""
        ...

    def open(self, path: bytes) -> HidDevice:
        """OSError where it cannot be opened."""
        ...


class Hidapi:
    """The real one; imported when it is first asked."""

    def __init__(self) -> None:
        # On Linux the module `hid` would take the device away from the system.
        try:
            self._hid = importlib.import_module("hidraw")
        except ImportError:
            self._hid = importlib.import_module("hid")

    def enumerate(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self._hid.enumerate()
        return found

    def open(self, path: bytes) -> HidDevice:
        device: Any = self._hid.device()
        device.open_path(path)
        opened: HidDevice = device
        return opened


@dataclass(slots=True)
class _Open:
    model: DeviceModel
    device: HidDevice
    down: frozenset[DeviceKey] = field(default_factory=frozenset)


def may_read(path: bytes) -> bool:
    """Whether this user may; paths that are no files (Windows, macOS) are always tried."""
    return not os.path.exists(path) or os.access(path, os.R_OK)


def plugged_in(port: HidPort) -> list[tuple[bytes, DeviceModel]]:
    """The devices of the table that are here."""
    found = []
    for each in port.enumerate():
        model = model_of(each["vendor_id"], each["product_id"], each.get("usage_page", 0))
        if model is not None:
            found.append((bytes(each["path"]), model))
    return found


def refused(model: DeviceModel, path: bytes) -> DeviceRefused:
    """Why a device that is here cannot be read."""
    if not may_read(path):
        return DeviceRefused(
            f"The {model.name} is plugged in, but this user may not read it.",
            means="Its buttons do nothing.",
            remedy=UDEV,
        )
    return DeviceRefused(
        f"The {model.name} does not open.",
        means="Its buttons do nothing.",
        remedy="Look whether another program holds it, or plug it in again.",
    )


class HidReader:
    """Tells presses and problems, on its thread. `start` and `stop` return at once."""

    def __init__(self, port: Callable[[], HidPort] = Hidapi) -> None:
        self._make_port = port
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._open: dict[bytes, _Open] = {}
        self._told: set[bytes] = set()

    def start(
        self, press: Callable[[DevicePress], None], problem: Callable[[DeviceRefused], None]
    ) -> None:
        """Begin to look and to read."""
        if self._thread is not None:
            return
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(press, problem), name="hand-devices", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End; waits for a read that is under way."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set()
            thread.join(5)

    def _run(
        self, press: Callable[[DevicePress], None], problem: Callable[[DeviceRefused], None]
    ) -> None:
        try:
            port = self._make_port()
        except ImportError as error:
            problem(
                DeviceRefused(
                    f"Pedals and dictation microphones cannot be read ({error}).",
                    remedy="Install the package hidapi, then start again.",
                )
            )
            return
        waited = _LOOK_SECONDS
        while not self._stop.is_set():
            if waited >= _LOOK_SECONDS:
                self._look(port, press, problem)
                waited = 0.0
            for path, held in tuple(self._open.items()):
                self._read(path, held, press, problem)
            pause = _WAIT_MS / 1000 if self._open else _LOOK_SECONDS
            if not self._open:
                self._stop.wait(pause)
            waited += pause
        for held in self._open.values():
            held.device.close()
        self._open.clear()

    def _look(
        self,
        port: HidPort,
        press: Callable[[DevicePress], None],
        problem: Callable[[DeviceRefused], None],
    ) -> None:
        here = dict(plugged_in(port))
        self._told &= set(here)
        for path in [path for path in self._open if path not in here]:
            self._gone(path, press, problem)
        for path, model in here.items():
            if path in self._open:
                continue
            try:
                self._open[path] = _Open(model, port.open(path))
            except OSError:
                if path not in self._told:
                    self._told.add(path)
                    problem(refused(model, path))

    def _read(
        self,
        path: bytes,
        held: _Open,
        press: Callable[[DevicePress], None],
        problem: Callable[[DeviceRefused], None],
    ) -> None:
        try:
            report = bytes(held.device.read(_LONGEST_REPORT, _WAIT_MS))
        except (OSError, ValueError):
            self._gone(path, press, problem)
            return
        keys = held.model.keys_of(report) if report else None
        if keys is not None:
            for each in changes(held.model.name, held.down, keys):
                press(each)
            held.down = keys

    def _gone(
        self,
        path: bytes,
        press: Callable[[DevicePress], None],
        problem: Callable[[DeviceRefused], None],
    ) -> None:
        held = self._open.pop(path)
        held.device.close()
        # What was held is let go: a microphone that was pulled out must not go on listening.
        for each in changes(held.model.name, held.down, frozenset()):
            press(each)
        problem(
            DeviceRefused(
                f"The {held.model.name} is gone.",
                means="What was said until then is written.",
                remedy="Plug it in again; it is found by itself.",
            )
        )


def changes(
    device: str, before: frozenset[DeviceKey], now: frozenset[DeviceKey]
) -> tuple[DevicePress, ...]:
    """What went up, then what went down, each in the order of the table of keys."""
    up = [DevicePress(device, key, False) for key in DeviceKey if key in before - now]
    down = [DevicePress(device, key, True) for key in DeviceKey if key in now - before]
    return (*up, *down)
