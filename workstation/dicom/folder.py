"""A file or a folder as received objects, for the verbs and the folder service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workstation.dicom.part10 import MediaDirectory, has_preamble, starts_dataset
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.domain.errors import NotDicom, ReaderError
from workstation.domain.study import NotShown

_DICOM_SUFFIXES = {".dcm", ".dic", ".ima", ".dicom"}


def files(path: Path) -> Iterator[Path]:
    """The file itself, or all regular files below a folder, in a stable order."""
    if path.is_file():
        yield path
        return
    for found in sorted(path.rglob("*")):
        if found.is_file():
            yield found


def _claims(path: Path, head: bytes) -> bool:
    """Whether a file claims to be DICOM: by its preamble or its name. A DICOMDIR does not."""
    if path.name.upper().startswith("DICOMDIR"):
        return False
    return path.suffix.lower() in _DICOM_SUFFIXES or has_preamble(head)


def scan(path: Path) -> tuple[list[ReceivedObject], list[NotShown]]:
    """(objects, files that should be DICOM and cannot be read); NotDicom for a missing path.

    Files that neither claim to be DICOM nor begin like it are passed over, unless `path` is one.
    """
    if not path.exists():
        raise NotDicom(f"{path} does not exist.", remedy="Check the path.")
    objects: list[ReceivedObject] = []
    unreadable: list[NotShown] = []
    for found in files(path):
        try:
            with found.open("rb") as file:
                head = file.read(140)
        except OSError as error:
            words = f"The file cannot be read: {error.strerror}."
            unreadable.append(NotShown(str(found), "", words, "file", "Check its permissions."))
            continue
        claims = _claims(found, head)
        if not claims and not starts_dataset(head) and found != path:
            continue
        try:
            objects.append(read_object(found))
        except MediaDirectory:
            if found == path:
                raise
        except ReaderError as error:
            if claims:
                unreadable.append(NotShown(str(found), "", error.happened, "file", error.remedy))
            elif found == path:
                raise
    return objects, unreadable
