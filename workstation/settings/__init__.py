"""Every setting of the program, declared once: its key, type, default, words and range.

The settings page, the generated manual page and the checks read `DECLARATIONS`.
"""

from workstation.settings.declarations import DECLARATIONS, Setting
from workstation.settings.home import Home, resources
from workstation.settings.store import Settings, SettingsDamaged

__all__ = ["DECLARATIONS", "Home", "Setting", "Settings", "SettingsDamaged", "resources"]
