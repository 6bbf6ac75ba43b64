"""Encapsulated pixel data: which fragments make which frame (PS3.5 A.4, PS3.3 C.7.6.3.1.8)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workstation.dicom.part10 import Body
from workstation.domain.errors import UndecodablePixels

_ITEM = b"\xfe\xff\x00\xe0"
_DELIMITER = b"\xfe\xff\xdd\xe0"
_AGAIN = "Fetch it again, or ask the site to send it again."
#: What a frame's first fragment begins with: JPEG and JPEG-LS, JPEG 2000, its JP2 wrapper.
_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP")
#: More items than this are refused before their table is built.
_MAXIMUM_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Fragment:
    """`start` is the offset of its item tag from the first fragment's; `offset` that of its
    value in the body."""

    start: int
    offset: int
    length: int


class Encapsulation:
    """The frames of one encapsulated Pixel Data element."""

    def __init__(
        self,
        body: Body,
        offset: int,
        frames: int,
        extended: tuple[Sequence[int], Sequence[int]] | None = None,
    ) -> None:
        self._body = body
        self._expected = frames
        self.truncated = False
        table, fragments = self._items(offset)
        self._fragments = fragments
        self.frames = self._assign(table, extended)

    def frame(self, index: int) -> bytes:
        """All bytes of a frame counted from 0; UndecodablePixels where they are not all there."""
        if index >= len(self.frames):
            raise UndecodablePixels(
                f"Broken pixel data: it ends after frame {len(self.frames)} of {self._expected}.",
                remedy=_AGAIN,
            )
        parts = []
        for fragment in self.frames[index]:
            held = self._body.read(fragment.offset, fragment.length)
            if len(held) < fragment.length:
                raise UndecodablePixels(
                    f"Broken pixel data: it ends in the middle of frame {index + 1} of"
                    f" {self._expected}.",
                    remedy=_AGAIN,
                )
            parts.append(held)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def head(self, index: int, length: int) -> bytes:
        """The first bytes of a frame counted from 0, fewer where there are no more."""
        if index >= len(self.frames) or not self.frames[index]:
            return b""
        first = self.frames[index][0]
        return self._body.read(first.offset, min(length, first.length))

    def check_extent(self) -> None:
        """UndecodablePixels where the last frame's bytes are not all there."""
        last = self.frames[-1][-1]
        if len(self.frames) < self._expected or last.offset + last.length > self._body.size:
            self.frame(self._expected - 1)

    def _items(self, offset: int) -> tuple[list[int], list[Fragment]]:
        """(basic offset table, fragments). A missing delimiter at the end is tolerated."""
        head = self._body.read(offset, 8)
        if head[:4] != _ITEM or len(head) < 8:
            raise UndecodablePixels("Broken pixel data: it does not begin with an item.")
        length = struct.unpack("<L", head[4:])[0]
        if length > 4 * _MAXIMUM_ITEMS:
            raise UndecodablePixels("Broken pixel data: its offset table is impossibly long.")
        raw = self._body.read(offset + 8, length)
        table = [int(entry) for entry in np.frombuffer(raw, "<u4", len(raw) // 4)]
        first = offset + 8 + length
        position = first
        found: list[Fragment] = []
        while position + 8 <= self._body.size:
            head = self._body.read(position, 8)
            if head[:4] == _DELIMITER:
                return table, found
            if head[:4] != _ITEM:
                break
            length = struct.unpack("<L", head[4:])[0]
            found.append(Fragment(position - first, position + 8, length))
            if len(found) > _MAXIMUM_ITEMS:
                raise UndecodablePixels("Broken pixel data: it has too many fragments.")
            position += 8 + length
        self.truncated = True
        return table, found

    def _assign(
        self, table: list[int], extended: tuple[Sequence[int], Sequence[int]] | None
    ) -> list[list[Fragment]]:
        fragments, frames = self._fragments, self._expected
        if not fragments:
            raise UndecodablePixels("Broken pixel data: it holds no fragment.", remedy=_AGAIN)
        if frames == 1:
            return [fragments]
        if extended is not None:
            made = self._by_offsets(list(extended[0]))
            if made is not None:
                return [
                    [Fragment(one.start, one.offset, min(one.length, length))]
                    if len(held) == 1
                    else held
                    for held, length in zip(made, extended[1], strict=False)
                    for one in held[:1]
                ]
        if len(fragments) == frames:
            return [[fragment] for fragment in fragments]
        if len(table) == frames:
            made = self._by_offsets(table)
            if made is not None:
                return made
        return self._by_starts()

    def _by_offsets(self, offsets: list[int]) -> list[list[Fragment]] | None:
        """Frames begin where the table says, or None where it cannot be right."""
        starts = {fragment.start for fragment in self._fragments}
        if not offsets or offsets[0] != 0 or sorted(set(offsets)) != offsets:
            return None
        if not self.truncated and not starts.issuperset(offsets):
            return None
        made: list[list[Fragment]] = []
        begins = set(offsets)
        for fragment in self._fragments:
            if fragment.start in begins:
                made.append([])
            made[-1].append(fragment)
        return made

    def _by_starts(self) -> list[list[Fragment]]:
        """Without a table a frame begins where a code stream begins (PS3.5 A.4)."""
        made: list[list[Fragment]] = []
        for fragment in self._fragments:
            head = self._body.read(fragment.offset, 8)
            if not made or head.startswith(_STARTS):
                made.append([])
            made[-1].append(fragment)
        if len(made) == self._expected or (self.truncated and len(made) < self._expected):
            return made
        if self.truncated and len(self._fragments) < self._expected:
            return [[fragment] for fragment in self._fragments]
        raise UndecodablePixels(
            f"Broken pixel data: {len(self._fragments)} fragments for {self._expected} frames, and"
            " nothing tells which belongs to which.",
            remedy=_AGAIN,
        )
