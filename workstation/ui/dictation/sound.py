"""QtMultimedia, loaded when sound is first asked for.

It starts threads and asks the system for its devices as soon as it is touched, and where the
system's sound library is missing it cannot even be imported: reading without dictating must not
depend on it.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from workstation.domain.dictation import SoundRefused


def multimedia() -> ModuleType:
    """The module; SoundRefused where this system has no sound."""
    try:
        return importlib.import_module("PySide6.QtMultimedia")
    except ImportError as error:
        raise SoundRefused(
            f"This system cannot handle sound ({error}).",
            remedy="Install its sound library (libpulse0 on Debian and Ubuntu), then start again.",
        ) from error
