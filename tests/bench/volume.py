"""A CT of 2,000 slices from its files to a volume and three planes: time and memory.

Each side is a process of its own: ours with the two decoder processes of the program, which run by
the time that a worklist is read, pydicom's with one thread that reads `pixel_array` slice by slice
and its plug-ins imported. The ratio is of the time on the clock; the processor time of all
processes of a side stands beside it, since two decoders may take half the time without less work.
The two sides run in turns, the shortest run of each counts. Peak memory is what the kernel counted.
The files are in the disk cache for both. Compressed series need pydicom's plug-ins, which are
compared only where they are installed, and are named: they are not equally fast.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np

from tests.bench import holds
from tests.dicom import make

SLICES = 2000
RUNS = 3
SYNTAXES = {
    "native": (make.EXPLICIT, None),
    "JPEG lossless": (
        "1.2.840.10008.1.2.4.70",
        lambda pixels: imagecodecs.ljpeg_encode(pixels, bitspersample=12),
    ),
    "HTJ2K": (
        "1.2.840.10008.1.2.4.201",
        lambda pixels: imagecodecs.htj2k_encode(pixels, reversible=True),
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
    any_file = next(folder.glob("*.dcm"))
    sandbox.start()
    with ThreadPoolExecutor(2) as pool:
        # A path is never read in this process: both workers answer.
        list(pool.map(lambda _: sandbox.decode(any_file, 1), range(4)))
    cache = FrameCache(store, sandbox, jobs)
    loader = VolumeLoader(cache, jobs)
    begin, used = time.perf_counter(), processor_time()
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
    used = processor_time() - used
    jobs.close()
    sandbox.close()
    assert not defects, defects
    tell(
        ended - begin,
        processor=used,
        opened=opened - begin,
        volume=filled - opened,
        planes=ended - filled,
    )


def peer(folder: Path) -> None:
    """Plain pydicom: sort by place, stack `pixel_array`."""
    import pydicom

    any_file = pydicom.dcmread(next(folder.glob("*.dcm")))
    syntax = any_file.file_meta.TransferSyntaxUID
    if syntax.is_compressed:
        print(", ".join(pydicom.pixels.get_decoder(syntax).available_plugins[:1]), file=sys.stderr)
    _ = any_file.pixel_array
    begin, used = time.perf_counter(), processor_time()
    read = [pydicom.dcmread(path) for path in folder.glob("*.dcm")]
    read.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    volume = np.empty((len(read), 512, 512), np.uint16)
    for index, each in enumerate(read):
        volume[index] = each.pixel_array
        # What pydicom keeps of each file would double its memory.
        del each.PixelData
        each._pixel_array = None
    tell(time.perf_counter() - begin, processor=processor_time() - used)


def processor_time() -> float:
    """Of this process and of its children that run, in seconds."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time()
    for child in multiprocessing.active_children():
        fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def tell(seconds: float, **parts: float) -> None:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": own, "worker_mib": workers, **parts}))


def run(side: str, folder: Path) -> tuple[dict[str, float], str] | None:
    """One side in a process of its own, with what it said; None where it cannot read the series."""
    words = [sys.executable, "-m", "tests.bench.volume", side, str(folder)]
    made = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(os.environ))
    if made.returncode:
        print(made.stderr.strip().splitlines()[-1][:160], file=sys.stderr)
        return None
    said = made.stderr.strip().splitlines()
    return dict(json.loads(made.stdout.strip().splitlines()[-1])), said[-1] if said else ""


def both(folder: Path) -> tuple[dict[str, float] | None, dict[str, float] | None, str]:
    """The shortest of several runs of each side, taken in turns, and pydicom's plug-in."""
    mine: list[dict[str, float]] = []
    others: list[dict[str, float]] = []
    plugin = ""
    for _ in range(RUNS):
        for side, kept in (("ours", mine), ("pydicom", others)):
            made = run(side, folder)
            if made is None:
                break
            kept.append(made[0])
            plugin = made[1] if side == "pydicom" else plugin
        if len(mine) != len(others):
            break

    def best(runs: list[dict[str, float]]) -> dict[str, float] | None:
        return min(runs, key=lambda each: each["seconds"]) if runs else None

    return best(mine), best(others), plugin


def main() -> int:
    """Print times and memory; 1 where one does not hold."""
    good = True
    for name, (syntax, encode) in SYNTAXES.items():
        slices = SLICES if encode is None else SLICES // 4
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write(folder, slices, syntax, encode)
            mine, other, plugin = both(folder)
        if mine is None:
            return 1
        parts = ", ".join(f"{key} {mine[key]:.2f}" for key in ("opened", "volume", "planes"))
        line = f"{slices} slices, {name}: {mine['seconds']:.2f} s ({parts}),"
        line += f" {mine['processor']:.2f} s of processor time"
        line += f", peak {mine['mib']:.0f} MiB, largest decoder {mine['worker_mib']:.0f} MiB"
        if encode is None:
            held = holds.note("memory", mine["mib"])
            good &= held
            line += "" if held else "  NOT HELD"
        if other is None:
            line += "; pydicom has no decoder for it here"
        else:
            ratio = mine["seconds"] / other["seconds"]
            line += f"; pydicom {plugin} {other['seconds']:.2f} s, {other['processor']:.2f} s of"
            line += f" processor time, {other['mib']:.0f} MiB, ratio {ratio:.2f}"
            if encode is not None:
                share = mine["processor"] / other["processor"]
                detail = f"by the clock; {share:.2f} of its processor time; pydicom by {plugin}"
                held = holds.note(f"volume {name}", ratio, detail)
                good &= held
                line += "" if held else "  NOT HELD"
        print(line, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"ours": ours, "pydicom": peer}[sys.argv[1]](Path(sys.argv[2]))
    else:
        raise SystemExit(main())
