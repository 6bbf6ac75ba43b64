"""Which dictation microphones and pedals are known, and what their reports mean.

Vendor and product identifiers, usage pages and bits are those of GoogleChromeLabs/dictation_support
(Apache-2.0). None of it was tried on hardware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.hand_devices import DeviceKey

_PHILIPS, _NUANCE = 0x0911, 0x0554
_VENDOR_PAGE = 0xFFA0
_DESKTOP_PAGE = 0x0001
#: The first byte of a report about buttons; other first bytes tell of motion, radio, versions.
_BUTTON_EVENT = 0x80


class Layout(StrEnum):
    """Where a report holds the bits of the buttons."""

    #: byte 0 is 0x80, the bits are bytes 7 and 8, the lower one first
    EVENT = "event"
    #: the bits are bytes 1 and 2, the lower one first
    WORD = "word"
    #: the bits are byte 0
    BYTE = "byte"


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """One kind of device: `bits` from the number of a bit to the button."""

    name: str
    vendor: int
    product: int
    usage_page: int
    layout: Layout
    bits: Mapping[int, DeviceKey]

    def keys_of(self, report: bytes) -> frozenset[DeviceKey] | None:
        """The buttons that are down; None for a report that is not about buttons, or too short."""
        if self.layout is Layout.BYTE:
            if not report:
                return None
            held = report[0]
        elif self.layout is Layout.WORD:
            if len(report) < 3:
                return None
            held = int.from_bytes(report[1:3], "little")
        else:
            if len(report) < 9 or report[0] != _BUTTON_EVENT:
                return None
            held = int.from_bytes(report[7:9], "little")
        return frozenset(key for bit, key in self.bits.items() if held >> bit & 1)


_F_KEYS = {1: DeviceKey.F1, 2: DeviceKey.F2, 3: DeviceKey.F3, 4: DeviceKey.F4}
#: It has no tab keys: forward goes on in the report.
_SPEECHMIKE = {
    **_F_KEYS,
    5: DeviceKey.COMMAND,
    8: DeviceKey.TALK,
    9: DeviceKey.STOP,
    10: DeviceKey.PLAY,
    11: DeviceKey.NEXT,
    12: DeviceKey.REWIND,
}
_POWERMIC_4 = {
    **_F_KEYS,
    5: DeviceKey.COMMAND,
    8: DeviceKey.TALK,
    10: DeviceKey.PLAY,
    11: DeviceKey.NEXT,
    12: DeviceKey.PREVIOUS,
    13: DeviceKey.REWIND,
}
_POWERMIC_3 = {
    1: DeviceKey.PREVIOUS,
    2: DeviceKey.TALK,
    3: DeviceKey.NEXT,
    4: DeviceKey.REWIND,
    6: DeviceKey.PLAY,
    7: DeviceKey.F1,
    9: DeviceKey.F2,
}
#: A pedal is there to dictate with: the middle one talks, those beside it go through the fields.
_PEDAL = {0: DeviceKey.PREVIOUS, 1: DeviceKey.TALK, 2: DeviceKey.NEXT}

MODELS = (
    *(
        DeviceModel(
            "Philips SpeechMike", _PHILIPS, product, _VENDOR_PAGE, Layout.EVENT, _SPEECHMIKE
        )
        for product in (0x0C1C, 0x0C1D, 0x0C1E, 0x0FA0)
    ),
    DeviceModel("PowerMic 4", _NUANCE, 0x0064, _VENDOR_PAGE, Layout.EVENT, _POWERMIC_4),
    DeviceModel("PowerMic III", _NUANCE, 0x1001, _DESKTOP_PAGE, Layout.WORD, _POWERMIC_3),
    DeviceModel("Philips pedal", _PHILIPS, 0x1844, _DESKTOP_PAGE, Layout.BYTE, _PEDAL),
    DeviceModel("Philips pedal", _PHILIPS, 0x091A, _DESKTOP_PAGE, Layout.BYTE, _PEDAL),
)


def model_of(vendor: int, product: int, usage_page: int) -> DeviceModel | None:
    """The model of one interface of a device; 0 as page where the system does not tell pages."""
    for each in MODELS:
        if (each.vendor, each.product) == (vendor, product) and usage_page in (0, each.usage_page):
            return each
    return None
