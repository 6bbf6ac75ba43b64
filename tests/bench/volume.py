"""A CT of 2,000 slices from its files to a volume and three planes: time and memory.

Each side is a process of its own: ours with the decoder processes of the program, pydicom's with
one thread that reads `pixel_array` slice by slice. Peak memory is what the kernel counted. The
files are in the disk cache for both. Compressed series need pydicom's plug-ins, which are compared
only where they are installed.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import imagecodecs
import numpy as np

from tests.dicom import make

SLICES = 2000
#: DESIGN.md, speed and memory to hold.
MEMORY_MIB, HOLD = 2048, 0.35
SYNTAXES = {
    "native": (make.EXPLICIT, None, None),
    "JPEG lossless": (
        "1.2.840.10008.1.2.4.70",
        lambda pixels: imagecodecs.ljpeg_encode(pixels, bitspersample=12),
        HOLD,
    ),
    "HTJ2K": (
        "1.2.840.10008.1.2.4.201",
        lambda pixels: imagecodecs.htj2k_encode(pixels, reversible=True),
        HOLD,
    ),
}


def write(folder: Path, slices: int, syntax: str, encode: object) -> None:
    """Slices of 512 x 512, 12 bits, of 16 different pictures."""
    chance = np.random.default_rng(1)
    y, x = np.mgrid[:512, :512]
    disc = (np.hypot(x - 256, y - 256) < 220) * 1040.0
    pictures = [
        (disc + chance.normal(scale=9, size=disc.shape)).clip(0, 4095).astype(np.uint16)
        for _ in range(16)
    ]
    coded = [bytes(encode(each)) for each in pictures] if callable(encode) else []
    for index in range(slices):
        held = pictures[index % 16]
        made = make.slice_of(index, 0.5 * index, PixelData=b"", Rows=512, Columns=512)
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
        made.PixelData = held.tobytes()
        if coded:
            made = make.encapsulated(made, [coded[index % 16]])
        (folder / f"{index}.dcm").write_bytes(make.to_bytes(made, syntax))


def ours(folder: Path) -> None:
    """Open, build the volume, cut three planes."""
    from tests.workflow.images import Folder
    from workstation.dicom.sandbox import Sandbox
    from workstation.domain.view import Plane
    from workstation.imaging.planes import center, standard_plane
    from workstation.imaging.reslice import reslice
    from workstation.workflow.frame_cache import FrameCache
    from workstation.workflow.jobs import Jobs
    from workstation.workflow.opening import Opening
    from workstation.workflow.volume_loader import VolumeLoader

    defects: list[BaseException] = []
    jobs, sandbox = Jobs(defects.append), Sandbox()
    store = Folder(folder)
    cache = FrameCache(store, sandbox, jobs)
    loader = VolumeLoader(cache, jobs)
    begin = time.perf_counter()
    study = Opening(store, jobs).open(f"{make.ROOT}.2")
    (shown,) = study.display_sets
    opened = time.perf_counter()
    volume = loader.volume(shown)
    while not volume.present.all() and not defects:
        time.sleep(0.005)
    filled = time.perf_counter()
    assert shown.volume is not None
    for plane in (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL):
        reslice(volume, standard_plane(shown.volume, plane, center(shown.volume)))
    ended = time.perf_counter()
    jobs.close()
    sandbox.close()
    assert not defects, defects
    tell(ended - begin, opened=opened - begin, volume=filled - opened, planes=ended - filled)


def peer(folder: Path) -> None:
    """Plain pydicom: sort by place, stack `pixel_array`."""
    import pydicom

    begin = time.perf_counter()
    read = [pydicom.dcmread(path) for path in folder.glob("*.dcm")]
    read.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    volume = np.empty((len(read), 512, 512), np.uint16)
    for index, each in enumerate(read):
        volume[index] = each.pixel_array
        # What pydicom keeps of each file would double its memory.
        del each.PixelData
        each._pixel_array = None
    tell(time.perf_counter() - begin)


def tell(seconds: float, **parts: float) -> None:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": own, "worker_mib": workers, **parts}))


def run(side: str, folder: Path) -> dict[str, float] | None:
    """One side in a process of its own; None where it cannot read the series."""
    words = [sys.executable, "-m", "tests.bench.volume", side, str(folder)]
    made = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(os.environ))
    if made.returncode:
        print(made.stderr.strip().splitlines()[-1][:160], file=sys.stderr)
        return None
    return dict(json.loads(made.stdout.strip().splitlines()[-1]))


def main() -> int:
    """Print times and memory; 1 where one does not hold."""
    good = True
    for name, (syntax, encode, hold) in SYNTAXES.items():
        slices = SLICES if encode is None else SLICES // 4
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write(folder, slices, syntax, encode)
            mine, other = run("ours", folder), run("pydicom", folder)
        if mine is None:
            return 1
        parts = ", ".join(f"{key} {mine[key]:.2f}" for key in ("opened", "volume", "planes"))
        line = f"{slices} slices, {name}: {mine['seconds']:.2f} s ({parts})"
        line += f", peak {mine['mib']:.0f} MiB, largest decoder {mine['worker_mib']:.0f} MiB"
        good &= mine["mib"] <= MEMORY_MIB
        line += "" if mine["mib"] <= MEMORY_MIB else "  NOT HELD"
        if other is None:
            line += "; pydicom has no decoder for it here"
        else:
            ratio = mine["seconds"] / other["seconds"]
            held = hold is None or ratio <= hold
            good &= held
            line += f"; pydicom {other['seconds']:.2f} s, {other['mib']:.0f} MiB, ratio {ratio:.2f}"
            line += "" if held else "  NOT HELD"
        print(line, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"ours": ours, "pydicom": peer}[sys.argv[1]](Path(sys.argv[2]))
    else:
        raise SystemExit(main())
