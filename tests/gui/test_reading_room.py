"""The reading room with real keys and mouse, on a small synthetic series and on real studies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui import room as rooms
from tests.realdata import require
from tests.workflow import images
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.image import Calibration, CalibrationSource, Window
from workstation.domain.reading_task import PriorStudy
from workstation.domain.study import (
    DisplaySet,
    DisplaySetKind,
    NotShown,
    RetrievalProgress,
    RetrievalState,
    SeriesProgress,
    Study,
)
from workstation.domain.view import Plane
from workstation.imaging.letters import EdgeLetters, edge_letters
from workstation.imaging.picture import render
from workstation.ui import theme
from workstation.ui.viewport import mark_labels, overlay
from workstation.ui.viewport.reading_room import ReadingRoom
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import viewing
from workstation.workflow.viewing import SlotState


class Open:
    """A room that is open, with its workbench."""

    def __init__(self, qtbot: QtBot, bench: rooms.Workbench, width: int, height: int) -> None:
        self.qtbot, self.bench = qtbot, bench
        self.room = ReadingRoom(bench, bench.bridge)  # type: ignore[arg-type]
        qtbot.addWidget(self.room)
        self.room.resize(width, height)
        self.room.show()

    @property
    def active(self) -> Viewport:
        return self.room.images.active

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    def pictures_there(self) -> None:
        def ready() -> bool:
            shown = [v for v in self.room.images.grid.shown if v.pane is not None]
            for viewport in shown:
                viewport.grab()
            return bool(shown) and all(v.scene and v.scene.buffer is not None for v in shown)

        self.until(ready)

    def volume_there(self) -> None:
        def full() -> bool:
            pane = self.active.pane
            volume = self.bench.volumes.peek(pane.shown.identifier) if pane else None
            return volume is not None and bool(volume.present.all())

        self.until(full)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        self.active.setFocus()
        QTest.keyClick(self.active, key, modifiers or Qt.KeyboardModifier.NoModifier)
        QApplication.processEvents()

    def drag(
        self, a: QPoint, b: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        viewport = self.active
        QTest.mousePress(viewport, button, pos=a)
        QTest.mouseMove(viewport, QPoint((a.x() + b.x()) // 2, (a.y() + b.y()) // 2))
        QTest.mouseMove(viewport, b)
        QTest.mouseRelease(viewport, button, pos=b)
        QApplication.processEvents()

    def wheel(self, notches: int) -> None:
        viewport = self.active
        middle = QPointF(viewport.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(viewport.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, -120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[..., Open]]:
    held: list[Open] = []

    def make(
        study: Study | None = None,
        broken: tuple[int, ...] = (),
        width: int = 1200,
        height: int = 700,
    ) -> Open:
        bench = rooms.Workbench(rooms.Small(broken=broken), study or images.study())
        made = Open(qtbot, bench, width, height)
        held.append(made)
        return made

    yield make
    for each in held:
        each.bench.close(each.room)


def start(made: Open) -> Open:
    made.room.show_task(rooms.task(images.STUDY_UID))
    made.pictures_there()
    return made


def pixels_of(viewport: Viewport) -> NDArray[np.uint8]:
    image = viewport.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return held[:, : image.width()].copy()


def test_the_grabbed_viewport_shows_exactly_the_rendered_picture(
    opened: Callable[..., Open],
) -> None:
    made = start(opened())
    made.key(Qt.Key.Key_Equal)
    viewport = made.active
    pane, scene = viewport.pane, viewport.built()
    assert pane is not None
    assert scene is not None
    assert scene.placement is not None
    assert scene.placement.scale == 1.0
    frame = pane.shown.frames[viewport.view.frame_index]
    stored = images.pixels(viewport.view.frame_index)
    wanted = render(stored, frame, viewport.view.voi)
    x, y = scene.placement.to_screen((0, 0))
    left, top = round(x + 1e-6), round(y + 1e-6)
    shown = pixels_of(viewport)[top : top + images.ROWS, left : left + images.COLUMNS]
    assert np.array_equal(shown, wanted)


def test_keys_page_window_invert_and_reset(opened: Callable[..., Open]) -> None:
    made = start(opened())
    viewport = made.active
    first = viewport.view.frame_index
    made.key(Qt.Key.Key_Down)
    assert viewport.view.frame_index == first + 1
    made.key(Qt.Key.Key_Home)
    assert viewport.view.frame_index == 0
    made.key(Qt.Key.Key_Up)
    assert viewport.view.frame_index == 0
    made.key(Qt.Key.Key_End)
    assert viewport.view.frame_index == images.SLICES - 1
    made.pictures_there()
    made.key(Qt.Key.Key_3)
    assert viewport.view.voi_name == "lung"
    voi = viewport.view.voi
    assert isinstance(voi, Window)
    assert (voi.width, voi.center) == (1500, -600)
    before = pixels_of(viewport).mean()
    made.key(Qt.Key.Key_I)
    assert viewport.view.inverted
    assert pixels_of(viewport).mean() != before
    made.key(Qt.Key.Key_0)
    assert viewport.view.voi_name == "auto"
    made.key(Qt.Key.Key_R)
    assert not viewport.view.inverted
    assert viewport.view.frame_index == images.SLICES - 1


def test_the_wheel_pages_and_linked_viewports_follow_in_the_patient(
    opened: Callable[..., Open],
) -> None:
    made = start(opened())
    made.volume_there()
    left, right = made.room.images.grid.viewports
    start_at = left.view.frame_index
    made.wheel(2)
    assert left.view.frame_index == right.view.frame_index == start_at + 2


def test_name_and_id_are_whole_at_twice_the_text(opened: Callable[..., Open]) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scale=2.0)
    made = start(opened(width=1366, height=768))
    bar = made.room.bar
    patient = Patient("SM-88120", PersonName("Étoilière^Maëlle"), date(1960, 9, 2), Sex.FEMALE)
    bar.show_task(rooms.task(images.STUDY_UID, patient=patient))
    held = (bar.family, bar.given, bar.number)
    made.until(lambda: all(each.width() >= each.sizeHint().width() for each in held))


def test_corner_text_goes_at_rest_and_comes_back_with_a_touch(opened: Callable[..., Open]) -> None:
    made = start(opened())
    viewport = made.active
    before = pixels_of(viewport)[:60, :200]
    made.room.fade_corner_text(True)
    made.room.fading.timer.setInterval(1)
    made.key(Qt.Key.Key_Shift)
    made.qtbot.waitUntil(lambda: made.room.images.quiet)
    gone = pixels_of(viewport)[:60, :200]
    assert not np.array_equal(gone, before)
    made.room.fading.timer.setInterval(60_000)
    QTest.keyClick(made.room.window().windowHandle(), Qt.Key.Key_Shift)
    assert not made.room.images.quiet
    back = pixels_of(viewport)[:60, :200]
    assert np.array_equal(back, before)


def test_the_left_button_scrolls_where_the_reader_wants_it(opened: Callable[..., Open]) -> None:
    made = start(opened())
    made.room.follow_habits("scroll", "H/F")
    viewport = made.active
    before, middle = viewport.view, viewport.rect().center()
    made.drag(middle, middle + QPoint(0, 30))
    assert viewport.view.frame_index > before.frame_index
    assert viewport.view.voi == before.voi
    made.key(Qt.Key.Key_W)
    assert made.room.images.tool == "window"
    made.drag(middle, middle + QPoint(40, 0))
    assert viewport.view.voi != before.voi
    made.key(Qt.Key.Key_Escape)
    assert made.room.images.tool == "scroll"


def test_the_window_is_dragged_and_the_image_panned_and_zoomed(
    opened: Callable[..., Open],
) -> None:
    made = start(opened())
    middle = made.active.rect().center()
    made.drag(middle, middle + QPoint(100, 0))
    voi = made.active.view.voi
    assert isinstance(voi, Window)
    assert voi.width > 400
    made.drag(middle, middle + QPoint(30, 20), Qt.MouseButton.MiddleButton)
    assert made.active.view.pan == (30.0, 20.0)
    scene = made.active.built()
    assert scene is not None
    assert scene.placement is not None
    before = scene.placement.scale
    made.drag(middle, middle - QPoint(0, 60), Qt.MouseButton.RightButton)
    zoom = made.active.view.zoom
    assert zoom is not None
    assert zoom > before


def test_a_length_is_drawn_moved_undone_and_done_again(opened: Callable[..., Open]) -> None:
    made = start(opened())
    viewport = made.active
    made.key(Qt.Key.Key_L)
    a, b = viewport.to_screen((20, 20)).toPoint(), viewport.to_screen((60, 50)).toPoint()
    made.drag(a, b)
    measuring = made.room.images.measuring(images.STUDY_UID)
    (held,) = measuring.measurements()
    (x0, y0), (x1, y1) = held.points
    # A 3-4-5 triangle of half millimetres; the mouse stands on whole pixels of the screen.
    scene = viewport.built()
    assert scene is not None
    assert scene.placement is not None
    assert held.result.value == pytest.approx(0.5 * np.hypot(x1 - x0, y1 - y0))
    assert held.result.value == pytest.approx(25.0, abs=1.0 / scene.placement.scale)
    assert viewport.chosen == held.identifier
    made.drag(b, b + QPoint(40, 0))
    (moved,) = measuring.measurements()
    assert moved.points[0] == held.points[0]
    assert moved.points[1][0] > held.points[1][0] + 1
    control = Qt.KeyboardModifier.ControlModifier
    made.key(Qt.Key.Key_Z, control)
    assert measuring.measurements() == (held,)
    made.key(Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert measuring.measurements() == (moved,)
    made.key(Qt.Key.Key_Delete)
    assert measuring.measurements() == ()


def test_an_angle_takes_three_clicks_and_a_probe_one(opened: Callable[..., Open]) -> None:
    made = start(opened())
    viewport = made.active
    made.key(Qt.Key.Key_A)
    for point in ((60, 20), (30, 20), (30, 60)):
        QTest.mouseClick(
            viewport, Qt.MouseButton.LeftButton, pos=viewport.to_screen(point).toPoint()
        )
    measuring = made.room.images.measuring(images.STUDY_UID)
    (angle,) = measuring.measurements()
    assert angle.result.value == pytest.approx(90.0, abs=1.0)
    made.key(Qt.Key.Key_P)
    spot = viewport.to_screen((80, 70)).toPoint()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    probe = measuring.measurements()[1]
    index = viewport.view.frame_index
    assert probe.result.value == 3 * 80 + 2 * 70 + 10 * index
    assert probe.result.unit == "HU"


def test_a_measurement_shows_on_the_planes_that_hold_it(opened: Callable[..., Open]) -> None:
    made = start(opened())
    made.volume_there()
    left, right = made.room.images.grid.viewports
    made.key(Qt.Key.Key_L)
    made.drag(left.to_screen((20, 20)).toPoint(), left.to_screen((60, 20)).toPoint())
    assert len(left.marks()) == len(right.marks()) == 1
    assert right.marks()[0].own
    made.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert left.view.plane is Plane.AXIAL
    (mark,) = left.marks()
    assert not mark.own
    assert "of S3/" in mark_labels.badge_of(mark.own, mark.measurement)[0]
    made.wheel(1)
    assert left.marks() == []


def test_mpr_shows_three_planes_through_the_crosshair(opened: Callable[..., Open]) -> None:
    made = start(opened())
    made.volume_there()
    made.key(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    made.pictures_there()
    grid = made.room.images.grid
    planes = [viewport.view.plane for viewport in grid.viewports]
    assert planes == [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL, Plane.ACQUIRED]
    goal = (120.0, 215.0, 306.0)
    made.room.images.move_focus(grid.viewports[0], goal)
    made.pictures_there()
    for viewport in grid.viewports[:3]:
        scene = viewport.built()
        assert scene is not None
        assert scene.plane is not None
        assert scene.values is not None
        column, row, away = scene.plane.to_image(goal)
        assert away == pytest.approx(0.0, abs=1e-6)
    scene = grid.viewports[1].built()
    assert scene is not None
    assert scene.plane is not None
    assert scene.values is not None
    column, row, _ = scene.plane.to_image(goal)
    # Column 40, row 30, slice 3 of the synthetic series.
    value = scene.values[round(row), round(column)]
    assert value == pytest.approx(3 * 40 + 2 * 30 + 10 * 3, abs=1.0)
    assert grid.viewports[3].view.frame_index == 3


def test_a_frame_that_cannot_be_decoded_is_said_and_no_other_is_shown(
    opened: Callable[..., Open],
) -> None:
    made = start(opened(broken=(0,)))
    made.key(Qt.Key.Key_Home)
    viewport = made.active

    def told() -> bool:
        viewport.grab()
        return viewport.scene is not None and "61 %" in " ".join(viewport.scene.words)

    made.until(told)
    scene = viewport.scene
    assert scene is not None
    assert scene.buffer is None
    # A key that can do nothing here says so.
    made.key(Qt.Key.Key_0)
    assert "No window from the data" in made.room.caption.words.text()
    made.key(Qt.Key.Key_L)
    made.drag(QPoint(100, 300), QPoint(200, 300))
    assert made.room.images.measuring(images.STUDY_UID).measurements() == ()


def test_what_is_not_here_yet_is_counted_and_dotted(opened: Callable[..., Open]) -> None:
    part = images.study(images.display_set(slices=8))
    made = opened(study=part)
    series = SeriesProgress(images.SERIES_UID, "Soft 2.0", "CT", 8, images.SLICES)
    progress = RetrievalProgress(images.STUDY_UID, RetrievalState.FETCHING, (series,))
    made.bench.retrieving.held[images.STUDY_UID] = progress
    start(made)
    viewport = made.active
    content = viewport.bar_content()
    states = [slot.state for slot in content.slots]
    assert states.count(SlotState.HERE) == 8
    assert states.count(SlotState.NOT_HERE) == 4
    pane, scene = viewport.pane, viewport.scene
    assert pane is not None
    assert scene is not None
    words = overlay.corners(pane, viewport.view, scene, made.room.images.arrival(pane), 600)
    assert words.upper_right == [("8 of 12 here", "text")]
    thumb = made.room.strip.thumbs[0]
    assert thumb.content.count == "12"
    assert thumb.content.here == pytest.approx(8 / 12)
    opening = made.bench.opening
    assert isinstance(opening, rooms.SmallOpening)
    opening.study_made = images.study()
    made.room._grew(images.study())
    pane = made.active.pane
    assert pane is not None
    assert len(pane.shown.frames) == images.SLICES


def test_a_missing_slice_is_amber_and_named(opened: Callable[..., Open]) -> None:
    held = images.display_set(without=(5,))
    made = start(opened(study=images.study(held)))
    content = made.active.bar_content()
    assert [slot.state for slot in content.slots].count(SlotState.MISSING) == 1
    assert viewing.missing_words(held) == "1 slice missing at 310 mm, left blank"
    assert made.room.strip.thumbs[0].content.warning == "1 slice missing"


def test_letters_turn_with_the_view_and_are_blank_when_unknown(
    opened: Callable[..., Open],
) -> None:
    made = start(opened())
    viewport = made.active

    def letters() -> EdgeLetters:
        scene = viewport.built()
        assert scene is not None
        return edge_letters(scene.plane, ("", ""), viewport.view)

    assert letters() == EdgeLetters("R", "L", "A", "P")
    made.key(Qt.Key.Key_H)
    assert letters() == EdgeLetters("L", "R", "A", "P")
    made.key(Qt.Key.Key_H)
    made.key(Qt.Key.Key_V)
    assert letters() == EdgeLetters("R", "L", "P", "A")
    assert edge_letters(None, ("", ""), viewport.view) == EdgeLetters()


def test_layouts_stages_and_one_viewport_alone(opened: Callable[..., Open]) -> None:
    made = start(opened())
    grid = made.room.images.grid
    assert made.room.bar.stage_name.text() == "Soft and lung"
    made.key(Qt.Key.Key_Period)
    assert made.room.bar.stage_name.text() == "MPR"
    assert len(grid.shown) == 4
    made.key(Qt.Key.Key_Comma)
    made.key(Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert (grid.rows, grid.columns) == (3, 3)
    made.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.shown) == 1
    made.key(Qt.Key.Key_Period)
    QTest.mouseDClick(made.active, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert len(grid.shown) == 1
    assert made.active.note == "view 1 of 4"


def test_typed_window_values_are_taken(opened: Callable[..., Open]) -> None:
    made = start(opened())
    made.key(Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    entry = made.room.caption.entry
    assert entry.isVisible()
    assert entry.text() == "W 400 L 40"
    entry.setText("W 80 L -35")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    voi = made.active.view.voi
    assert isinstance(voi, Window)
    assert (voi.width, voi.center) == (80, -35)
    assert not entry.isVisible()


def test_key_images_and_seen_frames_are_kept(opened: Callable[..., Open]) -> None:
    made = start(opened())
    made.key(Qt.Key.Key_K)
    measuring = made.room.images.measuring(images.STUDY_UID)
    index = made.active.view.frame_index
    (held,) = measuring.key_images()
    assert held.frame == images.frame(index).key
    assert index in measuring.seen(images.display_set())
    assert made.room.unread_series() == ()
    made.key(Qt.Key.Key_Home)
    made.room.show_key_image(held.frame)
    assert made.active.view.frame_index == index


def test_the_report_goes_to_a_measurement(opened: Callable[..., Open]) -> None:
    made = start(opened())
    viewport = made.active
    made.key(Qt.Key.Key_L)
    made.drag(viewport.to_screen((20, 20)).toPoint(), viewport.to_screen((60, 20)).toPoint())
    (held,) = made.room.images.measuring(images.STUDY_UID).measurements()
    index = viewport.view.frame_index
    made.key(Qt.Key.Key_End)
    made.room.show_measurement(held.identifier)
    assert viewport.view.frame_index == index
    assert viewport.chosen == held.identifier


def test_f3_hides_the_report_and_says_so(opened: Callable[..., Open], qtbot: QtBot) -> None:
    made = start(opened())
    panel = QLabel("report")
    made.room.set_side_panel(panel)
    with qtbot.waitSignal(made.room.report_hidden) as hidden:
        made.room.toggle_side_panel()
    assert hidden.args == [True]
    assert not panel.isVisible()


def test_nothing_to_show_says_received_equals_shown_plus_listed(
    opened: Callable[..., Open],
) -> None:
    reason = "Broken pixel data: the file ends after 61 %"
    lost = tuple(NotShown("", f"2.25.5.{n}", reason, "CT images", "Fetch again") for n in range(37))
    study = replace(images.study(), series=(), received=37, not_shown=lost)
    made = opened(study=study)
    made.room.show_task(rooms.task(images.STUDY_UID))
    made.until(lambda: made.room.card.isVisible())
    words = [each.text() for each in made.room.card.findChildren(QLabel)]
    for wanted in ("Received 37", "Shown 0", "Listed here 37", reason, "37"):
        assert wanted in words
    assert "37 files arrived and none can be shown as an image" in words
    assert not made.room.bar.buttons["tool.length"].isEnabled()


def test_identity_stays_when_the_window_is_narrow(opened: Callable[..., Open]) -> None:
    made = start(opened(width=820, height=600))
    bar = made.room.bar
    for each in (bar.family, bar.given, bar.number):
        assert each.isVisible()
        made.until(lambda held=each: held.width() >= held.sizeHint().width())  # type: ignore[misc]
    assert not bar.study.isVisible()
    assert bar.family.text() == "ACKERMANN"
    assert bar.due.text() == "8 min"


def test_an_image_without_scale_says_so() -> None:
    flat = replace(images.frame(0), plane=None, calibration=Calibration())
    at_detector = Calibration(CalibrationSource.DETECTOR, (0.1, 0.1))
    shown = DisplaySet(
        "2.25.2/0", DisplaySetKind.IMAGE, images.SERIES_UID, 1, "PA", "DX", frames=(flat,)
    )
    assert shown.frames[0].plane is None
    from workstation.ui.viewport.scene import Scene

    assert overlay.calibration_words(Scene(frame=flat))[1] == "urgent"
    there = replace(flat, calibration=at_detector)
    assert overlay.calibration_words(Scene(frame=there))[0] == "spacing at detector"
    plane = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1), 2, 2)
    assert overlay.calibration_words(Scene(frame=flat, plane=plane))[0] == ""


def test_a_prior_that_is_not_here_can_be_fetched(opened: Callable[..., Open]) -> None:
    made = opened()
    prior = PriorStudy("2.25.900", datetime(2026, 3, 12, tzinfo=UTC), ("DX",), "Chest", 2)
    task = rooms.task(images.STUDY_UID)
    made.bench.priors(task, prior)
    opening = made.bench.opening
    assert isinstance(opening, rooms.SmallOpening)
    opening.others["2.25.900"] = Study("2.25.900", images.study().patient)
    made.room.show_task(task)
    made.pictures_there()
    made.until(lambda: len(made.room.strip.thumbs) == 2)
    made.until(lambda: made.bench.retrieving.started == ["2.25.900"])
    thumb = made.room.strip.thumbs[1]
    assert thumb.content.title == "DX 8 mo"
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton)
    made.until(lambda: made.bench.retrieving.started == ["2.25.900", "2.25.900"])


def test_a_study_that_grew_while_it_was_being_opened_is_shown_as_it_is_by_now(
    opened: Callable[..., Open], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = images.study()
    part = replace(whole, received=1)
    made = opened(study=part)
    opening = made.bench.opening
    monkeypatch.setattr(opening, "study", lambda _uid: whole)
    made.room.show_task(rooms.task(images.STUDY_UID))
    made.until(lambda: made.room.study is not None)
    assert made.room.study is whole


def test_a_prior_that_becomes_known_while_the_case_is_read_is_shown(
    opened: Callable[..., Open],
) -> None:
    made = opened()
    task = rooms.task(images.STUDY_UID)
    made.room.show_task(task)
    made.pictures_there()
    assert len(made.room.strip.thumbs) == 1
    opening = made.bench.opening
    assert isinstance(opening, rooms.SmallOpening)
    opening.others["2.25.900"] = Study("2.25.900", images.study().patient)
    made.bench.priors(
        task, PriorStudy("2.25.900", datetime(2026, 3, 12, tzinfo=UTC), ("DX",), "Chest", 2)
    )
    for listener in tuple(made.bench.worklist.listeners):
        listener()
    made.until(lambda: len(made.room.strip.thumbs) == 2)
    assert made.room.strip.thumbs[1].content.title == "DX 8 mo"
    made.until(lambda: made.bench.retrieving.started == ["2.25.900"])


def radiograph(uid: str) -> Study:
    """The first slice as the one image of a radiograph."""
    whole = images.study()
    series = whole.series[0]
    shown = series.display_sets[0]
    one = replace(
        shown,
        kind=DisplaySetKind.IMAGE,
        modality="DX",
        frames=shown.frames[:1],
        sop_instance_uids=shown.sop_instance_uids[:1],
        volume=None,
    )
    made = replace(series, modality="DX", display_sets=(one,))
    return replace(whole, study_instance_uid=uid, series=(made,), received=1)


@pytest.mark.parametrize("measures", [False, True])
def test_a_prior_that_arrives_takes_no_image_from_under_the_hand_that_measures(
    opened: Callable[..., Open], measures: bool
) -> None:
    made = opened(study=radiograph(images.STUDY_UID))
    task = rooms.task(images.STUDY_UID, modality="DX")
    made.room.show_task(task)
    made.pictures_there()
    before = made.room.bar.stage_name.text()
    viewport = made.active
    start, end = (viewport.to_screen(at).toPoint() for at in ((10, 10), (30, 10)))
    if measures:
        made.key(Qt.Key.Key_L)
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    opening = made.bench.opening
    assert isinstance(opening, rooms.SmallOpening)
    opening.others["2.25.900"] = radiograph("2.25.900")
    made.bench.priors(
        task, PriorStudy("2.25.900", datetime(2026, 3, 12, tzinfo=UTC), ("DX",), "Chest", 2)
    )
    for listener in tuple(made.bench.worklist.listeners):
        listener()
    made.until(lambda: "Current and prior" in made.room.stage_names)
    if not measures:
        assert made.room.bar.stage_name.text() != before
        return
    assert made.room.bar.stage_name.text() == before
    assert made.active is viewport
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    assert len(made.room.images.measuring(images.STUDY_UID).measurements()) == 1


@pytest.mark.parametrize("name", ["mr-brain-brainix", "ct-chest-lidc0314"])
def test_a_real_study_is_read_from_the_first_key_to_a_measurement(qtbot: QtBot, name: str) -> None:
    folder = images.Folder(require(name))
    uid = max(folder.series, key=lambda each: len(folder.series[each]))
    bench = rooms.Workbench(folder)
    made = Open(qtbot, bench, 1366, 768)
    try:
        made.room.show_task(rooms.task(uid))
        made.pictures_there()
        viewport = made.active
        pane = viewport.pane
        assert pane is not None
        made.key(Qt.Key.Key_1)
        made.key(Qt.Key.Key_Equal)
        scene = viewport.built()
        assert scene is not None
        assert scene.frame is not None
        assert scene.buffer is not None
        assert scene.placement is not None
        stored = bench.frames.fetch(scene.frame.key)
        wanted = render(stored, scene.frame)
        x, y = scene.placement.to_screen((0, 0))
        top, left = round(y + 1e-6), round(x + 1e-6)
        cut = scene.buffer[max(0, top) : top + wanted.shape[0], max(0, left) :]
        part = wanted[max(0, -top) :, max(0, -left) :]
        rows, columns = min(cut.shape[0], part.shape[0]), min(cut.shape[1], part.shape[1])
        assert np.array_equal(cut[:rows, :columns], part[:rows, :columns])
        made.key(Qt.Key.Key_F)
        made.key(Qt.Key.Key_L)
        a, b = viewport.to_screen((100, 100)), viewport.to_screen((150, 100))
        made.drag(a.toPoint(), b.toPoint())
        (held,) = made.room.images.measuring(uid).measurements()
        spacing = scene.plane.spacing_mm[1] if scene.plane is not None else 1.0
        dx = held.points[1][0] - held.points[0][0]
        assert held.result.value == pytest.approx(abs(dx) * spacing, rel=1e-3)
        assert held.result.calibration is CalibrationSource.PATIENT
    finally:
        bench.close(made.room)
