"""`nocturne reslice PATH`: a plane of the volume, in modality values."""

from __future__ import annotations

import argparse
from pathlib import Path

from workstation.cli.arguments import Numbers
from workstation.domain.view import SlabMode

HELP = "cut a plane or a slab through a series and write its modality values"

#: A plane larger than this is a mistake.
MAXIMUM_SIDE = 16384


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError("width and height are needed: W,H") from error
    if not (1 <= width <= MAXIMUM_SIDE and 1 <= height <= MAXIMUM_SIDE):
        raise argparse.ArgumentTypeError(f"each side is 1 to {MAXIMUM_SIDE} pixels")
    return width, height


def _millimetres(text: str) -> float:
    (value,) = Numbers(1)(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("millimetres are positive")
    return value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH and the plane in LPS mm."""
    three = Numbers(3)
    parser.add_argument("path", type=Path, metavar="PATH", help="a series' folder, or a file")
    parser.add_argument("--center", type=three, required=True, metavar="x,y,z", help="LPS mm")
    parser.add_argument("--row", type=three, required=True, metavar="x,y,z", help="along columns")
    parser.add_argument("--column", type=three, required=True, metavar="x,y,z", help="along rows")
    parser.add_argument("--size", type=_size, required=True, metavar="W,H", help="pixels")
    parser.add_argument("--spacing", type=_millimetres, required=True, metavar="S", help="mm")
    parser.add_argument("--slab", type=_millimetres, metavar="MM", help="thickness in mm")
    parser.add_argument("--mode", choices=[mode.value for mode in SlabMode], default="mean")
    parser.add_argument("--out", type=Path, required=True, metavar="F.npy")


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Load the volume, cut, write."""
    import numpy as np

    from workstation.cli import images, output
    from workstation.domain.errors import ReaderError, VolumeRefused
    from workstation.domain.geometry import PlaneGeometry, add, unit
    from workstation.imaging.reslice import has_kernel, reslice
    from workstation.imaging.volume import whole

    width, height = arguments.size
    step = arguments.spacing
    try:
        row, column = unit(arguments.row), unit(arguments.column)
        origin = add(arguments.center, row, -(width - 1) / 2 * step)
        origin = add(origin, column, -(height - 1) / 2 * step)
        plane = PlaneGeometry(origin, row, column, (step, step), height, width)
    except ValueError as error:
        raise ReaderError(f"No such plane: {error}.") from error
    held = images.load(arguments.path)
    shown = held.shown
    if shown is None or shown.volume is None:
        reason = shown.volume_refused if shown is not None else ""
        raise VolumeRefused(reason or "The images form no volume.")
    at = {frame.key: index for index, frame in enumerate(held.frames)}
    order = [at[frame.key] for frame in shown.frames]
    volume = whole(shown.volume, shown.frames, lambda k: held.stored(order[k]))
    made = reslice(volume, plane, slab_mm=arguments.slab or 0.0, mode=SlabMode(arguments.mode))
    output.save_array(arguments.out, made)
    void = int(np.count_nonzero(np.isnan(made)))
    document: dict[str, object] = {
        "out": str(arguments.out),
        "size": [width, height],
        "unit": volume.unit,
        "void": void,
        "path": "kernel" if has_kernel() else "SimpleITK",
        "problems": list(shown.problems),
    }
    return document, f"{arguments.out}: {width} x {height}, {volume.unit or 'no unit'}, {void} void"
