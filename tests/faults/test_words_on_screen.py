"""Bad input by name: the sentence is on the screen where the reader looks, in the real window.

What each object may be taken for is tested beside its reader; here, that the words arrive.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtWidgets import QApplication, QLabel, QSpacerItem, QWidgetItem
from shiboken6 import Shiboken

from tests.dicom import make, states
from tests.faults.reading_window import Case, ReadingWindow, on_viewport, reading_window
from tests.gui.collecting import (  # noqa: F401 - fixtures of every test here
    collected_in_the_qt_thread,
    nothing_left_to_collect,
)

RAMP = (np.indices((40, 40)).sum(0) * 20).astype(np.int16)


@pytest.fixture(scope="module")
def window(
    tmp_path_factory: pytest.TempPathFactory, qapp: QApplication
) -> Iterator[tuple[ReadingWindow, list[str]]]:
    with reading_window(tmp_path_factory.mktemp("home")) as held:
        yield held


def slices(count: int = 4, **values: object) -> list[Dataset]:
    return [make.slice_of(n, 2.0 * n, pixels=RAMP, **values) for n in range(count)]


def lut(descriptor: list[int], entries: list[int]) -> Dataset:
    table = states.item(LUTDescriptor=descriptor, LUTData=entries)
    table["LUTDescriptor"].VR = table["LUTData"].VR = "US"
    return table


def with_luts(name: str, descriptor: list[int]) -> list[bytes]:
    table = Sequence([lut(descriptor, [0, 1])])
    return [make.to_bytes(each) for each in slices(1, **{name: table})]


def with_window(width: str) -> list[bytes]:
    content = make.to_bytes(slices(1, WindowCenter="40", WindowWidth="4321")[0])
    return [content.replace(b"4321", width.ljust(4).encode(), 1)]


def with_values(count: int = 4, **values: object) -> list[bytes]:
    return [make.to_bytes(each) for each in slices(count, **values)]


def with_rows_and_columns(size: int) -> list[bytes]:
    return [make.to_bytes(each) for each in slices(1, Rows=size, Columns=size)]


def more_frames_than_data() -> list[bytes]:
    return [make.to_bytes(make.image(np.zeros((3, 16, 16), np.int16), NumberOfFrames=40))]


def two_patients_in_a_series() -> list[bytes]:
    made = slices()
    made[2].PatientID, made[2].PatientName = "TEST-2", "Other^Person"
    return [make.to_bytes(each) for each in made]


def two_patients_in_a_study() -> list[bytes]:
    other = [make.slice_of(n, 2.0 * n, pixels=RAMP) for n in range(4)]
    for n, each in enumerate(other):
        each.SeriesInstanceUID, each.SOPInstanceUID = f"{make.ROOT}.7", f"{make.ROOT}.8.{n}"
        each.PatientID, each.PatientName = "TEST-2", "Other^Person"
    return [make.to_bytes(each) for each in (*slices(), *other)]


def nan_position() -> list[bytes]:
    first, second = with_values(2)
    assert second.count(b"\\2.0") == 1
    return [first, second.replace(b"\\2.0", b"\\NaN", 1)]


PATIENTS = "The study holds images of more than one patient. Do not read it."

#: name → (objects, the sentence, where it is read)
BAD: dict[str, tuple[Callable[[], list[bytes]], str, str]] = {
    "a VOI LUT with too few entries": (
        lambda: with_luts("VOILUTSequence", [7, 0, 8]),
        "A LUT says 7 entries and has 2.",
        "image",
    ),
    "a Modality LUT with too few entries": (
        lambda: with_luts("ModalityLUTSequence", [7, 0, 8]),
        "A LUT says 7 entries and has 2.",
        "image",
    ),
    "a window of width 0": (lambda: with_window("0"), "A window of width 0 was left out.", "image"),
    "a negative window": (
        lambda: with_window("-40"),
        "A window of width -40 was left out.",
        "image",
    ),
    "a window that is no number": (
        lambda: with_window("NaN"),
        "WindowWidth holds what is no number: the windows were left out.",
        "image",
    ),
    "no spacing": (
        lambda: with_values(PixelSpacing=["0", "0"]),
        "no spacing: px only, not to scale",
        "image",
    ),
    "a spacing beyond all measure": (
        lambda: with_values(PixelSpacing=["1e300", "1e300"]),
        "A pixel spacing of 1e+300 x 1e+300 mm is not possible and is not used.",
        "image",
    ),
    "skewed axes": (
        lambda: with_values(ImageOrientationPatient=[1, 0, 0, 0.6, 0.8, 0]),
        "Rows and columns are not at right angles: the position is not used.",
        "image",
    ),
    "skewed axes, planes": (
        lambda: with_values(ImageOrientationPatient=[1, 0, 0, 0.6, 0.8, 0]),
        "No volume: It has no position in the patient.",
        "thumbnail",
    ),
    "more frames than data": (
        more_frames_than_data,
        "Broken pixel data: it ends after 7 %.",
        "list",
    ),
    "65535 by 65535": (
        lambda: with_rows_and_columns(65535),
        "A matrix of 65535 x 65535 is not possible.",
        "list",
    ),
    "two patients in a series": (two_patients_in_a_series, PATIENTS, "image"),
    "two patients in a study": (two_patients_in_a_study, PATIENTS, "image"),
    "a position that is no number": (
        nan_position,
        "The position holds what is no number and is not used.",
        "thumbnail",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_the_sentence_stands_where_the_reader_looks(
    window: tuple[ReadingWindow, list[str]], name: str
) -> None:
    make_them, sentence, where = BAD[name]
    held, wrong = window
    uid = held.put(make_them())
    try:
        case = held.show(uid)
        assert sentence in on_the_screen(held, case)[where], on_the_screen(held, case)
    finally:
        held.leave(uid)
    assert wrong == []


def on_the_screen(held: ReadingWindow, case: Case) -> dict[str, str]:
    """The sentences on the images, on the thumbnails, and in the list of what is not shown."""
    room = held.desk.room
    images = [words for viewport in held.viewports for words in on_viewport(viewport)]
    tips = [thumb.toolTip() for thumb in room.strip.thumbs if thumb.isVisible()]
    listed = [each.text() for each in room.card.findChildren(QLabel) if each.isVisible()]
    found = {"image": images, "thumbnail": tips, "list": listed}
    return {place: "\n".join(words) for place, words in found.items()}


def test_what_is_not_shown_beside_images_is_counted_and_listed(
    window: tuple[ReadingWindow, list[str]],
) -> None:
    held, wrong = window
    good = with_values()
    uid = held.put([*good, with_rows_and_columns(65535)[0], good[0][:400]])
    case = held.show(uid)
    room = held.desk.room
    assert (case.study.received, case.study.shown) == (6, 4)
    assert room.images.isVisible()
    assert room.strip.unshown.isVisible()
    assert room.strip.unshown.text().strip() == "2 not shown"
    held.hands.press("Shift+Q")
    words = on_the_screen(held, case)["list"]
    for wanted in (
        "2 of 6 files cannot be shown",
        "A matrix of 65535 x 65535 is not possible.",
        "Received 6",
        "Shown 4",
        "Listed here 2",
    ):
        assert wanted in words
    assert not room.images.isVisible()
    held.hands.press("F2")
    assert room.images.isVisible()
    held.hands.click(room.strip.unshown)
    assert room.card.isVisible()
    held.leave(uid)
    assert not room.strip.unshown.isVisible()
    assert wrong == []


def test_lists_that_come_and_go_leave_nothing_of_qt_behind(
    window: tuple[ReadingWindow, list[str]],
) -> None:
    """A wrapper of a layout item that Qt has freed is found at the address of the next object, and
    the window dies when that one goes."""
    held, _ = window
    broken = with_rows_and_columns(65535)

    def wrapped() -> int:
        uid = held.put(broken)
        held.show(uid)
        held.leave(uid)
        gc.collect()
        alive = Shiboken.getAllValidWrappers()
        return sum(isinstance(each, QSpacerItem | QWidgetItem) for each in alive)

    wrapped()
    assert wrapped() == wrapped() == wrapped()
