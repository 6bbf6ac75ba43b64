"""CT of the chest without contrast, now and before: a nodule of the right upper lobe that grew."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.uid import CTImageStorage

from workstation.phantoms import chest
from workstation.phantoms.objects import (
    Writer,
    copied,
    decimal,
    series_truth,
    set_pixels,
    set_plane,
    set_window,
    write_ct,
)
from workstation.phantoms.prior_reports import CT_CHEST, write_report
from workstation.phantoms.shapes import Field, Grid, grain

DIAMETER_MM, PRIOR_DIAMETER_MM = 17.0, 9.0
SOFT = (40.0, 400.0, "MEDIASTINUM")
LUNG = (-600.0, 1500.0, "LUNG")
BONE = (400.0, 1800.0, "BONE")


def _localizer(writer: Writer, volume: Field, grid: Grid) -> None:
    """A frontal scout: mean density along y, coronal plane."""
    picture = volume[::-1].mean(axis=1) * 2.6 + 1150
    picture = np.repeat(picture, 2, axis=0)[:, ::1]
    stored = np.clip(np.rint(picture) + 1024, 0, 4095).astype(np.uint16)
    series = writer.image_series(1, "Topogram", "CT", after_minutes=1)
    held = copied(series)
    held.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    held.KVP = "120"
    held.AcquisitionNumber = "1"
    held.RescaleIntercept = "-1024"
    held.RescaleSlope = "1"
    held.RescaleType = "HU"
    top = grid.position(grid.shape[0] - 1)[2]
    position = (grid.origin[0], 0.0, top)
    spacing = (grid.spacing[0] / 2, grid.spacing[2])
    set_plane(held, position, (1, 0, 0), (0, 0, -1), spacing, None)
    set_window(held, [(0.0, 900.0, "TOPOGRAM")])
    syntax = set_pixels(held, stored, bits=12, compress=True)
    held.ExposureTime = decimal(2500)
    writer.write(held, CTImageStorage, 1, syntax=syntax)


def _noisy(clean: Field, sd: float, sigma: float, *names: object) -> Field:
    """Noise by tiles of 12 slices, rolled so that no slice repeats another in place."""
    tile = grain((12, *clean.shape[1:]), sigma, "ct chest", *names)
    for index, plane in enumerate(clean):
        shift = (37 * (index // 12), 53 * (index // 12))
        plane += np.float32(sd) * np.roll(tile[index % 12], shift, (0, 1))
    return clean


def write(writer: Writer) -> dict[str, Any]:
    """Localizer, thin lung series, 4.5 mm mediastinum series."""
    grid = Grid.around((0, 0, 0), (180, 384, 384), (1.5, 0.94, 0.94))
    clean = chest.build(grid, nodule_mm=DIAMETER_MM)
    _localizer(writer, clean, grid)

    thick_grid = Grid.around((0, 0, 0), (60, 384, 384), (4.5, 0.94, 0.94))
    thick = clean.reshape(60, 3, 384, 384).mean(axis=1)
    soft = writer.image_series(2, "Chest 4.5 B31f", "CT", after_minutes=4)
    noisy = _noisy(thick, 10.0, 0.9, "thick")
    write_ct(
        writer,
        soft,
        noisy,
        thick_grid,
        thickness=4.5,
        kernel="B31f",
        windows=[SOFT, BONE],
        compress=True,
    )

    lung = writer.image_series(3, "Chest 1.5 B50f", "CT", after_minutes=4)
    noisy = _noisy(clean, 22.0, 0.6, "thin")
    write_ct(
        writer, lung, noisy, grid, thickness=1.5, kernel="B50f", windows=[LUNG, SOFT], compress=True
    )
    return {
        "series": [series_truth(soft, thick_grid), series_truth(lung, grid)],
        "nodule": nodule_truth(DIAMETER_MM),
    }


def write_prior(writer: Writer) -> dict[str, Any]:
    """One 4.5 mm series in which the nodule was smaller; the patient lay a little lower."""
    grid = Grid.around((3.0, 5.0, 1.0), (60, 320, 320), (4.5, 1.12, 1.12))
    clean = chest.build(grid, nodule_mm=PRIOR_DIAMETER_MM)
    series = writer.image_series(2, "Chest 4.5 B31f", "CT", after_minutes=4)
    noisy = _noisy(clean, 12.0, 0.8, "prior")
    write_ct(
        writer,
        series,
        noisy,
        grid,
        thickness=4.5,
        kernel="B31f",
        windows=[SOFT, LUNG],
        compress=True,
    )
    write_report(writer, CT_CHEST)
    return {
        "series": [series_truth(series, grid)],
        "nodule": nodule_truth(PRIOR_DIAMETER_MM),
    }


def nodule_truth(diameter: float) -> dict[str, Any]:
    """Where the nodule lies and how large it is."""
    return {
        "center_lps_mm": list(chest.NODULE_CENTER),
        "diameter_mm": diameter,
        "volume_ml": round(np.pi / 6 * diameter**3 / 1000, 4),
        "hu": chest.NODULE_HU,
        "lobe": "right upper",
    }
