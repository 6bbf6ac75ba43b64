"""Every transfer syntax of the standard (PS3.5 section 10, PS3.6 table A-1) and what is done with
it: which decoder takes it, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Which decoder takes the pixels."""

    NATIVE = "native"
    ENCAPSULATED_NATIVE = "uncompressed fragments"
    JPEG = "JPEG"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HTJ2K = "HTJ2K"
    JPEG_XL = "JPEG XL"
    RLE = "RLE"
    DEFLATED_FRAME = "deflated frames"
    VIDEO = "video"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """One syntax. `reason` says in words why a refused one is."""

    uid: str
    name: str
    family: Family
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.family is Family.REFUSED) != bool(self.reason):
            raise ValueError("a refused syntax has a reason, and no other has one")


_ROOT = "1.2.840.10008.1.2"
_HIERARCHICAL = "no decoder for hierarchical JPEG is kept any more"
_ARITHMETIC = "no decoder for this arithmetic coding is kept any more"
_REFERENCED = "the pixels are not in the object: they lie on another server"
_STREAM = "it is a live stream, which is not stored as an object"
_NO_OBJECT = "it is a way to send objects, not images"

_DECODED: dict[Family, tuple[tuple[str, str], ...]] = {
    Family.NATIVE: (
        ("", "Implicit VR Little Endian"),
        (".1", "Explicit VR Little Endian"),
        (".1.99", "Deflated Explicit VR Little Endian"),
        (".2", "Explicit VR Big Endian"),
    ),
    Family.ENCAPSULATED_NATIVE: ((".1.98", "Encapsulated Uncompressed Explicit VR Little Endian"),),
    Family.JPEG: (
        (".4.50", "JPEG Baseline (Process 1)"),
        (".4.51", "JPEG Extended (Process 2 and 4)"),
        (".4.52", "JPEG Extended (Process 3 and 5)"),
        (".4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)"),
        (".4.54", "JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)"),
        (".4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 and 12)"),
        (".4.56", "JPEG Full Progression, Non-Hierarchical (Process 11 and 13)"),
        (".4.57", "JPEG Lossless, Non-Hierarchical (Process 14)"),
        (".4.70", "JPEG Lossless, Non-Hierarchical, First-Order Prediction"),
    ),
    Family.JPEG_LS: (
        (".4.80", "JPEG-LS Lossless"),
        (".4.81", "JPEG-LS Lossy (Near-Lossless)"),
    ),
    Family.JPEG_2000: (
        (".4.90", "JPEG 2000 (Lossless Only)"),
        (".4.91", "JPEG 2000"),
        (".4.92", "JPEG 2000 Part 2 Multi-component (Lossless Only)"),
        (".4.93", "JPEG 2000 Part 2 Multi-component"),
    ),
    Family.VIDEO: (
        (".4.100", "MPEG2 Main Profile / Main Level"),
        (".4.101", "MPEG2 Main Profile / High Level"),
        (".4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1"),
        (".4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1"),
        (".4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video"),
        (".4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video"),
        (".4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2"),
        (".4.100.1", "Fragmentable MPEG2 Main Profile / Main Level"),
        (".4.101.1", "Fragmentable MPEG2 Main Profile / High Level"),
        (".4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1"),
        (".4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1"),
        (".4.104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video"),
        (".4.105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video"),
        (".4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2"),
        (".4.107", "HEVC/H.265 Main Profile / Level 5.1"),
        (".4.108", "HEVC/H.265 Main 10 Profile / Level 5.1"),
    ),
    Family.JPEG_XL: (
        (".4.110", "JPEG XL Lossless"),
        (".4.111", "JPEG XL JPEG Recompression"),
        (".4.112", "JPEG XL"),
    ),
    Family.HTJ2K: (
        (".4.201", "High-Throughput JPEG 2000 (Lossless Only)"),
        (".4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)"),
        (".4.203", "High-Throughput JPEG 2000"),
    ),
    Family.RLE: ((".5", "RLE Lossless"),),
    Family.DEFLATED_FRAME: ((".8.1", "Deflated Image Frame Compression"),),
}

_REFUSED: tuple[tuple[str, str, str], ...] = (
    (".4.58", "JPEG Lossless, Non-Hierarchical (Process 15)", _ARITHMETIC),
    (".4.59", "JPEG Extended, Hierarchical (Process 16 and 18)", _HIERARCHICAL),
    (".4.60", "JPEG Extended, Hierarchical (Process 17 and 19)", _HIERARCHICAL),
    (".4.61", "JPEG Spectral Selection, Hierarchical (Process 20 and 22)", _HIERARCHICAL),
    (".4.62", "JPEG Spectral Selection, Hierarchical (Process 21 and 23)", _HIERARCHICAL),
    (".4.63", "JPEG Full Progression, Hierarchical (Process 24 and 26)", _HIERARCHICAL),
    (".4.64", "JPEG Full Progression, Hierarchical (Process 25 and 27)", _HIERARCHICAL),
    (".4.65", "JPEG Lossless, Hierarchical (Process 28)", _HIERARCHICAL),
    (".4.66", "JPEG Lossless, Hierarchical (Process 29)", _HIERARCHICAL),
    (".4.94", "JPIP Referenced", _REFERENCED),
    (".4.95", "JPIP Referenced Deflate", _REFERENCED),
    (".4.204", "JPIP HTJ2K Referenced", _REFERENCED),
    (".4.205", "JPIP HTJ2K Referenced Deflate", _REFERENCED),
    (".6.1", "RFC 2557 MIME Encapsulation", _NO_OBJECT),
    (".6.2", "XML Encoding", _NO_OBJECT),
    (".7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video", _STREAM),
    (".7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video", _STREAM),
    (".7.3", "SMPTE ST 2110-30 PCM Digital Audio", _STREAM),
)

SYNTAXES: dict[str, TransferSyntax] = {
    held.uid: held
    for held in (
        *(
            TransferSyntax(_ROOT + tail, name, family)
            for family, names in _DECODED.items()
            for tail, name in names
        ),
        *(
            TransferSyntax(_ROOT + tail, name, Family.REFUSED, reason)
            for tail, name, reason in _REFUSED
        ),
        TransferSyntax(
            "1.2.840.10008.1.20",
            "Papyrus 3 Implicit VR Little Endian",
            Family.REFUSED,
            "the format was withdrawn and nobody writes it",
        ),
        # GE's private syntax: an implicit little endian header, big endian native pixels.
        TransferSyntax("1.2.840.113619.5.2", "Implicit VR Big Endian (GE private)", Family.NATIVE),
    )
}


def is_video(uid: str) -> bool:
    """Whether the pixels are one stream of moving pictures."""
    held = SYNTAXES.get(uid)
    return held is not None and held.family is Family.VIDEO
