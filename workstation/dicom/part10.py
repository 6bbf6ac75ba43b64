"""Part 10 objects read tolerantly: no preamble, no meta information, wrong lengths (PS3.10 7).

The header is read up to the pixel data and never further: where the pixels lie is noted, so that
one frame of a large object is read without the others.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.tag import BaseTag
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, UID

from workstation.dicom import attributes
from workstation.dicom.elements import LONG, PIXELS, UNDEFINED, VRS, ElementWalk
from workstation.domain.errors import NotDicom

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
#: GE's private syntax: an implicit little endian header, big endian native pixels.
GE_IMPLICIT_BIG = "1.2.840.113619.5.2"

#: Nothing larger is read as one object, and no deflated object may grow beyond it.
MAXIMUM_BYTES = 4 << 30
MAXIMUM_INFLATED = 1 << 30

_BROKEN = "The header is broken: it cannot be read to its end."
_AGAIN = "Ask the site to send it again."


MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


class MediaDirectory(NotDicom):
    """A DICOMDIR: a table of contents (PS3.10 8), which is no instance and is not counted."""


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where pixel data lie in the body; `length` None is an encapsulation (PS3.5 A.4)."""

    keyword: str
    offset: int
    length: int | None
    vr: str = ""


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2048)


class Body:
    """The bytes of an object after inflation, in memory or still in their file."""

    def __init__(self, held: bytes | Path) -> None:
        self._held = held
        # The first bytes are asked for many times, element by element.
        self._head = b"" if isinstance(held, bytes) else _first_bytes(held)
        self.size = len(held) if isinstance(held, bytes) else held.stat().st_size

    @property
    def content(self) -> bytes | None:
        """All of it, where it is in memory."""
        return self._held if isinstance(self._held, bytes) else None

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` on; fewer at the end."""
        if isinstance(self._held, bytes):
            return self._held[offset : offset + length]
        if offset + length <= len(self._head):
            return self._head[offset : offset + length]
        with self._held.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def view(self, offset: int, length: int) -> bytes | memoryview:
        """As `read`, without a copy where the bytes are in memory."""
        if isinstance(self._held, bytes):
            return memoryview(self._held)[offset : offset + length]
        return self.read(offset, length)

    def open(self) -> BinaryIO:
        """A stream over all bytes."""
        return io.BytesIO(self._held) if isinstance(self._held, bytes) else self._held.open("rb")


@dataclass(frozen=True, slots=True, eq=False)
class Part10:
    """A header and where its pixels lie. `truncated` when the header itself ends early."""

    dataset: Dataset
    transfer_syntax_uid: str
    pixels: PixelElement | None
    body: Body
    truncated: bool
    media_sop_class_uid: str = ""
    media_sop_instance_uid: str = ""
    repairs: tuple[str, ...] = ()


def has_preamble(head: bytes) -> bool:
    """Whether 132 bytes begin a Part 10 file."""
    return len(head) >= 132 and head[128:132] == b"DICM"


def starts_dataset(head: bytes) -> bool:
    """Whether an element of group 0002 or 0008 begins here, in either byte order."""
    if len(head) < 8:
        return False
    little, big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    return little in (0x0002, 0x0008) or big == 0x0008


def _start(head: bytes) -> int | None:
    if has_preamble(head):
        # "DICM" may stand by chance in the data of an object that has no preamble.
        if starts_dataset(head[132:]) or not starts_dataset(head):
            return 132
        return 0
    return 0 if starts_dataset(head) else None


def _meta(body: Body, start: int) -> tuple[int, dict[int, str]]:
    """(offset of the data set, UIDs of group 0002 by element). The group length is not believed:
    it is often wrong; the group ends where another begins (PS3.10 7.1)."""
    position = start
    found: dict[int, str] = {}
    while True:
        head = body.read(position, 12)
        if len(head) < 8 or head[:2] != b"\x02\x00":
            return position, found
        element, vr, short = struct.unpack("<H2sH", head[2:8])
        position += 8
        length = short
        if vr in LONG:
            if len(head) < 12:
                return position, found
            length = struct.unpack("<L", head[8:12])[0]
            position += 4
        elif vr not in VRS:
            length = struct.unpack("<L", head[4:8])[0]
        if vr == b"UI" or (vr not in VRS and element in (0x02, 0x03, 0x10)):
            written = body.read(position, min(length, 128))
            found[element] = written.decode("ascii", "replace").strip("\0 ")
        position += length


def declared_syntax(content: bytes) -> str:
    """The transfer syntax that the meta information names; empty where it names none."""
    body = Body(content)
    start = _start(body.read(0, 140))
    return "" if start is None else _meta(body, start)[1].get(0x10, "")


def _encoding(head: bytes, declared: str) -> tuple[bool, bool]:
    """(implicit VR, little endian) as the first element is written, whatever is declared."""
    if len(head) < 8:
        return declared in ("", IMPLICIT), declared != BIG_ENDIAN
    little = not (head[0] == 0 and head[1] in (0x08, 0x04, 0x10))
    return head[4:6] not in VRS, little


def _inflate(body: Body, offset: int) -> bytes:
    held = body.read(offset, body.size)
    for window in (-zlib.MAX_WBITS, zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            made = inflater.decompress(held, MAXIMUM_INFLATED)
        except zlib.error:
            continue
        if inflater.unconsumed_tail:
            raise NotDicom(f"The object inflates to more than {MAXIMUM_INFLATED >> 20} MB.")
        return made
    raise NotDicom("The deflated data set is broken.", remedy=_AGAIN)


def open_object(source: bytes | Path, only: Sequence[int] = ()) -> Part10:
    """Read the header of an object; NotDicom where nothing of it can be used.

    `only` these tags are kept where some are given: the others are passed over.
    """
    try:
        body = Body(source)
        if body.size > MAXIMUM_BYTES:
            raise NotDicom(f"The object is larger than {MAXIMUM_BYTES >> 30} GB.")
        start = _start(body.read(0, 140))
        if start is None:
            raise NotDicom("This is no DICOM object.", remedy=_AGAIN)
        offset, uids = _meta(body, start)
        declared = uids.get(0x10, "")
        if declared == DEFLATED:
            body, offset = Body(_inflate(body, offset)), 0
    except OSError as error:
        raise NotDicom(f"The file cannot be read: {error.strerror}.") from error
    if uids.get(0x02) == MEDIA_STORAGE_DIRECTORY:
        raise MediaDirectory("This is a DICOMDIR: a table of contents, not an image.")
    implicit, little = _encoding(body.read(offset, 8), declared)
    written = IMPLICIT if implicit else EXPLICIT if little else BIG_ENDIAN
    repairs = []
    if not declared:
        repairs.append("The object does not say how it is encoded: it was recognised.")
    elif declared in (IMPLICIT, EXPLICIT, BIG_ENDIAN) and declared != written:
        repairs.append("The object is encoded otherwise than it says: it was recognised.")
        declared = written
    with attributes.quiet(repairs):
        dataset, pixels, truncated = _elements(body, offset, (implicit, little), only)
    if not only and not any(tag >> 16 in (0x0008, 0x0020, 0x0028) for tag in dataset.keys()):  # noqa: SIM118
        raise NotDicom("This is no DICOM object: it names nothing.", remedy=_AGAIN)
    if not only:
        repairs += _names_of_the_file(dataset, uids)
    return Part10(
        dataset=dataset,
        transfer_syntax_uid=declared or written,
        pixels=pixels,
        body=body,
        truncated=truncated,
        media_sop_class_uid=uids.get(0x02, ""),
        media_sop_instance_uid=uids.get(0x03, ""),
        repairs=tuple(repairs),
    )


def _names_of_the_file(dataset: Dataset, uids: Mapping[int, str]) -> list[str]:
    """Fill in the UIDs that a data set lacks and its meta information has (PS3.10 7.1); what was
    filled in, in words."""
    said = []
    for element, tag, keyword in (
        (0x02, 0x00080016, "SOPClassUID"),
        (0x03, 0x00080018, "SOPInstanceUID"),
    ):
        # Looked at as it is written: what cannot be read is a matter of whoever asks for it.
        held = dataset.get_item(tag) if tag in dataset else None
        if uids.get(element) and (held is None or not held.value):
            setattr(dataset, keyword, uids[element])
            said.append(f"{keyword} stands in the meta information of the file alone.")
    return said


def with_meta_information(content: bytes) -> bytes:
    """The object as a Part 10 file (PS3.10 7.1): what has a preamble as it is, anything else behind
    a preamble and the meta information that its data set tells. NotDicom where it is none."""
    if has_preamble(content[:132]):
        return content
    part = open_object(content)
    offset, _ = _meta(Body(content), 0)
    sop_class_uid = attributes.text(part.dataset, "SOPClassUID")
    sop_instance_uid = attributes.text(part.dataset, "SOPInstanceUID")
    if not sop_class_uid or not sop_instance_uid:
        raise NotDicom("The object does not say what it is.", remedy=_AGAIN)
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid)
    meta.TransferSyntaxUID = UID(part.transfer_syntax_uid)
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    head = DicomBytesIO()
    write_file_meta_info(head, meta, enforce_standard=True)
    return bytes(128) + b"DICM" + head.getvalue() + content[offset:]


def _elements(
    body: Body, offset: int, encoding: tuple[bool, bool], only: Sequence[int]
) -> tuple[Dataset, PixelElement | None, bool]:
    """All elements before the pixel data. What was read before a broken place is kept.

    `encoding` is whether the VR is implicit and the order little endian.
    """
    truncated = False
    held: dict[BaseTag, Any] = {}
    with body.open() as stream:
        walk = ElementWalk(stream, body.content, offset, encoding, only)
        try:
            for element in walk:
                held[attributes.one_tag(element.tag)] = element
                end = getattr(element, "value_tell", 0) + getattr(element, "length", 0)
                if hasattr(element, "length") and element.length != UNDEFINED and end > body.size:
                    truncated = True
        except MemoryError:
            raise
        except Exception as error:
            if not held and not only:
                raise NotDicom(_BROKEN, remedy=_AGAIN) from error
            truncated = True
    pixels: PixelElement | None = None
    if walk.pixels is not None:
        tag, vr, length = walk.pixels
        pixels = PixelElement(PIXELS[tag], walk.position, length, vr)
    elif not truncated:
        rest = body.size - walk.position
        # Elements that are passed over may end behind the object.
        truncated = rest < 0 or 0 < rest < 8
    dataset = Dataset(held)
    implicit, little = encoding
    dataset.set_original_encoding(implicit, little, _character_sets(dataset))
    return dataset, pixels, truncated


def _character_sets(dataset: Dataset) -> Any:
    named = attributes.value(dataset, "SpecificCharacterSet")
    try:
        return convert_encodings(named)
    except (LookupError, ValueError, TypeError):
        return convert_encodings(None)
