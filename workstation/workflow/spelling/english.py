"""The American English dictionary of SCOWL, as spylls brings it (resources/decisions/0018)."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Dictionary(Protocol):
    """A dictionary of plain language."""

    def lookup(self, word: str) -> bool:
        """Whether it holds the word, with the capital that the language wants."""
        ...

    def suggest(self, word: str) -> Iterator[str]:
        """Words that may have been meant."""
        ...


@functools.cache
def english() -> Dictionary:
    """Read it, once: some tenths of a second. Not on the Qt thread."""
    import spylls.hunspell
    from spylls.hunspell import Dictionary as Hunspell
    from spylls.hunspell.readers import FileReader, read_aff, read_dic

    class Whole(FileReader):  # type: ignore[misc] # the package has no types
        """Reads a file as a whole: the reader of the package leaves its files open."""

        def _open(self, path: str, encoding: str) -> io.StringIO:
            held = Path(path).read_bytes().decode(encoding, "surrogateescape")
            return io.StringIO(held, newline=None)

    stem = Path(spylls.hunspell.__file__).parent / "data" / "en" / "en_US"
    affixes, context = read_aff(Whole(f"{stem}.aff"))
    words = read_dic(Whole(f"{stem}.dic", context.encoding), aff=affixes, context=context)
    made: Dictionary = Hunspell(affixes, words)
    return made
