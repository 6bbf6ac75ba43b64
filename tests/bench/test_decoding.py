"""Decoding against dcmtk, as a ratio in one run (DESIGN.md: hold 0.5)."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pytest

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


@pytest.mark.parametrize("name", SYNTAXES)
def test_a_mammogram_decodes_in_half_the_time_of_dcmtk(name: str, tmp_path: Path) -> None:
    syntax, tool, encode = SYNTAXES[name]
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} of Debian's dcmtk is not here")
    pixels = mammogram()
    dataset = make.image(pixels, BitsStored=12, HighBit=11)
    path, out = tmp_path / "mg.dcm", tmp_path / "native.dcm"
    path.write_bytes(make.to_bytes(make.encapsulated(dataset, [bytes(encode(pixels))]), syntax))

    def peer() -> None:
        subprocess.run([tool, str(path), str(out)], check=True, capture_output=True)

    peer()
    np.testing.assert_allclose(
        open_pixels(path).frame(1).astype(int), open_pixels(out).frame(1).astype(int), atol=1
    )
    mine, theirs = fastest(lambda: open_pixels(path).frame(1), peer)
    print(f"{name}: {1000 * mine:.0f} ms, {tool} {1000 * theirs:.0f} ms, {mine / theirs:.2f}")
    assert mine / theirs <= 0.5
