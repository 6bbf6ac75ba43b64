"""CT of the head without contrast: a haemorrhage of the left basal ganglia."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from workstation.phantoms import head
from workstation.phantoms.drawn import write_segmentation
from workstation.phantoms.objects import Writer, code, series_truth, write_ct
from workstation.phantoms.shapes import Field, Grid, capsule, grain, soft

BLEED = head.Lesion(
    center=(27.0, 0.0, 8.0),
    semi=(14.0, 21.0, 17.0),
    tissue="blood",
    rim_mm=4.0,
    waviness_mm=1.5,
    shift_mm=4.0,
)
CENTER = (0.0, 0.0, 18.0)

BRAIN = (40.0, 80.0, "BRAIN")
SUBDURAL = (75.0, 215.0, "SUBDURAL")
BONE = (600.0, 2800.0, "BONE")


def hounsfield(grid: Grid, *, bleed: bool = True) -> Field:
    """HU of the head with its rest, without noise."""
    layers = head.build(grid, "ct head", lesion=BLEED if bleed else None, age=0.45)
    volume = layers.compose(head.HOUNSFIELD, -1000.0)
    _, y, _ = at = grid.coordinates()
    # the head rest: a thin shell behind the head, open in front
    shell = np.abs(np.sqrt((at[0] / 98) ** 2 + ((y - 6) / 108) ** 2) - 1) * 100 - 1.2
    rest = soft(np.maximum(shell, 25 - y) + 0 * at[2], 1.5) * np.float32(0.9)
    volume += rest * (np.float32(-150) - volume) * (volume < -300)
    # beam hardening between the petrous bones
    band = soft(capsule(at, (-40, 12, -46), (40, 12, -46), (7, 7)), 9.0)
    volume -= np.float32(9) * band * (volume > -50) * (volume < 120)
    return volume


def write(writer: Writer) -> dict[str, Any]:
    """Thin 1.25 mm and thick 5 mm series; returns the truth."""
    grid = Grid.around(CENTER, (128, 256, 256), (1.25, 0.9, 0.9))
    # by slabs: what fits the cache is drawn in a third of the time
    slabs = [hounsfield(grid.slab(start, start + 8)) for start in range(0, 128, 8)]
    clean = np.concatenate(slabs)
    noise = grain(grid.shape, 0.75, "ct head", "noise")

    thick = clean.reshape(32, 4, 256, 256).mean(axis=1)
    plane = noise.reshape(32, 4, 256, 256).mean(axis=1)
    fine = Grid.around(CENTER, (32, 512, 512), (5.0, 0.45, 0.45))
    enlarged = np.stack(
        [_enlarge(a) + 7.5 * _enlarge(b) for a, b in zip(thick, plane, strict=True)]
    )
    series = writer.image_series(2, "Head 5.0 H31s", "CT")
    write_ct(writer, series, enlarged, fine, thickness=5, kernel="H31s", windows=[BRAIN, SUBDURAL])
    shown = [series_truth(series, fine)]

    series = writer.image_series(3, "Head 1.25 H37s", "CT", after_minutes=3)
    thin = clean + 8.0 * noise
    write_ct(
        writer,
        series,
        thin,
        grid,
        thickness=1.25,
        kernel="H37s",
        windows=[BRAIN, BONE],
        compress=True,
    )
    shown.append(series_truth(series, grid))
    bleed = head.lesion_weight(grid.coordinates(), BLEED, 0.5) >= 0.5
    write_segmentation(
        writer,
        series,
        grid,
        bleed,
        number=80,
        description="Haemorrhage, automatic",
        label="Haemorrhage",
        kind=code("50960005", "SCT", "Hemorrhage"),
    )
    return {
        "series": shown,
        "haemorrhage": {
            "center_lps_mm": list(BLEED.center),
            "semi_axes_mm": list(BLEED.semi),
            "volume_ml": round(head.lesion_ml(BLEED), 2),
            "hu": head.HOUNSFIELD["blood"],
            "side": "L",
            "midline_shift_mm": BLEED.shift_mm,
            "segmented_ml": round(float(bleed.sum()) * grid.voxel_ml, 3),
        },
        "tissue_hu": {name: head.HOUNSFIELD[name] for name in ("csf", "grey", "white")},
    }


def _enlarge(plane: Field) -> Field:
    return np.asarray(cv2.resize(plane, (512, 512), interpolation=cv2.INTER_CUBIC), np.float32)
