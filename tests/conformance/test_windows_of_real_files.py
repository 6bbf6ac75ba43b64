"""PS3.3 C.11.1, C.11.2: the first window and the first VOI LUT of real files, against DCMTK."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.realdata import require
from workstation.cli import main
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object
from workstation.domain.image import FrameDescription, LookupTable, Voi, Window
from workstation.imaging.picture import render

FOLDERS = (
    "codec-ct-syntaxes",
    "ct-chest-lidc0314",
    "ct-head-tilt-varspacing",
    "ct-headphantom-prior/current_S21570_5mm",
    "mg-mlo-GH133",
    "mr-brain-brainix",
    "mr-decubitus/HFS",
    "overlay-signed-lut",
    "seg-ct-liver",
    "xr-chest-and-other",
)


def compared(path: Path, frame: FrameDescription, voi: Voi, option: str, out: Path) -> bool:
    """Whether DCMTK decodes the file at all; fails where the pictures differ."""
    out.unlink(missing_ok=True)
    raw = out.with_suffix(".dcm")
    for decoder in ("", "dcmdjpls", "dcmdrle"):
        source = path
        if decoder:
            done = subprocess.run([decoder, str(path), str(raw)], check=False, capture_output=True)
            source = raw
            if done.returncode:
                continue
        command = ["dcmj2pnm", "--write-png", "-O", option, "1", str(source), str(out)]
        subprocess.run(command, check=False, capture_output=True)
        if out.exists():
            break
    else:
        return False
    theirs = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert theirs is not None
    ours = render(open_pixels(path).frame(1), frame, voi)
    assert np.abs(ours.astype(int) - theirs).max() <= 1, path.name
    return True


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_first_window_and_lut_of_real_files_are_those_of_dcmtk(
    folder: str, tmp_path: Path
) -> None:
    if shutil.which("dcmj2pnm") is None:
        pytest.skip("dcmtk is not here")
    files = sorted(each for each in require(folder).iterdir() if each.is_file())
    count = 0
    for path in files[: 2 if len(files) > 20 else 8]:
        received = read_object(path)
        if not received.frames or received.frames[0].pixel_format.is_colour:
            continue
        frame = received.frames[0]
        for kind, option in ((Window, "+Wi"), (LookupTable, "+Wl")):
            first = next((voi for voi in frame.voi if isinstance(voi, kind)), None)
            if first is not None:
                count += compared(path, frame, first, option, tmp_path / "o.png")
    assert count > 0


def test_overlay_planes_are_drawn_where_dcmtk_draws_them(tmp_path: Path) -> None:
    """Planes in unused bits of the pixels and planes of their own (PS3.3 C.9.2)."""
    if shutil.which("dcmj2pnm") is None:
        pytest.skip("dcmtk is not here")
    source = require("overlay-signed-lut/overlay.dcm")
    own, other = tmp_path / "own.png", tmp_path / "other.png"
    words = ["render", str(source), "--overlays", "--voi", "940,1880", "--out", str(own)]
    assert main(words) == 0
    command = ["dcmj2pnm", "--write-png", "+Ww", "940", "1880", "+O", "0", str(source), str(other)]
    subprocess.run(command, check=True, capture_output=True)
    ours, theirs = (cv2.imread(str(each), cv2.IMREAD_GRAYSCALE) for each in (own, other))
    assert ours is not None
    assert theirs is not None
    assert np.count_nonzero(theirs == 255) > 1000
    assert np.abs(ours.astype(int) - theirs).max() <= 1
