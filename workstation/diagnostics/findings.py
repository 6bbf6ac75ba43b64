"""The findings of `nocturne doctor`: each a sentence with a remedy."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workstation.imaging import halving, lut, reslice
from workstation.imaging.display_profile import measured
from workstation.settings import Home, Settings, SettingsDamaged, resources

#: Libraries that Qt loads and that a bare Debian lacks: library → package.
_LIBRARIES = {
    "glib-2.0": "libglib2.0-0",
    "GL": "libgl1",
    "EGL": "libegl1",
    "xkbcommon": "libxkbcommon0",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
}
_PACKAGES = ("PySide6-Essentials", "numpy", "pydicom", "imagecodecs", "highdicom", "SimpleITK")
_ENOUGH_BYTES = 5 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` is False for what the reader should act on."""

    name: str
    ok: bool
    words: str
    remedy: str = ""


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        "Python", sys.version_info >= (3, 11), f"Python {version}", "Install Python 3.11 or newer."
    )


def _packages() -> Finding:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(
            "Packages",
            False,
            f"Missing: {', '.join(missing)}.",
            "Run sh installer/demo.sh, which installs the locked requirements.",
        )
    return Finding("Packages", True, ", ".join(found))


def _libraries() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("Libraries", True, "Nothing is needed on this system.")
    missing = [
        package for name, package in _LIBRARIES.items() if ctypes.util.find_library(name) is None
    ]
    if missing:
        return Finding(
            "Libraries",
            False,
            f"Qt cannot open a window without {', '.join(missing)}.",
            f"apt-get install {' '.join(missing)}",
        )
    return Finding("Libraries", True, "All that Qt needs is here.")


def _display() -> Finding:
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not sys.platform.startswith("linux") or shown:
        return Finding("Display", True, "There is a display.")
    return Finding(
        "Display",
        False,
        "There is no display: no window can open.",
        "Log in to a desktop, or run sh installer/demo.sh for the guided tour without one.",
    )


def _kernel() -> Finding:
    if all(each.has_kernel() for each in (reslice, lut, halving)):
        return Finding("Reslicing", True, "The compiled kernels are used.")
    return Finding(
        "Reslicing",
        False,
        "SimpleITK reslices, OpenCV shrinks and applies windows: right, and slower.",
        "Install a C compiler and the Python headers, then install Nocturne again.",
    )


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.root).free
    words = f"{free / (1 << 30):.0f} GB free in the home folder"
    return Finding("Disk", free >= _ENOUGH_BYTES, words, "Free at least 5 GB: a CT takes 1 GB.")


def _writable(home: Home) -> Finding:
    allowed = os.access(home.root, os.W_OK)
    return Finding(
        "Home folder",
        allowed,
        "It can be written." if allowed else "It cannot be written.",
        "Choose another one with --home DIR.",
    )


def _encryption() -> Finding:
    return Finding(
        "Encryption",
        False,
        "Studies, drafts and reports lie unencrypted in the home folder.",
        "Keep the home folder on an encrypted disk.",
    )


def _settings(home: Home) -> Finding:
    try:
        settings = Settings(home.settings_file)
    except SettingsDamaged as error:
        return Finding("Settings", False, str(error), "Mend or remove settings.json.")
    count = len(settings.services())
    if count == 0:
        return Finding(
            "Services",
            False,
            "No reading service is configured.",
            "Add one to settings.json, or run nocturne demo.",
        )
    return Finding("Services", True, f"{count} reading service{'s' if count > 1 else ''}.")


def _grey(home: Home) -> Finding:
    """Whether equal steps of grey look equal (PS3.14)."""
    try:
        profile = measured(Settings(home.settings_file))
    except SettingsDamaged as error:
        return Finding("Grey display", False, str(error), "Measure the display again.")
    if profile is None:
        return Finding(
            "Grey display",
            True,
            "The display was not measured: grey is left to it, and not shown by the standard"
            " display function (GSDF) unless the display does that itself.",
        )
    low, high = profile.luminance(np.array((0.0, 255.0)))
    return Finding(
        "Grey display",
        True,
        f"Grey is shown by the standard display function, from {low:.2f} to {high:.0f} cd/m²"
        " with the ambient light.",
    )


def _resources() -> Finding:
    folder: Path = resources()
    missing = [
        name
        for name in ("fonts", "templates", "macros", "calculators", "themes", "hanging", "presets")
        if not any((folder / name).glob("*"))
    ]
    if missing:
        return Finding(
            "Resources", False, f"Missing: {', '.join(missing)}.", "Install Nocturne again."
        )
    return Finding("Resources", True, "Fonts, templates, themes and protocols are here.")


def examine(home: Home) -> tuple[Finding, ...]:
    """Everything that can be looked at without a window or a network."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _packages,
        _libraries,
        _display,
        _kernel,
        _resources,
        lambda: _writable(home),
        lambda: _disk(home),
        lambda: _settings(home),
        lambda: _grey(home),
        _encryption,
    )
    return tuple(check() for check in checks)
