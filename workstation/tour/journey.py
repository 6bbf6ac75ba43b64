"""From the worklist to the delivered report, as a reader goes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.domain.delivery import DeliveryState, OutboxEntry
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription
from workstation.domain.measurement import MeasurementKind
from workstation.domain.report import SectionKind
from workstation.domain.study import DisplaySetKind
from workstation.workflow.worklist_rows import WorklistRow

if TYPE_CHECKING:
    from workstation.ui.desk import Desk
    from workstation.ui.viewport.viewport import Viewport
    from workstation.workflow.measuring import Measuring
    from workstation.workflow.workbench import Workbench

__all__ = ["Tour", "TourFailed"]


class TourFailed(ReaderError):
    """What the tour needs is not there."""


class Tour:
    """Drives one window; every step waits for what a reader would wait for."""

    def __init__(
        self,
        desk: Desk,
        bench: Workbench,
        pictures: Path | None,
        known: Mapping[str, tuple[float, float, float]] | None = None,
    ) -> None:
        """`known` tells where to look in a study: Study Instance UID → LPS mm."""
        self._known = known or {}
        self.desk = desk
        self.bench = bench
        # Qt is imported with the windows, not with the command line.
        from workstation.ui.hands import Hands

        self.hands = Hands(desk, pictures)

    # -- the list --------------------------------------------------------------------------

    def arrive(self) -> None:
        """Wait for the worklist."""
        desk, hands = self.desk, self.hands
        desk.show()
        desk.activateWindow()
        hands.wait(desk.isActiveWindow, "the window becomes active")
        hands.wait(lambda: self.rows(), "tasks in the worklist")

    def rows(self) -> tuple[WorklistRow, ...]:
        """What the worklist holds."""
        return self.bench.worklist.rows()

    def row(self, wanted: Callable[[WorklistRow], bool], what: str) -> WorklistRow:
        """The first row that fits."""
        self.hands.wait(lambda: any(map(wanted, self.rows())), what)
        return next(row for row in self.rows() if wanted(row))

    def open(self, row: WorklistRow) -> None:
        """Filter for the case, open it with Enter, wait for all of its images."""
        desk, hands = self.desk, self.hands
        hands.press("/")
        hands.type(row.task.accession_number or row.task.patient.patient_id)
        uid = row.task.workitem_uid

        def chosen() -> bool:
            held = desk.list_page.chosen()
            return held is not None and held.task.workitem_uid == uid

        hands.press("Return")
        hands.wait(chosen, "the filtered case is selected")
        hands.press("Return")
        hands.wait(lambda: desk.pages.currentWidget() is desk.room, "the reading room opens")
        study = row.task.study_instance_uid

        def whole() -> bool:
            arrival, shown = self.bench.signing.arrival(study), desk.room.study
            if arrival is None or shown is None or not arrival.verified:
                return False
            # What has arrived is parsed a moment later: until then frames are still counted up.
            return shown.received >= arrival.received

        hands.wait(whole, "all images arrive", 180)
        hands.wait(lambda: desk.panel.editor.isEnabled(), "the report opens")

    def see_images(self) -> None:
        """Wait until every viewport shows its picture."""

        def painted() -> bool:
            held = [v for v in self.desk.room.images.grid.shown if v.pane is not None]
            return bool(held) and all(
                v.scene is not None and v.scene.buffer is not None for v in held
            )

        self.hands.wait(painted, "the images are shown")
        self.hands.settle()

    # -- images ----------------------------------------------------------------------------

    @property
    def active(self) -> Viewport:
        """The active viewport."""
        return self.desk.room.images.active

    def go_to(self, position: tuple[float, float, float]) -> FrameDescription:
        """Turn the wheel to the slice nearest to a point in the patient."""
        viewport = self.active
        pane = viewport.pane
        if pane is None:
            raise TourFailed("No series is open.")

        def away(frame: FrameDescription) -> float:
            return math.inf if frame.plane is None else abs(frame.plane.to_image(position)[2])

        frames = pane.shown.frames
        wanted = min(range(len(frames)), key=lambda index: away(frames[index]))
        self.hands.wheel(viewport, wanted - viewport.view.frame_index)
        self.hands.wait(lambda: viewport.view.frame_index == wanted, "the slice is reached")
        self.see_images()
        return frames[wanted]

    def measure(self, key: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Choose a tool by its key and drag between two points of the image."""
        viewport, hands = self.active, self.hands
        hands.press("F2")
        marks = self.marks()
        before = len(marks.measurements())
        hands.press(key)
        hands.drag(viewport, viewport.to_screen(start), viewport.to_screen(end))
        hands.wait(lambda: len(marks.measurements()) == before + 1, "the measurement is made")

    def marks(self) -> Measuring:
        """What was measured on the open study."""
        pane = self.active.pane
        if pane is None:
            raise TourFailed("No series is open.")
        return self.bench.measuring_for(pane.study.study_instance_uid)

    # -- report ----------------------------------------------------------------------------

    def write(self, kind: SectionKind, words: str) -> None:
        """Go to a section and type: over its first open field, or at its end."""
        editor = self.desk.panel.editor
        self.hands.press("F6")
        self.hands.wait(editor.hasFocus, "the report has the keyboard")
        editor.go_to_section(kind)
        opened = [field for field in editor.fields() if editor.section_at(field[0]) is kind]
        if opened:
            editor.select(opened[0][0], opened[0][1])
        self.hands.type(words)

    def saved(self) -> None:
        """Wait for the draft to be on the disk."""
        panel = self.desk.panel
        self.hands.wait(lambda: "Saved" in panel.saved_line.text(), "the draft is saved")

    def sign(self) -> OutboxEntry:
        """Ask, look, settle the warnings, sign; wait until the site has it."""
        desk, hands = self.desk, self.hands
        before = {entry.identifier for entry in self.bench.delivering.entries()}
        hands.press("Ctrl+Return")
        hands.wait(lambda: desk.panel.signing_now, "the sign panel opens")
        self.hands.picture("sign")
        hands.press("Ctrl+Return")

        def delivered() -> bool:
            return any(
                entry.identifier not in before and entry.state is DeliveryState.DELIVERED
                for entry in self.bench.delivering.entries()
            )

        hands.wait(delivered, "the report is delivered")
        hands.wait(lambda: desk.pages.currentWidget() is not desk.room, "the list is shown")
        return next(e for e in self.bench.delivering.entries() if e.identifier not in before)

    # -- the whole -------------------------------------------------------------------------

    def chest(self) -> OutboxEntry:
        """Read a CT chest, or the first volume that is there: measure, write, sign."""
        hands, desk = self.hands, self.desk
        row = self._volume_row()
        self.open(row)
        self.see_images()
        hands.picture("reading-room")
        target = self._target()
        frame = self.go_to(target)
        assert frame.plane is not None
        column, row_at, _ = frame.plane.to_image(target)
        reach = 8.5 / frame.plane.spacing_mm[1]
        # Near enough that the second measurement does not take hold of the first.
        hands.press("F2")
        hands.press("+")
        hands.press("+")
        self.see_images()
        self.measure("L", (column - reach, row_at), (column + reach, row_at))
        self.measure(
            "E",
            (column - reach * 0.55, row_at - reach * 0.55),
            (column + reach * 0.55, row_at + reach * 0.55),
        )
        hands.press("K")
        hands.picture("measured")
        hands.press(".")
        self.see_images()
        self._volume_whole()
        hands.picture("three-planes")
        self.write(SectionKind.FINDINGS, "Solid nodule in the right upper lobe, ")
        hands.press("F2")
        hands.press("M")
        desk.panel.editor.setFocus()
        hands.type(".")
        self.write(SectionKind.IMPRESSION, "Nodule in the right upper lobe, larger than before.")
        self.saved()
        hands.picture("report")
        desk.panel.tabs.setCurrentIndex(2)
        hands.settle()
        hands.picture("request")
        desk.panel.tabs.setCurrentIndex(1)
        now = next((r for r in self.rows() if r.task.workitem_uid == row.task.workitem_uid), row)
        if now.priors and row.task.study_instance_uid in self._known:
            # The phantoms' earlier studies carry a report; it arrives after their images.
            hands.wait(lambda: desk.panel.prior_count, "the report of the prior is read")
        hands.settle()
        hands.picture("prior-reports")
        desk.panel.tabs.setCurrentIndex(0)
        return self.sign()

    def _volume_row(self) -> WorklistRow:
        def fits(row: WorklistRow) -> bool:
            return row.task.modality == "CT" and "chest" in row.task.procedure.lower()

        rows = self.rows()
        if any(map(fits, rows)):
            return self.row(fits, "a CT chest in the list")
        return self.row(lambda row: row.task.modality in ("CT", "MR", "PT"), "a case to read")

    def _target(self) -> tuple[float, float, float]:
        pane = self.active.pane
        assert pane is not None
        known = self._known.get(pane.study.study_instance_uid)
        if known is not None:
            return known
        volume = pane.shown.volume
        if volume is None:
            raise TourFailed("The first series forms no volume.")
        return volume.slice_plane(volume.shape[0] // 2).center

    def _volume_whole(self) -> None:
        pane = self.active.pane
        assert pane is not None
        volumes, shown = self.bench.volumes, pane.shown
        if shown.kind is DisplaySetKind.VOLUME:
            held = volumes.volume(shown)
            self.hands.wait(lambda: bool(held.present.all()), "the volume is whole")
            self.see_images()

    def look_at(self, modality: str, name: str) -> None:
        """Open a case of a modality, take its picture, go back."""
        held = [row for row in self.rows() if row.task.modality == modality]
        if not held:
            return
        self.open(held[0])
        self.see_images()
        self.hands.press("F2")
        if held[0].priors and modality in ("DX", "CR"):
            room = self.desk.room
            self.hands.wait(lambda: len(room.stage_names) > 1, "the prior can be shown", 120)
            self.see_images()
        self.hands.picture(name)
        self._layers(name)
        self.back()

    def _layers(self, name: str) -> None:
        """What others drew over the images, where the study has it."""
        overlaying, hands = self.desk.room.images.overlaying, self.hands
        if not overlaying.count:
            return
        hands.press("Shift+L")
        hands.wait(
            lambda: all(each.values or each.problem for each in overlaying.listed()),
            "the layers are read",
        )
        self.see_images()
        hands.picture(f"{name}-layers")
        hands.press("Shift+L")

    def back(self) -> None:
        """Back to the list, the filter emptied."""
        hands, desk = self.hands, self.desk
        hands.press("Ctrl+L")
        hands.wait(lambda: desk.pages.currentIndex() == 0, "the list is shown")
        desk.top.filter.clear()
        hands.settle()

    def measured(self, kind: MeasurementKind) -> float:
        """The newest value of a kind."""
        held = [each for each in self.marks().measurements() if each.kind is kind]
        return float(held[-1].result.value)
