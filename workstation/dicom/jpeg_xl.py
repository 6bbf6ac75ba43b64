"""What a JPEG XL stream says of itself before it is decoded (ISO/IEC 18181-1 and -2)."""

from __future__ import annotations

_SIGNATURE = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL "
#: Width over height by the three bits of the ratio.
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
#: Bits of a size by its two bits of a selector.
_LENGTHS = (9, 13, 18, 30)


class _Bits:
    """Bits from the lowest of each byte on."""

    def __init__(self, data: bytes) -> None:
        self._held, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count: int) -> int:
        """The next bits as a number; EOFError where there are too few."""
        if count > self._left:
            raise EOFError
        value = self._held & ((1 << count) - 1)
        self._held >>= count
        self._left -= count
        return value


def declared_size(data: bytes) -> tuple[int, int] | None:
    """(rows, columns) of the size header, None where there is none."""
    start = 0
    if data.startswith(_CONTAINER):
        boxes = [data.find(name, len(_CONTAINER)) for name in (b"jxlc", b"jxlp")]
        start = min((found for found in boxes if found >= 0), default=-1)
        start = data.find(_SIGNATURE, start, start + 16) if start >= 0 else -1
    if start < 0 or data[start : start + 2] != _SIGNATURE:
        return None
    bits = _Bits(data[start + 2 : start + 14])
    try:
        small = bits.take(1) == 1
        rows = _length(bits, small)
        ratio = _RATIOS.get(bits.take(3))
        columns = _length(bits, small) if ratio is None else rows * ratio[0] // ratio[1]
    except EOFError:
        return None
    return rows, columns


def _length(bits: _Bits, small: bool) -> int:
    if small:
        return 8 * (bits.take(5) + 1)
    return bits.take(_LENGTHS[bits.take(2)]) + 1
