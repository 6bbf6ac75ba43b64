"""The parts that every screen is made of (picture 12 of the drawings)."""

from workstation.ui.parts.buttons import Button, button, tool
from workstation.ui.parts.fields import Field, choice, field
from workstation.ui.parts.focus_ring import OWN_RING, FocusRing
from workstation.ui.parts.labels import (
    Label,
    Sign,
    badge,
    empty_layout,
    key_cap,
    key_hints,
    label,
    prose,
    section_heading,
    separator,
    sign,
)
from workstation.ui.parts.message_card import MessageCard
from workstation.ui.parts.painting import (
    PriorityLabel,
    ProgressBar,
    paint_bar,
    paint_priority,
    paint_priority_glyph,
    paint_steps,
)

__all__ = [
    "OWN_RING",
    "Button",
    "Field",
    "FocusRing",
    "Label",
    "MessageCard",
    "PriorityLabel",
    "ProgressBar",
    "Sign",
    "badge",
    "button",
    "choice",
    "empty_layout",
    "field",
    "key_cap",
    "key_hints",
    "label",
    "paint_bar",
    "paint_priority",
    "paint_priority_glyph",
    "paint_steps",
    "prose",
    "section_heading",
    "separator",
    "sign",
    "tool",
]
