"""The words that a reader added: one a line in a file of the home folder, to be edited by hand."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from workstation.domain.errors import ReaderError


class WordsDamaged(ReaderError):
    """The file of own words cannot be read or written; the sentence says why."""


class OwnWords:
    """Sole owner of the file. Callable from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def read(self) -> frozenset[str]:
        """All of them; WordsDamaged where the file cannot be read."""
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return frozenset()
        except (OSError, UnicodeDecodeError) as error:
            raise WordsDamaged(
                f"Your own words in {self._path.name} cannot be read: {error}.",
                means="They are marked as unknown until the file is right.",
                remedy="Mend or remove the file; it holds one word a line.",
            ) from error
        return frozenset(word for line in lines if (word := line.strip()))

    def add(self, word: str) -> None:
        """On the disk when it returns; WordsDamaged where it cannot be."""
        with self._lock:
            held = self.read()
            if word in held:
                return
            fresh = self._path.with_suffix(".new")
            try:
                text = "".join(f"{each}\n" for each in sorted({*held, word}, key=str.lower))
                fresh.write_text(text, encoding="utf-8")
                os.replace(fresh, self._path)
            except OSError as error:
                raise WordsDamaged(
                    f"“{word}” could not be kept: {error.strerror}.",
                    remedy="Make room on the disk and add it again.",
                ) from error
