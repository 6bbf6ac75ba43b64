"""Decoding against dcmtk, as a ratio in one run (DESIGN.md: hold 0.5)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import imagecodecs
import numpy as np

from tests.bench import holds
from tests.dicom import make
from workstation.dicom.decoding import open_pixels

#: syntax, dcmtk's decoder, encoder
SYNTAXES = {
    "JPEG lossless": (
        "1.2.840.10008.1.2.4.70",
        "dcmdjpeg",
        lambda pixels: imagecodecs.ljpeg_encode(pixels, bitspersample=12),
    ),
    "JPEG-LS": ("1.2.840.10008.1.2.4.80", "dcmdjpls", imagecodecs.jpegls_encode),
    "JPEG 12 bit": (
        "1.2.840.10008.1.2.4.51",
        "dcmdjpeg",
        lambda pixels: imagecodecs.jpeg8_encode(pixels, level=95, bitspersample=12),
    ),
}


def mammogram() -> np.ndarray:
    """2560 x 2048, 12 bits: a breast of smooth tissue with noise, and the black beside it."""
    chance = np.random.default_rng(5)
    smooth = cv2.GaussianBlur(chance.normal(size=(2560, 2048)), (0, 0), 12)
    tissue = 1800 + 1500 * smooth / np.abs(smooth).max() + chance.normal(scale=6, size=smooth.shape)
    rows, columns = np.mgrid[:2560, :2048]
    breast = (rows / 2560 - 0.5) ** 2 / 0.25 + (columns / 1300) ** 2 < 1
    return np.where(breast, np.clip(tissue, 0, 4095), 0).astype(np.uint16)


def fastest(work: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """The shortest of seven runs each, taken in turns so that a load meets both."""
    mine, theirs = [], []
    for _ in range(7):
        for taken, kept in ((work, mine), (peer, theirs)):
            begin = time.perf_counter()
            taken()
            kept.append(time.perf_counter() - begin)
    return min(mine), min(theirs)


def main() -> int:
    """Print the table; 1 where a ratio does not hold."""
    held = True
    for name, (syntax, tool, encode) in SYNTAXES.items():
        if shutil.which(tool) is None:
            print(f"{name}: {tool} of Debian's dcmtk is not here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "mg.dcm", Path(folder) / "native.dcm"
            pixels = mammogram()
            dataset = make.image(pixels, BitsStored=12, HighBit=11)
            encapsulated = make.encapsulated(dataset, [bytes(encode(pixels))])
            path.write_bytes(make.to_bytes(encapsulated, syntax))
            command = [tool, str(path), str(out)]
            mine, theirs = fastest(
                lambda path=path: open_pixels(path).frame(1),  # type: ignore[misc]
                lambda command=command: subprocess.run(  # type: ignore[misc]
                    command, check=True, capture_output=True
                ),
            )
        ratio = mine / theirs
        good = holds.note(name.lower(), ratio, "one thread each")
        held &= good
        mark = "" if good else "  NOT HELD"
        print(f"{name}: {1000 * mine:.0f} ms, {tool} {1000 * theirs:.0f} ms, {ratio:.2f}{mark}")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
