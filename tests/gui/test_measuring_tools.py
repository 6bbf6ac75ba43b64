"""Every measuring tool with the keys and the mouse, from its key to what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui import room as rooms
from tests.gui.test_reading_room import Open, start
from tests.workflow import images
from workstation.domain.image import Calibration, CalibrationSource
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.study import DisplaySetKind, Study
from workstation.domain.view import Plane
from workstation.domain.wording import area_text
from workstation.ui.viewport import mark_labels

K = MeasurementKind
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
#: key, kind, what is dragged from one point to the other, what is clicked
TOOLS = [
    (Qt.Key.Key_P, K.POLYLINE, [], [(20, 20), (40, 20), (40, 50)]),
    (Qt.Key.Key_G, K.COBB, [((20, 20), (60, 24)), ((20, 60), (60, 50))], []),
    (Qt.Key.Key_X, K.BIDIRECTIONAL, [((20, 40), (80, 40)), ((45, 25), (60, 60))], []),
    (Qt.Key.Key_I, K.CENTRE_LINE, [((50, 10), (50, 70))], [(62, 40)]),
    (Qt.Key.Key_T, K.CARDIOTHORACIC, [((10, 60), (90, 60)), ((30, 50), (70, 55))], []),
    (Qt.Key.Key_E, K.ROTATED_ELLIPSE, [((30, 30), (70, 50))], [(45, 55)]),
    (Qt.Key.Key_N, K.POLYGON, [], [(20, 20), (60, 20), (60, 50), (20, 20)]),
]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[..., Open]]:
    held: list[Open] = []

    def make(study: Study | None = None) -> Open:
        bench = rooms.Workbench(rooms.Small(), study or images.study())
        made = Open(qtbot, bench, 1200, 700)
        held.append(made)
        return start(made)

    yield make
    for each in held:
        each.bench.close(each.room)


def at(made: Open, point: tuple[float, float]) -> QPoint:
    return made.active.to_screen(point).toPoint()


def click(made: Open, point: tuple[float, float]) -> None:
    QTest.mouseClick(made.active, Qt.MouseButton.LeftButton, pos=at(made, point))
    QApplication.processEvents()


def draw(
    made: Open,
    key: Qt.Key,
    drags: Sequence[tuple[tuple[float, float], tuple[float, float]]],
    clicks: Sequence[tuple[float, float]],
) -> None:
    made.key(key, SHIFT)
    for a, b in drags:
        made.drag(at(made, a), at(made, b))
    for point in clicks:
        click(made, point)
    if key is Qt.Key.Key_P:
        made.key(Qt.Key.Key_Return)


def measured(made: Open) -> tuple[Measurement, ...]:
    return made.room.images.measuring(images.STUDY_UID).measurements()


@pytest.mark.parametrize(("key", "kind", "drags", "clicks"), TOOLS, ids=lambda v: str(v))
def test_each_tool_draws_moves_undoes_deletes_and_is_found_again(
    opened: Callable[..., Open],
    key: Qt.Key,
    kind: MeasurementKind,
    drags: list[tuple[tuple[float, float], tuple[float, float]]],
    clicks: list[tuple[float, float]],
) -> None:
    made = opened()
    draw(made, key, drags, clicks)
    (held,) = measured(made)
    assert held.kind is kind
    assert held.result.calibration is CalibrationSource.PATIENT
    assert made.active.chosen == held.identifier
    assert made.active.draft is None
    # A handle is dragged.
    handle = made.active.to_screen(held.points[-1]).toPoint()
    made.drag(handle, handle + QPoint(9, 17))
    (moved,) = measured(made)
    assert moved.points[-1] != held.points[-1]
    assert moved.identifier == held.identifier
    made.key(Qt.Key.Key_Z, CONTROL)
    assert measured(made) == (held,)
    made.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert measured(made) == (moved,)
    kept = made.bench.measuring_for(images.STUDY_UID)
    made.until(lambda: made.bench.measuring_for(images.STUDY_UID).measurements() == measured(made))
    assert kept is not made.room.images.measuring(images.STUDY_UID)
    made.key(Qt.Key.Key_Delete)
    assert measured(made) == ()


def test_a_freehand_outline_follows_the_mouse(opened: Callable[..., Open]) -> None:
    made = opened()
    made.key(Qt.Key.Key_F, SHIFT)
    viewport = made.active
    angles = np.linspace(0, 2 * np.pi, 60)
    path = [at(made, (50 + 25 * np.cos(t), 40 + 25 * np.sin(t))) for t in angles]
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=path[0])
    for point in path[1:]:
        QTest.mouseMove(viewport, point)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=path[-1])
    (held,) = measured(made)
    assert held.kind is K.FREEHAND
    assert 8 <= len(held.points) <= 60
    statistics = held.result.statistics
    assert statistics is not None
    assert statistics.area_mm2 == pytest.approx(np.pi * 12.5**2, rel=0.03)


def test_the_short_axis_stays_square_while_the_long_one_turns(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    draw(made, Qt.Key.Key_X, [((20, 40), (80, 40)), ((45, 25), (60, 60))], [])
    (held,) = measured(made)
    handle = made.active.to_screen(held.points[1]).toPoint()
    made.drag(handle, handle + QPoint(-40, 90))
    (moved,) = measured(made)
    a, b, c, d = (np.asarray(each) for each in moved.points)
    assert abs((b - a) @ (d - c)) < 1e-6
    short = held.result.detail("short axis")
    turned = moved.result.detail("short axis")
    assert short is not None
    assert turned is not None
    assert turned.value == pytest.approx(short.value, rel=1e-6)


def test_what_is_drawn_is_taken_back_point_by_point(opened: Callable[..., Open]) -> None:
    made = opened()
    made.key(Qt.Key.Key_N, SHIFT)
    for point in ((20, 20), (60, 20), (70, 70)):
        click(made, point)
    made.key(Qt.Key.Key_Backspace)
    draft = made.active.draft
    assert draft is not None
    assert len(draft.points) == 2
    made.key(Qt.Key.Key_Escape)
    assert made.active.draft is None
    assert measured(made) == ()


def test_the_area_stands_beside_a_region_while_it_is_drawn(opened: Callable[..., Open]) -> None:
    made = opened()
    made.key(Qt.Key.Key_T)
    viewport = made.active
    a, b = at(made, (20, 20)), at(made, (60, 50))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=a)
    QTest.mouseMove(viewport, b)
    draft = viewport.draft
    assert draft is not None
    (x0, y0), (x1, y1) = draft.points
    words = area_text(abs(x1 - x0) * abs(y1 - y0) * 0.25)
    assert draft.words == words
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=b)
    assert viewport.draft is None


def test_a_double_click_ends_a_polygon(opened: Callable[..., Open]) -> None:
    made = opened()
    made.key(Qt.Key.Key_N, SHIFT)
    for point in ((20, 20), (60, 20)):
        click(made, point)
    click(made, (60, 60))
    QTest.mouseDClick(made.active, Qt.MouseButton.LeftButton, pos=at(made, (60, 60)))
    (held,) = measured(made)
    assert len(held.points) == 3
    assert len(made.room.images.grid.shown) == 2


def test_a_region_lies_on_a_plane_of_the_volume_at_the_same_place(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    made.volume_there()
    draw(made, Qt.Key.Key_E, [((30, 30), (70, 50))], [(45, 55)])
    (held,) = measured(made)
    made.key(Qt.Key.Key_A, SHIFT)
    viewport = made.active
    assert viewport.view.plane is Plane.AXIAL
    (mark,) = viewport.marks()
    scene = viewport.built()
    assert scene is not None
    assert scene.plane is not None
    assert not mark.own
    for position, point in zip(held.positions, mark.points, strict=True):
        column, row, away = scene.plane.to_image(position)
        there = viewport.to_screen((column, row))
        assert abs(away) < 1e-6
        assert (there.x(), there.y()) == pytest.approx((point.x(), point.y()), abs=1e-6)
    made.wheel(1)
    assert viewport.marks() == []


def test_a_measurement_on_a_plane_is_marked_as_interpolated_on_the_images_too(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    made.volume_there()
    made.key(Qt.Key.Key_A, SHIFT)
    made.pictures_there()
    draw(made, Qt.Key.Key_X, [((20, 40), (80, 40)), ((45, 25), (60, 60))], [])
    (held,) = measured(made)
    assert held.result.interpolated
    right = made.room.images.grid.viewports[1]
    assert right.view.plane is Plane.ACQUIRED
    (mark,) = right.marks()
    assert not mark.own
    assert "MPR, interpolated" in mark_labels.badge_of(mark.own, mark.measurement)[0]


def radiograph() -> Study:
    """The synthetic series as projections: no patient plane, spacing at the detector."""
    held = images.display_set(slices=2)
    frames = tuple(
        replace(
            frame,
            modality="DX",
            plane=None,
            calibration=Calibration(CalibrationSource.DETECTOR, (0.5, 0.5)),
        )
        for frame in held.frames
    )
    shown = replace(held, frames=frames, volume=None, modality="DX", kind=DisplaySetKind.STACK)
    return images.study(shown)


def test_a_reader_gives_a_series_its_scale_and_every_value_says_who(
    opened: Callable[..., Open],
) -> None:
    made = opened(radiograph())
    made.key(Qt.Key.Key_L)
    made.drag(at(made, (20, 60)), at(made, (60, 60)))
    (before,) = measured(made)
    assert before.result.calibration is CalibrationSource.DETECTOR
    made.key(Qt.Key.Key_K, SHIFT)
    made.drag(at(made, (20, 20)), at(made, (70, 20)))
    entry = made.room.caption.length
    assert entry.isVisible()
    # A unit or a comma that could be meant otherwise is asked for again.
    for unclear in ("10 cm", "1,000", ""):
        entry.setText(unclear)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        assert entry.isVisible()
        assert "in mm" in made.room.caption.words.text()
    assert measured(made) == (before,)
    assert made.active.draft is not None
    entry.clear()
    QTest.keyClicks(entry, "100 mm")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert made.active.draft is None
    assert made.room.images.tool == "length"
    assert not entry.isVisible()
    (after,) = measured(made)
    assert after.result.calibration is CalibrationSource.USER
    assert after.result.value == pytest.approx(4 * before.result.value, rel=0.05)
    assert after.result.calibration_detail == "VIDAL, Ana, 24 Nov 2026 03:12"
    lines = [row.text for row in mark_labels.label_rows(after, True)]
    assert "scale: VIDAL, Ana, 24 Nov 2026 03:12" in lines
    scene = made.active.built()
    assert scene is not None
    assert scene.frame is not None
    assert scene.frame.calibration.source is CalibrationSource.USER
    made.key(Qt.Key.Key_L)
    made.drag(at(made, (20, 40)), at(made, (60, 40)))
    assert measured(made)[1].result.calibration is CalibrationSource.USER
    made.room.verbs.drop_scale()
    assert {each.result.calibration for each in measured(made)} == {CalibrationSource.DETECTOR}
    made.key(Qt.Key.Key_Z, CONTROL)
    assert {each.result.calibration for each in measured(made)} == {CalibrationSource.USER}


def test_a_scale_is_there_when_the_case_is_opened_again(qtbot: QtBot) -> None:
    study = radiograph()
    bench = rooms.Workbench(rooms.Small(), study)
    shown = study.display_sets[0]
    bench.measuring_for(images.STUDY_UID).calibrate(
        study, shown, 0, [(10.0, 10.0), (60.0, 10.0)], 100.0, by="VIDAL, Ana", at=rooms.NOW
    )
    qtbot.waitUntil(lambda: bool(bench.marks.held))
    made = Open(qtbot, bench, 1200, 700)
    start(made)
    scene = made.active.built()
    assert scene is not None
    assert scene.frame is not None
    assert scene.frame.calibration.source is CalibrationSource.USER
    assert scene.frame.calibration.spacing_mm == pytest.approx((2.0, 2.0))
    bench.close(made.room)


def test_an_image_with_a_place_in_the_patient_takes_no_scale_of_a_reader(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    made.key(Qt.Key.Key_K, SHIFT)
    made.drag(at(made, (20, 20)), at(made, (70, 20)))
    assert not made.room.caption.length.isVisible()
    assert "position in the patient" in made.room.caption.words.text()


def test_the_bar_shows_a_tool_that_only_its_menu_holds(opened: Callable[..., Open]) -> None:
    made = opened()
    bar = made.room.bar
    assert not bar.measure.isChecked()
    made.key(Qt.Key.Key_G, SHIFT)
    assert bar.measure.isChecked()
    made.key(Qt.Key.Key_Escape)
    assert not bar.measure.isChecked()


def test_every_kind_has_its_command_its_words_and_its_sign() -> None:
    from workstation.commands import registry
    from workstation.ui import icons
    from workstation.ui.viewport.caption_bar import TOOL_WORDS
    from workstation.ui.viewport.measure_tools import ICONS, MENU

    table = registry.load_all()
    listed = {each[0] for each in MENU if each is not None}
    for kind in K:
        assert table[f"tool.{kind.value}"].keys
        assert f"tool.{kind.value}" in listed
        assert kind.value in TOOL_WORDS
        assert ICONS[kind] in icons.GLYPHS or ICONS[kind] in icons.DRAWN
