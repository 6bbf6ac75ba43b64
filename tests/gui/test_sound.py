"""Sound is asked for when somebody dictates, and not before: reading must not depend on it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication

from workstation.domain.dictation import SoundRefused
from workstation.ui.dictation.microphone import Microphone

WINDOW = """
import sys
import workstation.ui.desk
assert "PySide6.QtMultimedia" not in sys.modules
"""


def test_the_window_is_built_without_the_sound_library() -> None:
    done = subprocess.run([sys.executable, "-c", WINDOW], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_system_without_a_sound_library_says_what_to_install(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in the table of modules makes every import of that name fail (importlib).
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    microphone = Microphone()
    with pytest.raises(SoundRefused) as refused:
        microphone.start()
    assert "libpulse0" in refused.value.remedy
