"""Letters at the edges of an animal's images (Anatomical Orientation Type QUADRUPED)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.gui.opening import Opener
from workstation.cli import main
from workstation.domain.view import Plane
from workstation.imaging.letters import EdgeLetters, letters_of


def dog(**values: object) -> list[Dataset]:
    pixels = np.full((40, 40), 300, np.int16)
    return [
        make.slice_of(
            index, 2.0 * index, pixels=pixels, AnatomicalOrientationType="QUADRUPED", **values
        )
        for index in range(6)
    ]


@conforms("12 animals", "PS3.3 C.7.6.1.1.1: the codes of quadrupeds")
@pytest.mark.parametrize(
    ("written", "letters"),
    [
        (["LE", "D"], EdgeLetters("RT", "LE", "V", "D")),
        (["RT", "V"], EdgeLetters("LE", "RT", "D", "V")),
        (None, EdgeLetters()),
    ],
)
def test_an_animal_has_the_codes_of_its_device_and_no_letters_of_a_human(
    opener: Opener,
    written: list[str] | None,
    letters: EdgeLetters,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = dog(**({} if written is None else {"PatientOrientation": written}))
    made = opener.files(*held)
    viewport = made.active
    for plane, wanted in ((Plane.ACQUIRED, letters), (Plane.CORONAL, EdgeLetters())):
        made.room.verbs.show_plane(plane)
        made.volume_there()
        made.pictures_there()
        scene = viewport.built()
        assert scene is not None
        acquired = plane is Plane.ACQUIRED
        assert letters_of(scene.frame, scene.plane, viewport.view, acquired=acquired) == wanted
        drawn = [piece.name for piece in viewport.pieces() if piece.name.startswith("letter")]
        assert bool(drawn) is (wanted != EdgeLetters())
    file = tmp_path / "one"
    file.mkdir()
    (file / "dog.dcm").write_bytes(make.to_bytes(held[0]))
    assert main(["inspect", str(file), "--json"]) == 0
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    told = study["series"][0]["display_sets"][0]["orientation_letters"]
    assert EdgeLetters(**told) == letters
