"""The whole window on a home of its own, and a reader's hands that try everything on a case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtCore import Qt as Key
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.dicom import make
from tests.faults.home import READER, home_at
from tests.faults.wrong import noted
from workstation.bootstrap.windows import window_on
from workstation.dicom.reading import read_object
from workstation.domain.errors import ReaderError
from workstation.domain.identity import is_uid
from workstation.domain.reading_task import ReadingTask
from workstation.domain.study import Study
from workstation.settings import Home, Settings
from workstation.storage.study_store import StudyStore
from workstation.ui import theme
from workstation.ui.desk import Desk
from workstation.ui.hands import Hands
from workstation.ui.viewport import overlay
from workstation.ui.viewport.thumb import Thumb
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow.workbench import Workbench

#: A gesture may keep the window from answering this long, a case may take this long to appear.
ANSWER_S = 5.0

#: Paging, windows, zoom, geometry, looks, planes, layouts, marks; letters act on the images.
GESTURES = (
    *("Down", "Down", "Up", "End", "Home", "Shift+Down", "PgDown", "PgUp"),
    *("0", "1", "1", "2", "5", "]", "[", "I"),
    *("+", "-", "=", "F", "H", "V", "Shift+R", "R", "U"),
    *("O", "O", "Shift+D", "Shift+D", "Y", "J", "Y", "Shift+L", "Shift+L"),
    *("X", "N", "K", ".", ",", "Ctrl+4", "Right", "Left", "G", "G", "Ctrl+1"),
    *("Shift+M", "Down", "B", "Shift+B", "Shift+C", "Shift+S", "Shift+A", "Shift+O", "Ctrl+2"),
    *("C", "C", "Ctrl+Z", "Ctrl+Y", "Ctrl+1", "R"),
)
#: Tools that a drag across the image is tried with; the first two change the view.
TOOLS = ("W", "Z", "L", "E", "T", "P", "A")


@dataclass
class Case:
    """What was seen of one case."""

    study: Study
    pictures: int = 0
    #: sentences on the screen, and what a hand finds under it (tool tips of thumbnails)
    words: list[str] = field(default_factory=list)
    #: why a viewport shows no picture
    failures: list[str] = field(default_factory=list)
    #: the gesture that kept the window longest, and how long
    slowest: tuple[str, float] = ("", 0.0)


class ReadingWindow:
    """Owns the window; `show` opens a case on bytes that have just arrived."""

    def __init__(self, desk: Desk, bench: Workbench, store: StudyStore) -> None:
        self.desk, self.bench, self.store = desk, bench, store
        self.hands = Hands(desk)
        self._count, self._files = 0, 1_000_000

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        """Those that are shown."""
        return tuple(self.desk.room.images.grid.shown)

    def put(self, contents: Sequence[bytes]) -> str:
        """Into the study store, as what a service listed and sent; the Study UID."""
        self._count += 1
        study_uid = ""
        held = []
        for number, content in enumerate(contents):
            made_up = f"2.25.{self._count}.{number}"
            try:
                received = read_object(content)
            except ReaderError:
                held.append(("2.25.1", made_up, content))
                continue
            study_uid = study_uid or received.study_instance_uid
            named = received.sop_instance_uid
            own = self._unique(named)
            content = content.replace(named.encode(), own.encode()) if named else content
            held.append((received.series_instance_uid, own or made_up, content))
        if not is_uid(study_uid):
            study_uid = f"2.25.{self._count}"
        for series_uid, sop_uid, content in held:
            self.store.forget(sop_uid)
            self.store.put(study_uid, series_uid, sop_uid, "", content)
        return study_uid

    def _unique(self, uid: str) -> str:
        """Another UID as long as this one: what is cached of the last case must not stand for
        this one, whose bytes are others."""
        self._files += 1
        tail = min(7, len(uid) - 2)
        return f"{uid[:-tail]}{self._files:0{tail}d}"[: len(uid)] if tail > 4 else uid

    def show(
        self, study_uid: str, task: ReadingTask | None = None, seconds: float = ANSWER_S
    ) -> Case:
        """Open the case and wait until every viewport has its picture, or says why not."""
        self._count += 1
        room = self.desk.room
        self.desk._enter_room(task or ReadingTask(f"2.25.9.{self._count}", "night", study_uid))
        self.hands.wait(lambda: room.study is not None, "the study opens", seconds)
        self.hands.wait(self.desk.panel.editor.isEnabled, "the report opens", seconds)
        self.quiet(seconds)
        assert room.study is not None
        return Case(room.study)

    def leave(self, study_uid: str) -> None:
        """Back to the list; the study is deleted, so that the next one may have its UIDs."""
        self.desk.show_worklist()
        self.store.delete_study(study_uid)
        self.hands.settle()

    def quiet(self, seconds: float = ANSWER_S) -> None:
        """Wait until nothing is being decoded for what is shown."""
        self.hands.wait(lambda: not self._waiting(), "each viewport shows or says", seconds)

    def warm_up(self) -> None:
        """Have the decoders started: their start is no part of a case."""
        for number in range(2):
            pixels = np.full((8, 8, 3), 90 + number, np.uint8)
            made = make.image(pixels, SOPClassUID=make.SECONDARY)
            study_uid = self.put([make.to_bytes(made)])
            self.show(study_uid, seconds=60)
            self.leave(study_uid)

    def _waiting(self) -> list[str]:
        # What is shown is painted: a defect of painting is met here.
        QApplication.processEvents()
        self.desk.grab()
        volumes, found = self.bench.volumes, []
        for viewport in self.viewports:
            scene, pane = viewport.scene, viewport.pane
            if pane is None:
                continue
            if scene is None or scene.wanted is not None:
                found.append("a frame")
            elif scene.plane is not None and scene.values is not None:
                name = pane.shown.identifier
                volume, failed = volumes.peek(name), volumes.failed(name)
                if volume is not None and volume.present.sum() + len(failed) < len(volume.present):
                    found.append("a volume")
            elif scene.buffer is None and scene.words == ("The volume is being built",):
                found.append("a volume")
        return found

    # -- what a reader does --------------------------------------------------------------------

    def try_everything(self, case: Case, gestures: Sequence[str] = GESTURES) -> None:
        """All gestures one after the other, then each thumbnail."""
        room = self.desk.room
        self.take_in(case)
        if room._area.currentWidget() is room.images:
            for keys in gestures:
                self._timed(case, keys, lambda keys=keys: self._on_images(keys))
            for tool in TOOLS:
                self._timed(case, f"drag with {tool}", lambda tool=tool: self._drag(tool))
            self._timed(case, "wheel", lambda: self.hands.wheel(room.images.active, 3))
            self.quiet()
            self.take_in(case)
        for thumb in room.strip.thumbs:
            self._timed(case, thumb.content.title, lambda thumb=thumb: self.hands.click(thumb))
            self.quiet()
            self.take_in(case)

    def _on_images(self, keys: str) -> None:
        self.desk.room.focus_images()
        self.hands.press(keys)
        self.desk.grab()

    def _drag(self, tool: str) -> None:
        viewport = self.desk.room.images.active
        self._on_images(tool)
        middle = viewport.rect().center()
        start, end = middle - QPoint(30, 20), middle + QPoint(35, 25)
        for place in (start, end, start):
            QTest.mouseMove(viewport, place)
        QTest.mousePress(viewport, Key.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(viewport, middle)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Key.MouseButton.LeftButton, pos=end)
        self._on_images("Escape")

    def _timed(self, case: Case, name: str, do: Callable[[], None]) -> None:
        begun = time.monotonic()
        do()
        taken = time.monotonic() - begun
        if taken > case.slowest[1]:
            case.slowest = (name, taken)

    # -- what a reader sees --------------------------------------------------------------------

    def take_in(self, case: Case) -> None:
        """Add what the screen says now."""
        new = [each for each in words_of(self.desk) if each not in case.words]
        case.words += new
        shown = [viewport.scene for viewport in self.viewports]
        case.pictures += sum(scene is not None and scene.buffer is not None for scene in shown)
        case.failures += [scene.words[0] for scene in shown if scene is not None and scene.words]


def words_of(window: QWidget) -> list[str]:
    """Every sentence that is visible: labels, viewports, and the tips of thumbnails."""
    # Of Qt's own inner widgets none gets a wrapper here: they die without telling it.
    found = [each.text() for each in window.findChildren(QLabel) if each.isVisible()]
    found += [each.toolTip() for each in window.findChildren(Thumb) if each.isVisible()]
    for viewport in window.findChildren(Viewport):
        if viewport.isVisible():
            found += on_viewport(viewport)
    return [each for each in found if each]


def on_viewport(viewport: Viewport) -> list[str]:
    """What a viewport says: in its corners, and in place of a picture."""
    pane, scene = viewport.pane, viewport.scene
    if pane is None or scene is None:
        return []
    arrival = viewport._around.arrival(pane)
    height = viewport.picture_area().height() / theme.scale()
    held = overlay.corners(pane, viewport.view, scene, arrival, height, viewport.note)
    corners = (held.upper_left, held.upper_right, held.lower_left, held.lower_right)
    return [*scene.words, *held.warnings, *(text for lines in corners for text, _ in lines)]


@contextmanager
def reading_window(
    folder: Path, size: tuple[int, int] = (1366, 768)
) -> Iterator[tuple[ReadingWindow, list[str]]]:
    """A window on a new home, and what went wrong: defects and Qt's own warnings, as they come."""
    home = Home.at(folder)
    settings = Settings(home.settings_file)
    with (
        noted() as (defects, wrong),
        window_on(home, settings, [], reader=READER, unhandled=defects) as (desk, bench),
        home_at(folder, home.database.name) as beside,
    ):
        desk.resize(*size)
        desk.show()
        desk.activateWindow()
        made = ReadingWindow(desk, bench, beside.store)
        made.hands.wait(desk.isActiveWindow, "the window becomes active")
        made.warm_up()
        yield made, wrong
