"""A tool from its key to the signed words: two axes of the phantom's nodule, linked and signed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.journey.conftest import Sit
from tests.journey.test_first_read import chest_phantom as chest_phantom
from tests.journey.test_first_read import read_back, words
from workstation.domain.measurement import MeasurementKind
from workstation.domain.report import SectionKind
from workstation.domain.wording import report_text


def test_two_axes_are_drawn_linked_changed_and_signed_as_they_are_last(
    sit_down: Sit, chest_phantom: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    shutil.copytree(chest_phantom, folder)
    desk = sit_down(folder)
    tour = desk.tour
    tour.open(tour.row(lambda row: row.task.modality == "CT", "the chest"))
    tour.see_images()
    hands = tour.hands
    hands.press("F2")
    viewport, marks = tour.active, tour.marks()
    hands.press("Shift+X")
    images = desk.tour.desk.room.images
    hands.wait(lambda: images.tool == "bidirectional", "the tool is taken")
    for a, b in (((200, 200), (260, 200)), ((230, 180), (235, 220))):
        hands.drag(viewport, viewport.to_screen(a), viewport.to_screen(b))
    hands.wait(lambda: len(marks.measurements()) == 1, "the axes are measured")
    (first,) = marks.measurements()
    assert first.kind is MeasurementKind.BIDIRECTIONAL
    tour.write(SectionKind.FINDINGS, "Nodule of ")
    hands.press("F2")
    hands.press("M")
    handle = viewport.to_screen(first.points[1])
    hands.drag(viewport, handle, viewport.to_screen((300, 200)))
    hands.wait(lambda: marks.measurements() != (first,), "the long axis is longer")
    (last,) = marks.measurements()
    assert report_text(last) != report_text(first)
    tour.write(SectionKind.IMPRESSION, "Nodule.")
    tour.saved()
    told = words(read_back(desk, tour.sign()))
    assert report_text(last) in told
    assert report_text(first) not in told
