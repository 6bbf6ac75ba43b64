"""Part 10 objects read tolerantly: no preamble, no meta information, wrong lengths (PS3.10 7)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.errors import NotDicom

#: Nothing larger is read into memory as one object.
MAXIMUM_BYTES = 4 << 30


def has_preamble(head: bytes) -> bool:
    """Whether 132 bytes begin a Part 10 file."""
    return len(head) >= 132 and head[128:132] == b"DICM"


def _transfer_syntax(dataset: Dataset) -> str:
    meta = getattr(dataset, "file_meta", None)
    if meta is not None:
        named = attributes.text(meta, "TransferSyntaxUID")
        if named:
            return named
    encoding = getattr(dataset, "original_encoding", (True, True))
    if encoding[1] is False:
        return "1.2.840.10008.1.2.2"
    return "1.2.840.10008.1.2" if encoding[0] else "1.2.840.10008.1.2.1"


def load(source: io.BytesIO | Path | BinaryIO, *, pixels: bool = True) -> tuple[Dataset, str]:
    """(data set, Transfer Syntax UID); NotDicom where nothing of an object can be read."""
    try:
        with attributes.quiet():
            dataset = pydicom.dcmread(source, stop_before_pixels=not pixels, force=True)
            readable = any(element.tag.group in (0x0008, 0x0020, 0x0028) for element in dataset)
    except MemoryError:
        raise
    except Exception as error:
        raise NotDicom(
            "This is no DICOM object, or its header is broken.",
            remedy="Ask the site to send it again.",
        ) from error
    if not readable:
        raise NotDicom("This is no DICOM object.", remedy="Ask the site to send it again.")
    return dataset, _transfer_syntax(dataset)
