"""Printed key images: every measurement as the lines that the reader drew, with its scale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conformance import pet
from tests.dicom import make
from tests.workflow import images
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import KeyImage, Measurement, MeasurementKind
from workstation.domain.shapes import squared
from workstation.domain.suv import SuvKind
from workstation.imaging.statistics import measure
from workstation.workflow.key_pictures import key_pictures
from workstation.workflow.uptake import in_uptake

K = MeasurementKind


class Frames:
    def fetch(self, key: FrameKey) -> NDArray[Any]:
        return images.pixels(int(key.sop_instance_uid.rsplit(".", 1)[1]) - 1)


def held(kind: MeasurementKind, points: list[tuple[float, float]]) -> Measurement:
    frame = images.frame(2)
    made = squared(kind, points)
    return Measurement(
        "m", 1, kind, "2.25.2/0", images.SERIES_UID, frame.key, "S3/3", made,
        measure(kind, made, images.pixels(2), frame),
    )  # fmt: skip


def drawn(measurement: Measurement) -> tuple[NDArray[np.bool_], str]:
    """(where the picture is yellow, at the size of the image, and the caption)."""
    frame = images.frame(2)
    key = KeyImage(frame.key, frame.sop_class_uid, images.SERIES_UID, "S3/3")
    ((picture, caption),) = key_pictures(images.study(), [key], [measurement], Frames())
    assert picture is not None
    yellow = (picture[..., 0] > 200) & (picture[..., 2] < 180)
    return yellow, caption


def is_drawn(yellow: NDArray[np.bool_], point: tuple[float, float]) -> bool:
    scale = yellow.shape[1] / images.COLUMNS
    x, y = round((point[0] + 0.5) * scale), round((point[1] + 0.5) * scale)
    return bool(yellow[y - 4 : y + 5, x - 4 : x + 5].any())


@pytest.mark.parametrize(
    ("kind", "points", "on", "off"),
    [
        # The end of the first line and the start of the second are not joined.
        (K.COBB, [(10, 10), (60, 12), (10, 60), (60, 50)], [(35, 11), (35, 55)], [(35, 36)]),
        (K.BIDIRECTIONAL, [(10, 40), (70, 40), (40, 20), (40, 60)], [(25, 40)], [(55, 30)]),
        # The curve, not the triangle of its points.
        (K.ROTATED_ELLIPSE, [(20, 40), (80, 40), (50, 20)], [(50, 60)], [(35, 30.9)]),
        (K.FREEHAND, [(20, 20), (60, 20), (60, 60), (20, 60)], [(20, 40)], [(40, 40)]),
        (K.ELLIPSE, [(20, 20), (60, 60)], [(40, 20)], [(40, 40)]),
        (K.PROBE, [(50, 40)], [(50, 40)], [(70, 40)]),
    ],
)
def test_the_lines_that_were_drawn_are_printed(
    kind: MeasurementKind,
    points: list[tuple[float, float]],
    on: list[tuple[float, float]],
    off: list[tuple[float, float]],
) -> None:
    yellow, _ = drawn(held(kind, points))
    assert all(is_drawn(yellow, point) for point in on)
    assert not any(is_drawn(yellow, point) for point in off)


def test_the_caption_tells_the_scale_of_a_projection() -> None:
    length = held(K.LENGTH, [(10, 40), (50, 40)])
    far = replace(length, result=replace(length.result, calibration=CalibrationSource.DETECTOR))
    assert drawn(length)[1].endswith("M1 20.0 mm")
    assert drawn(far)[1].endswith("M1 20.0 mm (at detector)")


def test_a_key_image_of_pet_is_printed_as_it_opens_from_0_to_5_and_dark_on_white() -> None:
    content = {each.SOPInstanceUID: make.to_bytes(each) for each in pet.slices()}
    (study,) = build_studies([read_object(each) for each in content.values()])
    study = in_uptake(study, SuvKind.BW)
    frame = study.display_sets[0].frames[2]

    class Stored:
        def fetch(self, key: FrameKey) -> NDArray[Any]:
            return open_pixels(content[key.sop_instance_uid]).frame(1)

    key = KeyImage(frame.key, frame.sop_class_uid, "2.25.8", "S1/3")
    ((picture, _),) = key_pictures(study, [key], [], Stored())
    assert picture is not None
    middle = picture.shape[0] // 2
    # Blocks of SUV 0.2, 1, 4 and nothing lie side by side.
    shown = [int(picture[middle, round(picture.shape[1] * part / 8), 0]) for part in (1, 3, 5, 7)]
    assert shown == pytest.approx([255 * (1 - suv / 5) for suv in (0.2, 1, 4, 0)], abs=1)
