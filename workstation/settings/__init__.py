"""Every setting of the program, declared once: its key, type, default, words and range.

The settings page, the generated manual page and the checks read `DECLARATIONS`.
"""

from workstation.settings.declarations import DECLARATIONS
from workstation.settings.home import Home, resources
from workstation.settings.setting import EntryField, Setting, Value
from workstation.settings.store import Settings, SettingsDamaged

__all__ = [
    "DECLARATIONS",
    "EntryField",
    "Home",
    "Setting",
    "Settings",
    "SettingsDamaged",
    "Value",
    "resources",
]
