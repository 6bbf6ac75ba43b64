"""The tokens of a theme as they stand in `resources/themes/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from workstation.settings import resources


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by name, `#RRGGBB`, and the few sizes that a theme may change.

    Sizes are logical pixels at 96 dpi before the text scale.
    """

    colors: Mapping[str, str]
    focus_ring: int = 2

    def high_contrast(self, brighter: Mapping[str, str], focus_ring: int) -> Tokens:
        """The same theme with brighter text and edges."""
        return replace(self, colors={**self.colors, **brighter}, focus_ring=focus_ring)


#: Colours that stand beside the table of colours in the file.
_ASIDE = (
    "button_rest",
    "button_pressed",
    "scroll_handle",
    "slice_here",
    "banner_edge",
    "danger_edge",
    "orientation_letter",
)


def load(name: str = "dark-room", *, high_contrast: bool = False) -> Tokens:
    """The tokens of `resources/themes/NAME.json`; a missing file is a damaged installation."""
    held = json.loads((resources() / "themes" / f"{name}.json").read_text(encoding="utf-8"))
    colors = {**held["color"], **{key: held[key] for key in _ASIDE}}
    tokens = Tokens(colors, held["size"]["focus_ring"])
    if high_contrast:
        brighter = dict(held["high_contrast"])
        ring = int(brighter.pop("focus_ring"))
        tokens = tokens.high_contrast(brighter, ring)
    return tokens
