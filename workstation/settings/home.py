"""Where the program keeps what it keeps, and where its resources lie."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


def resources() -> Path:
    """The folder of hanging protocols, templates, presets, fonts, themes.

    Beside the package in a checkout; inside the frozen bundle otherwise.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if bundle else Path(__file__).resolve().parents[2]
    return root / "resources"


def default_home() -> Path:
    """The per-user folder of the platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Nocturne"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Nocturne"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "nocturne"


@dataclass(frozen=True, slots=True)
class Home:
    """One folder that holds everything the program keeps; readable by its owner only."""

    root: Path

    @classmethod
    def at(cls, root: Path | None) -> Home:
        """Create the folder where it is missing (mode 0700) and return it."""
        home = cls((root or default_home()).expanduser().resolve())
        home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return home

    @property
    def settings_file(self) -> Path:
        """The settings, as JSON; holds no secret."""
        return self.root / "settings.json"

    @property
    def database(self) -> Path:
        """Index, drafts, outbox, audit."""
        return self.root / "nocturne.sqlite"

    @property
    def templates(self) -> Path:
        """The reader's own report templates, one TOML file each."""
        return self.root / "templates"

    @property
    def macros(self) -> Path:
        """The reader's own macros."""
        return self.root / "macros.toml"

    @property
    def words(self) -> Path:
        """Words that the reader added to the dictionary, one a line."""
        return self.root / "words.txt"

    @property
    def studies(self) -> Path:
        """The study store."""
        return self.root / "studies"

    @property
    def log_file(self) -> Path:
        """The log: allow-listed fields, never patient data."""
        return self.root / "nocturne.log"
