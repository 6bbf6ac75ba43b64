"""What DESIGN.md holds, and what the parts that ran have measured of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hold:
    """One row: what is measured, by which part, and the limit."""

    part: str
    stage: str
    limit: float
    unit: str = "of the peer's time"
    at_least: bool = False


HOLDS: dict[str, Hold] = {
    "jpeg lossless": Hold("decoding", "mammogram, JPEG lossless, against dcmtk", 0.5),
    "jpeg-ls": Hold("decoding", "mammogram, JPEG-LS, against dcmtk", 0.5),
    "jpeg 12 bit": Hold("decoding", "mammogram, JPEG of 12 bits, against dcmtk", 0.5),
    "volume JPEG lossless": Hold("volume", "500 JPEG lossless slices, against pydicom", 0.35),
    "volume HTJ2K": Hold("volume", "500 HTJ2K slices, against pydicom", 0.35),
    "window 2048": Hold("imaging", "window/level of 2048 x 2048, against memcpy", 1.5),
    "window 4096": Hold("imaging", "window/level of 4096 x 5120, against memcpy", 1.5),
    "plane": Hold("imaging", "oblique plane of 512 x 512, against VTK", 0.6),
    "mip": Hold("imaging", "MIP of 10, against VTK", 0.5),
    "wheel": Hold("imaging", "wheel step of four views, against pyqtgraph", 0.35),
    "wheel in the room": Hold("viewport", "the same with all graphics, in the window", 0.35),
    "first image": Hold("link", "first image at 10 Mbit/s and 80 ms", 1.5, "of the link's time"),
    "whole study": Hold("link", "whole study over that link", 1.1, "of the link's time"),
    "paging": Hold("paging", "slices in time at 60 a second", 0.99, "of 1000", at_least=True),
    "memory": Hold("volume", "2,000 slices read", 2048, "MiB resident"),
    "start": Hold("start", "start to a worklist, warm", 2.0, "s of processor time"),
    "first picture": Hold("paging", "20 megapixels, first picture", 0.3, "s of processor time"),
    "zoom": Hold("paging", "20 megapixels, steps of zoom", 30, "a second", at_least=True),
}

_measured: dict[str, tuple[float, str]] = {}


def note(key: str, value: float, detail: str = "") -> bool:
    """Keep what was measured; whether it holds."""
    _measured[key] = (value, detail)
    return _holds(HOLDS[key], value)


def _holds(hold: Hold, value: float) -> bool:
    return value >= hold.limit if hold.at_least else value <= hold.limit


def table(parts: tuple[str, ...]) -> str:
    """All rows of these parts, with what was not measured here."""
    lines = [f"{'stage':46} {'measured':>9}  {'hold':>7}  {'':22} held"]
    for key, hold in HOLDS.items():
        if hold.part not in parts:
            continue
        limit = f"{'≥' if hold.at_least else '≤'} {hold.limit:g}"
        if key not in _measured:
            lines.append(f"{hold.stage:46} {'–':>9}  {limit:>7}  {hold.unit:22} not measured here")
            continue
        value, detail = _measured[key]
        shown = f"{value:.0f}" if value >= 100 else f"{value:.2f}"
        held = ("yes" if _holds(hold, value) else "NO") + (f"  ({detail})" if detail else "")
        lines.append(f"{hold.stage:46} {shown:>9}  {limit:>7}  {hold.unit:22} {held}")
    return "\n".join(lines)
