"""What others drew over the images, in the real reading room: real studies, and built objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.dicom import make, seg
from tests.dicom.test_rt_objects import contour, dose, square, structure_set
from tests.dicom.test_sr_measurements import group, measured, region
from tests.gui import room as rooms
from tests.gui.test_reading_room import Open
from tests.realdata import require
from tests.workflow import images
from workstation.ui.viewport.overlay_list import Line
from workstation.ui.viewport.viewport import Viewport

Picture = Callable[[QWidget, str], Path]
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
CENTER, RADIUS = (8.0, 20.0, 1.0), 6.0


def colours(viewport: Viewport) -> NDArray[np.uint8]:
    image = viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return held[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def colour_at(viewport: Viewport, column: float, row: float) -> tuple[int, ...]:
    """The colour on the screen at a point of the image."""
    at = viewport.to_screen((column, row))
    return tuple(int(part) for part in colours(viewport)[round(at.y()), round(at.x())])


def write(folder: Path, *objects: bytes) -> Path:
    for index, each in enumerate(objects):
        (folder / f"{index}.dcm").write_bytes(each)
    return folder


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Callable[..., Open]]:
    held: list[Open] = []

    def start(path: Path, width: int = 1400, height: int = 800) -> Open:
        store = images.Folder(path)
        bench = rooms.Workbench(store)
        made = Open(qtbot, bench, width, height)
        held.append(made)
        made.room.show_task(rooms.task(next(iter(store.series))))
        made.pictures_there()
        return made

    yield start
    for each in held:
        each.bench.close(each.room)


@pytest.fixture
def lesion(room: Callable[..., Open], tmp_path: Path) -> Open:
    """A CT with a sphere that highdicom wrote, opened on the slice through its middle."""
    ct, mask = seg.series(), seg.sphere(CENTER, RADIUS)
    objects = [make.to_bytes(each) for each in ct]
    made = room(write(tmp_path, *objects, seg.written(ct, mask)))
    made.volume_there()
    made.room.images.set_layout(1, 1)
    made.pictures_there()
    made.room.images.go_to_step(made.active, 4)
    return made


def contents_there(made: Open) -> None:
    made.until(lambda: all(each.values for each in made.room.images.overlaying.listed()))
    QApplication.processEvents()


def list_key(made: Open, key: Qt.Key) -> None:
    view = made.room.overlays.view
    made.until(view.hasFocus)
    QTest.keyClick(view, key)
    QApplication.processEvents()


def current(made: Open) -> Line:
    line = made.room.overlays.current()
    assert line is not None
    return line


def test_nothing_is_drawn_until_it_is_asked_for_and_one_key_shows_and_hides_it(
    lesion: Open, picture: Picture
) -> None:
    before = colours(lesion.active)
    size = lesion.active.size()
    assert lesion.room.strip.overlays.words == "1 layer"
    assert not lesion.room.overlays.isVisible()
    assert lesion.room.images.overlaying.listed()[0].values == {}
    lesion.key(Qt.Key.Key_L, SHIFT)
    contents_there(lesion)
    picture(lesion.room, "overlays-lesion")
    assert lesion.room.overlays.isVisible()
    assert len(lesion.room.overlays.lines) == 2
    lesion.key(Qt.Key.Key_L, SHIFT)
    lesion.until(lambda: lesion.active.size() == size)
    assert not lesion.room.overlays.isVisible()
    assert np.array_equal(colours(lesion.active), before)


def test_a_segment_is_outlined_where_its_voxels_end_and_its_volume_stands_beside_its_name(
    lesion: Open,
) -> None:
    lesion.key(Qt.Key.Key_L, SHIFT)
    contents_there(lesion)
    line = lesion.room.overlays.lines[1]
    assert line.item is not None
    mask = seg.sphere(CENTER, RADIUS)
    volume = int(mask.sum()) * np.prod(seg.SPACING) / 1000
    assert line.value == f"{volume:.2f} ml"
    assert line.spoken() == f"1 Lesion, Liver, {volume:.2f} ml, on"
    row = round((CENTER[1] - 5.0) / seg.SPACING[1])
    columns = np.flatnonzero(mask[4, row])
    left, right = int(columns[0]), int(columns[-1])
    for border in (left - 0.5, right + 0.5):
        # The line is a pixel and a half wide: one of the nearest pixels has its colour.
        at = lesion.active.to_screen((border, row + 0.1))
        x, y = round(at.x()), round(at.y())
        near = colours(lesion.active)[y, x - 2 : x + 3].astype(int) - line.item.colour
        assert np.abs(near).max(axis=1).min() < 40
    inside = colour_at(lesion.active, (left + right) / 2, row)
    assert len(set(inside)) == 1
    assert inside == colour_at(lesion.active, 2, 2)


def test_a_fraction_says_from_which_share_on_it_counts(
    room: Callable[..., Open], tmp_path: Path
) -> None:
    """PS3.3 C.8.20.2.3 leaves the threshold to the reader of the object: it is written beside."""
    ct, ball = seg.series(), seg.sphere(CENTER, RADIUS)
    content = seg.written(ct, ball.astype(np.float32) * 0.7, "FRACTIONAL")
    made = room(write(tmp_path, *(make.to_bytes(each) for each in ct), content))
    made.key(Qt.Key.Key_L, SHIFT)
    contents_there(made)
    (value,) = [line.value for line in made.room.overlays.lines if line.item is not None]
    assert value == f"{ball.sum() * 0.8 * 0.8 * 2 / 1000:.2f} ml ≥ 50 %"


def test_an_outline_follows_a_view_that_is_flipped_and_turned(lesion: Open) -> None:
    lesion.key(Qt.Key.Key_L, SHIFT)
    contents_there(lesion)
    item = lesion.room.overlays.lines[1].item
    assert item is not None
    mask = seg.sphere(CENTER, RADIUS)
    row = round((CENTER[1] - 5.0) / seg.SPACING[1])
    left = int(np.flatnonzero(mask[4, row])[0])
    for key, modifiers in ((Qt.Key.Key_H, NONE), (Qt.Key.Key_R, SHIFT), (Qt.Key.Key_V, NONE)):
        lesion.key(key, modifiers)
        at = lesion.active.to_screen((left - 0.5, row + 0.1))
        x, y = round(at.x()), round(at.y())
        near = colours(lesion.active)[y - 2 : y + 3, x - 2 : x + 3].astype(int) - item.colour
        assert np.abs(near).max(axis=2).min() < 40


def test_the_list_opens_the_series_that_a_layer_belongs_to(
    room: Callable[..., Open], tmp_path: Path
) -> None:
    ct, mask = seg.series(), seg.sphere(CENTER, RADIUS)
    other = make.image(
        np.zeros((9, 9), np.int16),
        SOPInstanceUID="2.25.5151",
        SeriesInstanceUID="2.25.5152",
        SeriesNumber=40,
    )
    objects = [make.to_bytes(each) for each in (*ct, other)]
    made = room(write(tmp_path, *objects, seg.written(ct, mask)))
    made.room.images.set_layout(1, 1)
    study = made.room.study
    assert study is not None
    alone = next(s for s in study.display_sets if s.series_instance_uid == "2.25.5152")
    made.room._open_set(made.active, study.study_instance_uid, alone.identifier)
    made.key(Qt.Key.Key_L, CONTROL | SHIFT)
    contents_there(made)
    list_key(made, Qt.Key.Key_Down)
    list_key(made, Qt.Key.Key_Return)
    pane = made.active.pane
    assert pane is not None
    assert len(pane.shown.frames) == seg.SLICES
    assert mask[made.active.view.frame_index].sum() == mask.sum(axis=(1, 2)).max()


def test_the_list_switches_fills_and_fades_by_keys(lesion: Open, picture: Picture) -> None:
    lesion.key(Qt.Key.Key_L, CONTROL | SHIFT)
    contents_there(lesion)
    row, column = (CENTER[1] - 5.0) / seg.SPACING[1], (CENTER[0] + 10.0) / seg.SPACING[2]
    plain = colour_at(lesion.active, column, row)
    list_key(lesion, Qt.Key.Key_F)
    assert current(lesion).value == "40 %"
    list_key(lesion, Qt.Key.Key_Plus)
    assert current(lesion).value == "50 %"
    item = lesion.room.overlays.lines[1].item
    assert item is not None
    filled = colour_at(lesion.active, column, row)
    wanted = [0.5 * colour + 0.5 * below for colour, below in zip(item.colour, plain, strict=True)]
    assert filled == pytest.approx(wanted, abs=2)
    picture(lesion.room, "overlays-lesion-filled")
    list_key(lesion, Qt.Key.Key_Down)
    list_key(lesion, Qt.Key.Key_Space)
    assert not current(lesion).on
    assert colour_at(lesion.active, column, row) == plain
    list_key(lesion, Qt.Key.Key_Escape)
    lesion.until(lesion.active.hasFocus)


def test_a_click_on_the_eye_switches_and_a_click_on_the_name_only_chooses(lesion: Open) -> None:
    lesion.key(Qt.Key.Key_L, SHIFT)
    contents_there(lesion)
    view = lesion.room.overlays.view
    box = view.visualRect(view.model().index(1, 0))
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(view.viewport(), button, pos=QPoint(box.left() + 100, box.center().y()))
    assert current(lesion).on
    QTest.mouseClick(view.viewport(), button, pos=QPoint(box.left() + 16, box.center().y()))
    assert not current(lesion).on


def test_structures_and_dose_are_drawn_in_planes_of_every_direction(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    ct = seg.series()
    slices = [seg.SPACING[0] * k - 7.0 for k in range(2, 8)]
    structures = structure_set(*(contour(square(z, 2, 18)) for z in slices))
    grid = dose(
        ImagePositionPatient=[-4.0, 8.0, -5.0],
        PixelSpacing=[6.0, 6.0],
        GridFrameOffsetVector=[0.0, 6.0, 12.0],
    )
    objects = [make.to_bytes(each) for each in (*ct, structures, grid)]
    made = room(write(tmp_path, *objects))
    made.volume_there()
    made.key(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    made.key(Qt.Key.Key_L, SHIFT)
    contents_there(made)
    made.pictures_there()
    picture(made.room, "overlays-rt")
    values = [line.value for line in made.room.overlays.lines if line.item is not None]
    assert sorted(values) == ["3.07 ml", "max 29.50 Gy"]
    for viewport in made.room.images.grid.shown:
        grey = np.ptp(colours(viewport)[40:-40].astype(int), axis=2)
        assert (grey > 60).any()


def test_measurements_of_a_report_lie_on_their_image_and_the_list_goes_there(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    ct = seg.series()
    length = region(ct[6], "POLYLINE", [[10.5, 12.5], [34.5, 20.5]])
    ball = region(ct[6], "CIRCLE", [[24.5, 28.5], [24.5, 34.5]])
    content = measured(ct, group("Target 1", length, 20.2), group("Target two", ball, 9.6))
    made = room(write(tmp_path, *(make.to_bytes(each) for each in ct), content))
    made.volume_there()
    made.room.images.set_layout(1, 1)
    made.key(Qt.Key.Key_L, CONTROL | SHIFT)
    contents_there(made)
    assert [line.value for line in made.room.overlays.lines[1:]] == [
        "Diameter 20.2 mm",
        "Diameter 9.6 mm",
    ]
    list_key(made, Qt.Key.Key_Down)
    list_key(made, Qt.Key.Key_Return)
    view, pane = made.active.view, made.active.pane
    assert pane is not None
    assert pane.shown.frames[view.frame_index].key.sop_instance_uid == ct[6].SOPInstanceUID
    made.pictures_there()
    picture(made.room, "overlays-sr")
    item = current(made).item
    assert item is not None
    near = colours(made.active).astype(int) - item.colour
    assert (np.abs(near).max(axis=2) < 20).sum() > 100


def test_an_object_that_cannot_be_read_is_listed_with_the_reason(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    ct = seg.series()
    broken = structure_set(contour(square(-1.0, 2, 18), "SPLINE"))
    made = room(write(tmp_path, *(make.to_bytes(each) for each in (*ct, broken))))
    made.key(Qt.Key.Key_L, SHIFT)
    made.until(lambda: "of no known type" in made.room.overlays.lines[0].spoken())
    assert not made.room.overlays.lines[1].on
    picture(made.room, "overlays-broken")
    # Fetched again, it is read again when layers are asked for the next time.
    whole = make.to_bytes(structure_set(*(contour(square(z, 2, 18)) for z in (-1.0, 1.0))))
    (tmp_path / f"{len(ct)}.dcm").write_bytes(whole)
    made.key(Qt.Key.Key_L, SHIFT)
    made.key(Qt.Key.Key_L, SHIFT)
    made.until(lambda: made.room.overlays.lines[1].value == "1.02 ml")
    assert made.room.overlays.lines[1].on


def test_the_next_case_opens_without_overlays(lesion: Open) -> None:
    lesion.key(Qt.Key.Key_L, SHIFT)
    contents_there(lesion)
    lesion.room.close_study()
    assert not lesion.room.images.overlaying.board.shown
    assert lesion.room.images.overlaying.listed() == ()
    assert not lesion.room.overlays.isVisible()
    assert not lesion.room.strip.overlays.isVisible()


@pytest.mark.parametrize(
    "name", ["seg-ct-liver", "rt-lung-phantom-ibsi1", "petct-sts026/CT", "pet-wb-qin-headneck-0024"]
)
def test_real_objects_are_drawn_over_their_images(
    room: Callable[..., Open], picture: Picture, name: str
) -> None:
    made = room(require(name))
    made.volume_there()
    made.key(Qt.Key.Key_L, CONTROL | SHIFT)
    contents_there(made)
    list_key(made, Qt.Key.Key_Down)
    list_key(made, Qt.Key.Key_Return)
    made.pictures_there()
    item = current(made).item
    assert item is not None
    shown = np.abs(colours(made.active).astype(int) - item.colour).max(axis=2)
    assert (shown < 12).sum() > 10
    picture(made.room, f"overlays-real-{name.replace('/', '-')}")
