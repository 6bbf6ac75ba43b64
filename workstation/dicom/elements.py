"""The elements of a data set, one after the other (PS3.5 7).

The plain ones, whose VR and length are as the standard writes them, are read here: the toolkit
takes three times as long for each. All others are the toolkit's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, MutableSequence, Sequence
from typing import BinaryIO, cast

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.filereader import data_element_generator
from pydicom.tag import BaseTag
from pydicom.values import convert_string

from workstation.dicom.attributes import one_tag

PIXELS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}
VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR"
    b" US UT UV".split()
)
#: Their length has four bytes (PS3.5 7.1.2).
LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
UNDEFINED = 0xFFFFFFFF

_CHARACTER_SET = 0x00080005
_NAMES = {vr: vr.decode() for vr in VRS}
#: What an element of no length holds, by its VR.
_NOTHING = {
    vr: cast(bytes | None, empty_value_for_VR(vr, raw=True)) for vr in (None, *_NAMES.values())
}
_LENGTH = {little: struct.Struct("<L" if little else ">L").unpack_from for little in (True, False)}
_IMPLICIT = struct.Struct("<HHL").unpack_from
_EXPLICIT = {
    little: struct.Struct("<HH2sH" if little else ">HH2sH").unpack_from for little in (True, False)
}


class ElementWalk:
    """From `offset` on up to the pixel data, where `only` is empty, else these tags alone.

    `encoding` is whether the VR is implicit and the order little endian. `content` is what `stream`
    reads, where it is in memory. After the last element `position` is where it ended, or where
    `pixels` begin: their tag, VR, and length or None.
    """

    def __init__(
        self,
        stream: BinaryIO,
        content: bytes | None,
        offset: int,
        encoding: tuple[bool, bool],
        only: Sequence[int],
    ) -> None:
        self.position = offset
        self.pixels: tuple[int, str, int | None] | None = None
        self._stream, self._content = stream, content
        self._implicit, self._little = encoding
        self._only = [*only]
        self._wanted = {*only, _CHARACTER_SET} if only else None
        #: of the texts within sequences
        self._encoding: str | MutableSequence[str] = default_encoding

    def __iter__(self) -> Iterator[RawDataElement | DataElement]:
        while True:
            if self._content is not None and (self._little or not self._implicit):
                yield from self._plain(self._content)
            if self.pixels is not None:
                return
            element = self._of_toolkit()
            if element is None:
                return
            yield element

    def _plain(self, content: bytes) -> Iterator[RawDataElement]:
        """Elements up to one that is for the toolkit."""
        size, wanted, implicit, little = len(content), self._wanted, self._implicit, self._little
        unpack, unpack_length = _EXPLICIT[little], _LENGTH[little]
        position = self.position
        while position + 8 <= size:
            vr: str | None = None
            start = position + 8
            if implicit:
                group, number, length = _IMPLICIT(content, position)
            else:
                group, number, written, length = unpack(content, position)
                vr = _NAMES.get(written)
                if vr is None:
                    return
                if written in LONG:
                    if start + 4 > size:
                        return
                    length = unpack_length(content, start)[0]
                    start += 4
            tag = group << 16 | number
            if tag in PIXELS:
                self._found(tag, vr, length, start)
                return
            position = start + length
            if length == UNDEFINED or position > size or group == 0xFFFE:
                return
            self.position = position
            if wanted is not None and tag not in wanted:
                continue
            value = content[start:position] if length else _NOTHING[vr]
            if tag == _CHARACTER_SET:
                self._encode(content[start:position])
            yield RawDataElement(one_tag(tag), vr, length, value, start, implicit, little)

    def _of_toolkit(self) -> RawDataElement | DataElement | None:
        """The next element, whatever it is; None at the end and at the pixel data."""
        self._stream.seek(self.position)
        read = data_element_generator(
            self._stream,
            self._implicit,
            self._little,
            lambda tag, vr, length: self._found(tag, vr, length, self._stream.tell()),
            specific_tags=self._only,
            encoding=self._encoding,
        )
        element = next(read, None)
        if element is not None and element.tag == _CHARACTER_SET:
            self._encode(bytes(getattr(element, "value", None) or b""))
        if self.pixels is None:
            self.position = self._stream.tell()
        return element

    def _encode(self, named: bytes) -> None:
        self._encoding = convert_encodings(convert_string(named, self._little))

    def _found(self, tag: int | BaseTag, vr: str | None, length: int, start: int) -> bool:
        """Whether the pixel data begin here."""
        if tag not in PIXELS:
            return False
        self.pixels = (int(tag), vr or "", None if length == UNDEFINED else length)
        self.position = start
        return True
