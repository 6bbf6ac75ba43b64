"""Objects of others that were broken anywhere: each is read or refused by a sentence."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.dicom import make, reports, seg
from tests.dicom.test_parametric_maps import ramp
from tests.dicom.test_parametric_maps import written as parametric_map
from tests.dicom.test_rt_objects import contour, dose, square, structure_set
from tests.dicom.test_sr_measurements import group, measured, region
from tests.dicom.test_waveforms import channel, recording, wave
from workstation.dicom.decoding import open_pixels
from workstation.dicom.documents import open_document
from workstation.dicom.reading import read_object
from workstation.domain.errors import ReaderError
from workstation.workflow.overlays import Overlays, middle_of, values_of

SPHERE = ((8.0, 20.0, 1.0), 6.0)
#: Where headers lie: pixels that change break nothing but the picture.
HEADER = 6000
TRIES = 40


class One:
    """A store of one object, and its decoder."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, sop_uid: str) -> bytes:
        return self.content

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        return open_pixels(source).frame(frame)


def made(kind: str) -> bytes:
    ct = seg.series()
    if kind == "binary segmentation":
        return seg.written(ct, seg.sphere(*SPHERE))
    if kind == "fractional segmentation":
        return seg.written(ct, seg.sphere(*SPHERE) * 0.7, "FRACTIONAL")
    if kind == "label map":
        return seg.written(ct, seg.sphere(*SPHERE).astype(np.uint8), "LABELMAP")
    if kind == "structures":
        return make.to_bytes(structure_set(*(contour(square(z, 2, 18)) for z in (-1.0, 1.0))))
    if kind == "dose":
        return make.to_bytes(dose())
    if kind == "measurements":
        place = region(ct[3], "ELLIPSE", [[1, 5], [20, 5], [10, 1], [10, 9]])
        return measured(ct, group("Target", place))
    if kind == "dose report":
        return make.to_bytes(reports.ct_dose())
    if kind == "selection":
        return make.to_bytes(reports.key_objects("2.25.1"))
    if kind == "clinical document":
        narrative = "<paragraph>seen</paragraph>"
        return make.to_bytes(reports.cda(reports.structured(reports.section("A", narrative))))
    if kind == "recording":
        return make.to_bytes(recording(wave(200), channel("I"), channel("II")))
    return parametric_map(ramp(np.float32))


def broken(content: bytes, chance: random.Random) -> bytes:
    """Bits turned, cut short, four bytes of noise, or a piece in a wrong place."""
    held = bytearray(content)
    end = min(len(held), HEADER)
    way = chance.randrange(4)
    if way == 0:
        for _ in range(chance.randrange(1, 12)):
            held[chance.randrange(132, end)] ^= 1 << chance.randrange(8)
    elif way == 1:
        del held[chance.randrange(200, len(held)) :]
    elif way == 2:
        at = chance.randrange(140, end - 8)
        held[at : at + 4] = chance.randbytes(4)
    else:
        at, source = (chance.randrange(140, end - 8) for _ in range(2))
        held[at : at + 8] = held[source : source + 8]
    return bytes(held)


def reason(content: bytes) -> str:
    """Why it is refused; empty where it is read. Any other failure is a defect and goes on."""
    try:
        received = read_object(content)
        if received.overlay is not None:
            held = Overlays(One(content), One(content)).content(received.overlay)
            values_of(held)
            for item in received.overlay.items:
                middle_of(held, item.number)
        if received.document is not None:
            open_document(content)
    except ReaderError as error:
        return error.happened
    return received.image_problem


@pytest.mark.parametrize(
    "kind",
    [
        "binary segmentation", "fractional segmentation", "label map", "structures", "dose",
        "measurements", "dose report", "selection", "clinical document", "recording",
        "parametric map",
    ],
)  # fmt: skip
def test_whatever_is_broken_is_read_or_refused_by_a_sentence(kind: str) -> None:
    whole = made(kind)
    chance = random.Random(kind)
    said = {reason(broken(whole, chance)) for _ in range(TRIES)}
    assert said - {""}
    assert all(words.endswith((".", "?")) for words in said - {""})
