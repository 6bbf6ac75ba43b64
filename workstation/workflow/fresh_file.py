"""Files that a reader hands out: written whole, never over another one."""

from __future__ import annotations

from pathlib import Path

from workstation.domain.errors import ReaderError
from workstation.settings.own_files import write_whole


class FileNotWritten(ReaderError):
    """There is such a file already, or the disk did not take it."""


def write_fresh(path: Path, content: bytes) -> Path:
    """The content in a file that is not there yet. Not on the Qt thread."""
    if path.exists():
        raise FileNotWritten(
            f"There is a file {path} already.",
            means="Nothing was written.",
            remedy="Choose another name.",
        )
    try:
        write_whole(path, content)
    except OSError as error:
        raise FileNotWritten(
            f"{path} cannot be written: {error.strerror or error}.",
            means="Nothing was written.",
            remedy="Make room on the disk, see to its rights, or choose another folder.",
        ) from error
    return path
