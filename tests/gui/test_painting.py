"""What is painted piece by piece is the picture that is painted afresh, pixel for pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui import room as rooms
from tests.workflow import images
from workstation.domain.image import Window
from workstation.domain.measurement import MeasurementKind
from workstation.ui import theme
from workstation.ui.viewport import pieces
from workstation.ui.viewport.pieces import Piece
from workstation.ui.viewport.reading_room import ReadingRoom
from workstation.ui.viewport.viewport import Viewport


def pixels(image: QImage) -> NDArray[np.uint32]:
    held = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(held.constBits(), np.uint32).reshape(held.height(), -1)
    return flat[:, : held.width()] & 0xFFFFFF


class Reader:
    """A reading room whose screen can be compared with what its viewports paint afresh."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.bench = rooms.Workbench(rooms.Small(), images.study())
        self.room = ReadingRoom(self.bench, self.bench.bridge)  # type: ignore[arg-type]
        qtbot.addWidget(self.room)
        self.room.resize(1500, 900)
        self.room.show()
        self.room.show_task(rooms.task(images.STUDY_UID))

        def ready() -> bool:
            viewport = self.room.images.active
            pane = viewport.pane
            volume = self.bench.volumes.peek(pane.shown.identifier) if pane else None
            scene = viewport.built()
            whole = volume is not None and bool(volume.present.all())
            return whole and scene is not None and scene.buffer is not None

        qtbot.waitUntil(ready)

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        return self.room.images.grid.viewports

    def paint(self) -> None:
        """As the platform does at its next refresh, once nothing more asks for it."""
        QApplication.processEvents()
        while any(viewport._asked for viewport in self.viewports):
            QApplication.processEvents()
        QApplication.sendEvent(self.room, QEvent(QEvent.Type.UpdateRequest))

    def screen(self, viewport: Viewport) -> NDArray[np.uint32]:
        whole = pixels(self.room.screen().grabWindow(self.room.winId()).toImage())
        at = viewport.mapTo(self.room, QPoint())
        return whole[at.y() : at.y() + viewport.height(), at.x() : at.x() + viewport.width()]

    def compare(self, what: str) -> None:
        self.paint()
        for index, viewport in enumerate(self.viewports):
            shown, afresh = self.screen(viewport), pixels(viewport.grab().toImage())
            wrong = np.argwhere(shown != afresh)
            where = f"{len(wrong)} pixels from {wrong[:1].tolist()} differ"
            assert len(wrong) == 0, f"after {what}, in viewport {index}: {where}"

    def four(self) -> None:
        pane = self.room.images.active.pane
        assert pane is not None
        self.room.images.set_layout(2, 2)
        for viewport in self.viewports:
            self.room.images.open_in(viewport, pane)
        self.room.images.linked = self.room.images.crosshair = True
        self.room.images.changed_state()
        held = self.room.images.measuring(images.STUDY_UID)
        for index in (4, 5, 6):
            held.add(MeasurementKind.LENGTH, pane.shown, index, ((20, 30), (52, 47)))
            held.add(MeasurementKind.ELLIPSE, pane.shown, index, ((60, 30), (76, 42)))
            held.add(MeasurementKind.PROBE, pane.shown, index, ((10, 70),))
            held.add(MeasurementKind.ANGLE, pane.shown, index, ((5, 5), (30, 9), (40, 30)))

    def close(self) -> None:
        self.bench.close(self.room)


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[Reader]:
    made = Reader(qtbot)
    yield made
    made.close()


def gestures(reader: Reader) -> Iterator[str]:
    """What a reader does; each name is said after it was done."""
    shared = reader.room.images
    yield "opening"
    for step in (3, 4, 5, 6, 5, 9):
        shared.go_to_step(shared.active, step)
        yield f"step {step}"
    shared.go_to_step(shared.active, 5)
    for name, change in (
        ("a window", {"voi": Window(500, 900)}),
        ("inversion", {"inverted": True}),
        ("zoom", {"zoom": 7.3}),
        ("pan", {"pan": (31.0, -12.0)}),
        ("a turn", {"rotation": 90}),
        ("a flip", {"flipped": True}),
        ("fit", {"zoom": None, "pan": (0.0, 0.0)}),
    ):
        shared.change(shared.active, replace(shared.active.view, **change))  # type: ignore[arg-type]
        yield name
    held = shared.measuring(images.STUDY_UID)
    shared.active.chosen = held.measurements()[4].identifier
    shared.active.update()
    yield "choosing"
    held.remove(shared.active.chosen)
    yield "removing"
    held.undo()
    yield "undo"
    pane = shared.active.pane
    assert pane is not None
    held.toggle_key_image(pane.shown, 5)
    yield "a key image"
    shared.activate(reader.viewports[2])
    yield "another active viewport"
    shared.move_focus(reader.viewports[2], (112.0, 214.0, 310.0))
    yield "the crosshair"
    shared.tool = "length"
    shared.changed_state()
    middle = shared.active.rect().center()
    QTest.mousePress(shared.active, Qt.MouseButton.LeftButton, pos=middle)
    for away in (30, 60, 45):
        QTest.mouseMove(shared.active, middle + QPoint(away, away // 2))
        yield f"drawing to {away}"
    QTest.mouseRelease(shared.active, Qt.MouseButton.LeftButton, pos=middle + QPoint(45, 22))
    yield "a new length"
    shared.crosshair = False
    shared.changed_state()
    yield "no crosshair"
    shared.set_layout(1, 2)
    yield "another layout"


def test_the_screen_holds_the_picture_that_is_painted_afresh(reader: Reader) -> None:
    reader.four()
    for done in gestures(reader):
        reader.compare(done)


def test_the_planes_of_a_volume_are_painted_as_afresh(reader: Reader) -> None:
    pane = reader.room.images.active.pane
    assert pane is not None
    reader.room.images.show_mpr(pane, reader.room.images.active.view)
    reader.compare("opening")
    for viewport in reader.viewports[:3]:
        for step in (20, 21, 40):
            reader.room.images.go_to_step(viewport, step)
            reader.compare(f"step {step}")
    reader.room.images.move_focus(reader.viewports[0], (120.0, 220.0, 308.0))
    reader.compare("the crosshair")


def test_nothing_is_painted_outside_its_area(reader: Reader) -> None:
    reader.four()
    seen = set()
    for _ in gestures(reader):
        for viewport in reader.viewports:
            for piece in viewport.pieces():
                seen.add(piece.name.split(" ")[0])
                page = QImage(viewport.size(), QImage.Format.Format_ARGB32_Premultiplied)
                page.fill(Qt.GlobalColor.transparent)
                painter = QPainter(page)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                piece.paint(painter)
                painter.end()
                held = np.frombuffer(page.constBits(), np.uint32)
                marked = held.reshape(page.height(), page.width()) != 0
                area = piece.area.intersected(page.rect())
                marked[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = False
                assert not marked.any(), (piece.name, piece.area)
    assert {"picture", "lower", "letter", "scale", "crosshair", "line", "label"} <= seen
    assert {"bar", "thumb", "ring", "draft", "star"} <= seen


def test_a_crosshair_that_moves_leaves_the_other_pictures_alone(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = reader.room.images.active.pane
    assert pane is not None
    reader.room.images.show_mpr(pane, reader.room.images.active.view)
    reader.room.images.go_to_step(reader.viewports[0], 5)
    reader.paint()
    axial, coronal, *_ = reader.viewports
    before = [viewport.scene for viewport in (axial, coronal)]
    reader.room.images.go_to_step(axial, 6)
    regions: list[QRegion] = []
    painting = Viewport.paintEvent

    def noted(viewport: Viewport, event: object) -> None:
        if viewport is coronal:
            regions.append(event.region())  # type: ignore[attr-defined]
        painting(viewport, event)  # type: ignore[arg-type]

    monkeypatch.setattr(Viewport, "paintEvent", noted)
    reader.paint()
    assert axial.scene is not before[0]
    assert coronal.scene is before[1]
    picture = next(each for each in coronal.pieces() if each.name == "picture").area
    for region in regions:
        parts = QRegion(region).intersected(QRegion(picture))
        assert parts.boundingRect().height() < picture.height() / 4


def test_a_new_theme_is_painted_everywhere(reader: Reader) -> None:
    reader.four()
    reader.compare("opening")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scale=1.5)
    reader.compare("larger text")


class Grounds(QObject):
    """Notes which widgets that are no viewport are painted."""

    def __init__(self, viewports: tuple[Viewport, ...]) -> None:
        super().__init__()
        self.above = set()
        for viewport in viewports:
            held = viewport.parentWidget()
            while held is not None:
                self.above.add(held)
                held = held.parentWidget()
        self.painted: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched in self.above:
            self.painted.append(type(watched).__name__)
        return False


def test_a_step_does_not_paint_the_grounds_below_the_pictures(reader: Reader) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    reader.four()
    # A style sheet is applied while the window is open, and with it again to new viewports.
    for scale in (1.0, 1.25):
        theme.apply(app, scale=scale)
        reader.room.images.set_layout(1, 1)
        reader.four()
        reader.compare(f"text of {scale}")
        reader.room.images.go_to_step(reader.viewports[0], 3)
        reader.paint()
        # What the change of size had put off may still paint once; steps that painted the grounds
        # would do so in every round.
        assert any(not grounds_of_steps(reader) for _ in range(10))


def grounds_of_steps(reader: Reader) -> list[str]:
    """What lies below the pictures and was painted by three steps."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    grounds = Grounds(reader.viewports)
    app.installEventFilter(grounds)
    for step in (4, 5, 6):
        reader.room.images.go_to_step(reader.viewports[0], step)
        reader.paint()
    app.removeEventFilter(grounds)
    return grounds.painted


def piece(name: str, x: int, key: object) -> Piece:
    return pieces.sprite(name, QPoint(x, 0), QPixmap(10, 10))._replace(key=key)


def test_the_region_of_a_change_is_what_was_there_and_what_is_there_now() -> None:
    before = [piece("a", 0, 1), piece("b", 100, 1), piece("c", 200, 1)]
    after = [piece("a", 0, 1), piece("b", 120, 1), piece("d", 300, 1)]
    areas = pieces.changed(before, after)
    assert areas is not None
    wanted = [QRect(x, 0, 10, 10) for x in (100, 120, 200, 300)]
    assert pieces.region_of(areas) == pieces.region_of(wanted)


def test_what_changed_beside_a_picture_is_rectangles_that_leave_it_out() -> None:
    picture = QRect(100, 0, 300, 400)
    inside, right, low = QRect(120, 30, 9, 9), QRect(410, 30, 9, 9), QRect(450, 380, 20, 15)
    assert pieces.gathered([picture, inside], picture) == [picture]
    assert pieces.gathered([QRect(380, 30, 60, 9)], picture) == [picture, QRect(400, 30, 40, 9)]
    # Near ones are one; what lies further apart is not, since the ground between stays as it is.
    near = QRect(425, 100, 9, 9)
    assert pieces.gathered([picture, right, near], picture) == [picture, QRect(410, 30, 24, 79)]
    assert pieces.gathered([picture, inside, right, low], picture) == [picture, right, low]
    across = pieces.gathered([QRect(90, 200, 320, 10)], picture)
    assert across == [picture, QRect(90, 200, 10, 10), QRect(400, 200, 10, 10)]


def test_another_order_paints_what_lies_in_another_order() -> None:
    one, other, third = piece("a", 0, 1), piece("b", 5, 1), piece("c", 200, 1)
    areas = pieces.changed([one, other, third], [other, one, third])
    assert areas is not None
    assert pieces.region_of(areas) == pieces.region_of([one.area, other.area])
    assert pieces.changed([one, other], [other, one, third]) is None
