"""`render --over`: one series over another, as the viewport shows it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt

from tests.dicom import make, registrations
from tests.gui.opening import Opener, opener  # noqa: F401 - the fixture
from tests.gui.test_fusion import (
    CENTER,
    activate,
    ct,
    lies_over,
    pt,
    registered,
    scene,
)
from workstation.cli import main
from workstation.domain.view import Plane

#: The CT slice through the sphere: from -30 mm on, every 3 mm.
MIDDLE = 13


def write(folder: Path, datasets: list[Dataset]) -> Path:
    folder.mkdir()
    for index, each in enumerate(datasets):
        (folder / f"{index:02}.dcm").write_bytes(make.to_bytes(each))
    return folder


def rendered(tmp_path: Path, *arguments: object) -> NDArray[np.uint8]:
    out = tmp_path / "out.png"
    assert main(["render", *(str(each) for each in arguments), "--out", str(out)]) == 0
    held = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert held is not None
    return np.asarray(cv2.cvtColor(held, cv2.COLOR_BGR2RGB), np.uint8)


def place(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """(x, y) in mm of the middle of what is red in a picture of the CT's slice."""
    rows, columns = np.nonzero(picture[..., 0].astype(int) - picture[..., 2] > 60)
    return -64 + 2 * float(columns.mean()), -64 + 2 * float(rows.mean())


def test_the_pixels_are_those_of_the_viewport(
    opener: Opener,  # noqa: F811
    tmp_path: Path,
) -> None:
    below, above = write(tmp_path / "ct", ct()), write(tmp_path / "pt", pt())
    made = opener.files(*ct(), *pt(), modality="PT")
    viewport = activate(made, "CT", fused=True)
    made.room.verbs.show_plane(Plane.ACQUIRED)
    made.room.images.go_to_step(viewport, MIDDLE)
    made.key(Qt.Key.Key_Equal)
    made.until(lambda: lies_over(made))
    built = scene(made)
    assert built.buffer is not None
    assert built.placement is not None
    assert viewport.view.voi is not None
    left, top = (round(part) for part in built.placement.to_screen((0, 0)))
    shown = built.buffer[top : top + 64, left : left + 64]
    slice_ = below / f"{MIDDLE:02}.dcm"
    assert np.array_equal(rendered(tmp_path, slice_, "--voi", "40,400", "--over", above), shown)


def test_a_blending_state_takes_its_own_palette_and_registration(tmp_path: Path) -> None:
    held, (state, link) = registered()
    below = write(tmp_path / "ct", [each for each in held if each.Modality == "CT"])
    above = write(tmp_path / "pt", [each for each in held if each.Modality == "PT"])
    objects = write(tmp_path / "objects", [state, link])
    arguments = (
        below / f"{MIDDLE:02}.dcm",
        "--over",
        above,
        "--presentation-state",
        objects / "00.dcm",
        "--registration",
        objects / "01.dcm",
    )
    assert place(rendered(tmp_path, *arguments)) == pytest.approx(CENTER[:2], abs=2.0)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((), "needs a spatial registration, which is not here"),
        (("--over", "pt"), "needs a spatial registration, which is not here"),
        (("--over", "pt", "--registration", "links/00.dcm"), "it is deformable"),
    ],
)
def test_a_blending_state_that_cannot_be_applied_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    held, (state, link) = registered(registrations.DEFORMABLE)
    below = write(tmp_path / "ct", [each for each in held if each.Modality == "CT"])
    write(tmp_path / "pt", [each for each in held if each.Modality == "PT"])
    objects = write(tmp_path / "objects", [state])
    write(tmp_path / "links", [link])
    given = [each if each.startswith("--") else str(tmp_path / each) for each in more]
    out = ["--out", str(tmp_path / "out.png")]
    file, named = below / f"{MIDDLE:02}.dcm", ["--presentation-state", str(objects / "00.dcm")]
    assert main(["render", str(file), *named, *given, *out]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_series_of_two_spaces_are_not_laid_over_one_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    below = write(tmp_path / "ct", ct())
    above = write(tmp_path / "pt", pt(FrameOfReferenceUID=f"{make.ROOT}.66"))
    out = ["--over", str(above), "--out", str(tmp_path / "out.png")]
    assert main(["render", str(below / "00.dcm"), *out]) == 1
    assert "of different spaces" in capsys.readouterr().err


def test_what_a_blending_state_names_is_found_beside_the_image_and_the_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, (state, link) = registered()
    study = write(tmp_path / "study", [*held, state, link])
    (study / "notes.txt").write_text("no DICOM")
    named = next(study / f"{i:02}.dcm" for i, each in enumerate([*held, state]) if each is state)
    picture = rendered(tmp_path, study / f"{MIDDLE:02}.dcm", "--presentation-state", named)
    assert place(picture) == pytest.approx(CENTER[:2], abs=2.0)
    # The image alone: what lies over it did not come.
    alone = write(tmp_path / "alone", [held[MIDDLE], state, link])
    out = ["--presentation-state", str(alone / "01.dcm"), "--out", str(tmp_path / "other.png")]
    assert main(["render", str(alone / "00.dcm"), *out]) == 1
    assert "The images that lie over it are not here as a volume" in capsys.readouterr().err
