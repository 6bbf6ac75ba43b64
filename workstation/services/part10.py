"""The file meta group of a Part 10 object (PS3.10 7.1), read without the data set.

Enough to know whose bytes arrived and in which transfer syntax, at no cost.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from workstation.domain.errors import ServiceAnswerInvalid

_LONG = frozenset({b"OB", b"OW", b"OF", b"SQ", b"UT", b"UN", b"UC", b"UR", b"OD", b"OL", b"OV"})
MAX_META_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileMeta:
    """What the file says it is."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str


def file_meta(content: bytes) -> FileMeta:
    """Group 0002, always Explicit VR Little Endian; ServiceAnswerInvalid where it is none."""
    if content[128:132] != b"DICM":
        raise ServiceAnswerInvalid(
            "The service sent something that is no DICOM file.",
            remedy="It is asked again by itself; tell the site when it stays.",
        )
    found: dict[int, str] = {}
    at, end = 132, min(len(content), MAX_META_BYTES)
    while at + 8 <= end:
        group, tag, vr = struct.unpack_from("<HH2s", content, at)
        if group != 0x0002:
            break
        if vr in _LONG:
            if at + 12 > end:
                break
            length, at = struct.unpack_from("<I", content, at + 8)[0], at + 12
        else:
            length, at = struct.unpack_from("<H", content, at + 6)[0], at + 8
        if at + length > end:
            break
        if vr == b"UI":
            found[tag] = content[at : at + length].decode("ascii", "replace").strip("\0 ")
        at += length
    return FileMeta(found.get(0x0002, ""), found.get(0x0003, ""), found.get(0x0010, ""))


def sop_instance_of(content: bytes) -> str:
    """SOP Instance UID (0008,0018) of the data set, or an empty text where it cannot be read."""
    # pydicom takes longer to import than a first image to arrive: only odd files pay for it.
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(
                io.BytesIO(content), specific_tags=["SOPInstanceUID"], stop_before_pixels=True
            )
            return str(dataset.get("SOPInstanceUID", ""))
    except (InvalidDicomError, ValueError, EOFError, OSError, KeyError, struct.error):
        return ""
