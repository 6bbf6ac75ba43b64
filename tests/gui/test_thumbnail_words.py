"""The thumbnail says whether its series is a volume, or why it is none (display rules, §8)."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.conformance.conforms import conforms
from tests.dicom import make
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import Study
from workstation.ui.viewport.case import thumbs_of
from workstation.ui.viewport.thumb import Thumb


def study_of(positions: list[list[float]]) -> Study:
    (study,) = build_studies(
        [
            read_object(make.to_bytes(make.slice_of(i, 0.0, ImagePositionPatient=at)))
            for i, at in enumerate(positions)
        ]
    )
    return study


@conforms("8 refusal", "analytic stacks")
@pytest.mark.parametrize(
    ("positions", "words"),
    [
        ([[0, 0, 3 * k] for k in range(5)], "Volume, slices 3.00 mm apart"),
        ([[0, 0, z] for z in (0, 3, 6, 10.5, 13.5)], "Volume, slices 3.00 to 4.50 mm apart"),
        ([[0, 0, 0], [0, 0, 3], [40, 0, 6], [0, 0, 9]], "No volume: The slices do not lie"),
    ],
)
def test_a_thumbnail_says_volume_or_why_not(qtbot: QtBot, positions: Any, words: str) -> None:
    (content,) = thumbs_of(study_of(positions), None, lambda _: frozenset())
    thumb = Thumb(content)
    qtbot.addWidget(thumb)
    assert words in thumb.toolTip()
    assert words in thumb.accessibleDescription()
