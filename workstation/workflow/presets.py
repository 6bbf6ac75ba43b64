"""Window presets of a modality, in the order of the digit keys for a body part."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from workstation.domain.image import VoiFunction, Window
from workstation.domain.study import DisplaySet
from workstation.settings import resources

#: The unit of presets that are for SUV, of whichever kind.
SUV = "SUV"


@dataclass(frozen=True, slots=True)
class Preset:
    """One named window. `unit` SUV limits it to images whose values are SUV."""

    identifier: str
    title: str
    modality: str
    width: float
    center: float
    unit: str = ""
    #: how it is said beside its title
    spoken: tuple[str, ...] = ()

    def fits(self, shown: DisplaySet) -> bool:
        """Whether the values of a display set are in the preset's unit."""
        if shown.modality != self.modality:
            return False
        return not self.unit or (self.unit == SUV and shown.suv is not None)

    @property
    def window(self) -> Window:
        """The window of a reader, in modality values; one of SUV goes exactly from end to end."""
        if self.unit == SUV:
            return Window(self.center, self.width, VoiFunction.LINEAR_EXACT, self.title)
        return Window.of_reader(self.center, self.width, self.title)


@cache
def _table() -> tuple[dict[str, Preset], tuple[tuple[str, str, tuple[str, ...]], ...]]:
    text = (resources() / "presets" / "windows.toml").read_text(encoding="utf-8")
    held = tomllib.loads(text)
    presets = {
        row["id"]: Preset(
            row["id"],
            row["title"],
            row["modality"],
            float(row["width"]),
            float(row["center"]),
            row.get("unit", ""),
            tuple(row.get("spoken", ())),
        )
        for row in held["preset"]
    }
    orders = tuple(
        (row["modality"], row["body_part"], tuple(row["presets"])) for row in held["order"]
    )
    return presets, orders


def preset(identifier: str) -> Preset:
    """One preset; KeyError for an unknown name."""
    return _table()[0][identifier]


def opening(modality: str, *, in_suv: bool) -> tuple[Preset, bool] | None:
    """(the window, whether inverted) that images of a modality open with, on the screen and by
    `render`; None where their own window counts. Uptake is read dark on white."""
    return (preset("suv5"), True) if modality == "PT" and in_suv else None


def for_display_set(shown: DisplaySet, words: str = "") -> tuple[Preset, ...]:
    """The presets of the keys 2 to 9. `words` are further texts that name the body part."""
    presets, orders = _table()
    text = f"{shown.body_part} {shown.description} {words}".upper()
    for modality, pattern, names in orders:
        if modality == shown.modality and re.search(pattern, text):
            held = [presets[name] for name in names]
            return tuple(each for each in held if each.fits(shown))
    return ()


def titled(title: str, shown: DisplaySet) -> Preset | None:
    """The preset of that title for a display set, or None."""
    held = (each for each in _table()[0].values() if each.title == title and each.fits(shown))
    return next(held, None)


def spoken_titles() -> dict[str, str]:
    """How a preset is said → its title."""
    presets = _table()[0].values()
    return {name: each.title for each in presets for name in (each.title, *each.spoken)}
