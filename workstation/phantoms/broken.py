"""A CT of the pelvis whose transfer was cut: files that cannot be shown, on purpose.

Not one image of the study can be shown. `truth.json` lists each file with what is wrong with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from workstation.phantoms.objects import Writer, copied, set_plane, set_window, write_ct
from workstation.phantoms.shapes import Field, Grid, grain, paint_ellipsoid, paint_rod

#: What a file can lack: the key in truth.json and its meaning.
TRUNCATED = "pixel data ends early"
NO_PIXELS = "no pixel data"
UNKNOWN_SYNTAX = "unknown transfer syntax"
UNKNOWN_CLASS = "unknown SOP class"

#: A syntax and a class that nobody has registered.
SYNTAX = "1.2.840.10008.1.2.4.999"
SOP_CLASS = "1.2.840.10008.5.1.4.1.1.999.1"


def pelvis(grid: Grid) -> Field:
    """HU of a pelvis: wings, sacrum, hips, bladder."""
    volume = np.full(grid.shape, -1000.0, np.float32)
    paint_ellipsoid(volume, grid, (0, 0, 0), (178, 118, 420), 45, edge=3)
    paint_ellipsoid(volume, grid, (0, 0, 0), (176, 116, 420), -100, edge=3)
    paint_ellipsoid(volume, grid, (0, 6, 0), (152, 96, 400), 52, edge=3)
    paint_ellipsoid(volume, grid, (0, -14, 10), (106, 64, 320), -95, edge=4)
    paint_ellipsoid(volume, grid, (0, -34, -30), (38, 30, 28), 4, edge=3)
    for side in (-1.0, 1.0):
        for part in range(9):
            low = (side * (58 + part * 5), 58 - part * 14, 0.0)
            high = (side * (74 + part * 7), 56 - part * 15, 78.0 - part * 3)
            paint_rod(volume, grid, low, high, (7, 5), 420, only_raise=True)
        paint_ellipsoid(volume, grid, (side * 92, 4, -28), (25, 25, 25), 520, edge=3)
        paint_ellipsoid(volume, grid, (side * 92, 4, -28), (22, 22, 22), 280, edge=3)
        paint_rod(volume, grid, (side * 92, 4, -28), (side * 138, 18, -62), (15, 14), 430)
    paint_ellipsoid(volume, grid, (0, 66, 20), (46, 22, 70), 330, edge=4)
    return volume


def _cut(path: Path, part: float) -> None:
    """Keep the header and `part` of the pixel data, which is the last element."""
    whole = path.read_bytes()
    held = pydicom.dcmread(path)
    pixels = len(held.PixelData)
    path.write_bytes(whole[: len(whole) - round(pixels * (1 - part))])


def write(writer: Writer) -> dict[str, Any]:
    """Three series of truncated images, two images without pixel data, two unknown objects."""
    broken: list[dict[str, str]] = []
    shown = []

    def note(path: Path, reason: str) -> None:
        held = pydicom.dcmread(path, specific_tags=["SOPInstanceUID"], stop_before_pixels=True)
        broken.append(
            {
                "file": path.relative_to(writer.folder).as_posix(),
                "sop_instance_uid": str(held.SOPInstanceUID),
                "reason": reason,
            }
        )

    grid = Grid.around((0, 0, 10), (12, 192, 192), (12.0, 2.0, 2.0))
    volume = pelvis(grid)
    for number, name, kernel, part in (
        (2, "Pelvis 5.0 B31f", "B31f", 0.61),
        (3, "Pelvis 5.0 B60s", "B60s", 0.61),
        (4, "Pelvis 1.0 B60s", "B60s", 0.28),
    ):
        series = writer.image_series(number, name, "CT", after_minutes=number)
        noisy = volume + 14 * grain(volume.shape, 0.8, "pelvis", number)
        windows = [(40.0, 400.0, "PELVIS"), (400.0, 1800.0, "BONE")]
        paths = write_ct(writer, series, noisy, grid, thickness=5, kernel=kernel, windows=windows)
        shown.append({"series_instance_uid": str(series.SeriesInstanceUID), "description": name})
        for path in paths:
            note(path, TRUNCATED)
            _cut(path, part)

    series = writer.image_series(5, "Pelvis COR", "CT", after_minutes=6)
    shown.append({"series_instance_uid": str(series.SeriesInstanceUID), "description": "COR"})
    for number in (1, 2):
        held = copied(series)
        held.ImageType = ["DERIVED", "PRIMARY", "MPR"]
        held.KVP = "120"
        held.AcquisitionNumber = "1"
        held.RescaleIntercept, held.RescaleSlope = "-1024", "1"
        set_plane(held, (-190.0, 3.0 * number, 80.0), (1, 0, 0), (0, 0, -1), (2.0, 2.0), 3.0)
        set_window(held, [(40.0, 400.0, "PELVIS")])
        held.SamplesPerPixel = 1
        held.PhotometricInterpretation = "MONOCHROME2"
        held.Rows, held.Columns = 90, 192
        held.BitsAllocated, held.BitsStored, held.HighBit = 16, 12, 11
        held.PixelRepresentation = 0
        if number == 2:
            held.PixelData = bytes(64)
            held["PixelData"].VR = "OB"
        path = writer.write(held, CTImageStorage, number, syntax=ExplicitVRLittleEndian)
        if number == 2:
            _rename_syntax(path)
        note(path, NO_PIXELS if number == 1 else UNKNOWN_SYNTAX)

    series = writer.image_series(6, "Dose map", "OT", after_minutes=7)
    held = copied(series)
    held.ImageType = ["DERIVED", "SECONDARY"]
    note(writer.write(held, SOP_CLASS, 1), UNKNOWN_CLASS)
    shown.append({"series_instance_uid": str(series.SeriesInstanceUID), "description": "Dose map"})
    return {"series": shown, "broken": broken}


def _rename_syntax(path: Path) -> None:
    """Put an unregistered transfer syntax of the same length into the meta information."""
    whole = path.read_bytes()
    old, new = ExplicitVRLittleEndian.encode(), SYNTAX.encode()
    length = (len(old) + 1) // 2 * 2
    before = b"\x02\x00\x10\x00UI" + length.to_bytes(2, "little")
    start = whole.index(before)
    padded = new + b"\x00" * (len(new) % 2)
    rest = whole[start + len(before) + length :]
    head = bytearray(whole[:start])
    # File Meta Information Group Length (0002,0000) grows by what the name does
    where = 132 + 8
    group = int.from_bytes(head[where : where + 4], "little") + len(padded) - length
    head[where : where + 4] = group.to_bytes(4, "little")
    path.write_bytes(bytes(head) + before[:6] + len(padded).to_bytes(2, "little") + padded + rest)
