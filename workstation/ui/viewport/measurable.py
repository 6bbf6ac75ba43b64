"""Measuring on viewports: what the mouse drew becomes a measurement, or a sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workstation.domain.clock import Clock
from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import Point
from workstation.domain.identity import Reader
from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import REGION_KINDS, MeasuredValue, MeasurementKind
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane
from workstation.domain.wording import quantity, value_words
from workstation.imaging.calipers import CALIPER_KINDS
from workstation.imaging.scales import scale_at, scale_of_plane
from workstation.imaging.statistics import measure_line, measure_plane, region_area
from workstation.imaging.volume import Volume
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Draft, Viewport
from workstation.workflow import user_scale
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.measuring import Measuring
from workstation.workflow.overlays import Overlays
from workstation.workflow.presenting import Presenting
from workstation.workflow.viewing import Pane
from workstation.workflow.volume_loader import VolumeLoader


class ImageWorkbench(Protocol):
    """The use cases that the images are given."""

    @property
    def reader(self) -> Reader: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def frames(self) -> FrameCache: ...
    @property
    def volumes(self) -> VolumeLoader: ...
    @property
    def presenting(self) -> Presenting: ...
    @property
    def overlays(self) -> Overlays: ...
    def measuring_for(self, study_uid: str) -> Measuring: ...


class Measurable(QWidget):
    """The part of the images that measures."""

    #: a sentence for the caption bar
    said = Signal(str)
    #: a line was drawn whose true length is asked for
    length_asked = Signal()

    def __init__(self, workbench: ImageWorkbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._measuring: dict[str, Measuring] = {}
        self._endings: list[Callable[[], None]] = []
        #: what `set_true_length` gives a scale to: pane, frame index, line
        self._scale_line: tuple[Pane, int, tuple[Point, ...]] | None = None
        self._scale_on: Viewport | None = None

    def close_marks(self) -> None:
        """The case is closed: what is unsaved is written."""
        for end in self._endings:
            end()
        for held in self._measuring.values():
            held.let_go()
        self._endings.clear()
        self._measuring.clear()
        self.clear_scale_line()
        self._scale_line = None

    def volume_of(self, shown: DisplaySet) -> Volume | None:
        """The volume of a display set as far as it is built."""
        return self._workbench.volumes.peek(shown.identifier)

    def failed_of(self, shown: DisplaySet) -> int:
        """How many slices of a volume will not come."""
        return len(self._workbench.volumes.failed(shown.identifier))

    def hold_marks(self, held: Measuring) -> None:
        """The marks of a study, read in the background."""
        if held.study_uid not in self._measuring:
            self._measuring[held.study_uid] = held
            self._endings.append(held.listen(self.marks_changed))

    def measuring(self, study_uid: str) -> Measuring:
        """The marks of a study of this case."""
        held = self._measuring.get(study_uid)
        if held is None:
            held = self._workbench.measuring_for(study_uid)
            self.hold_marks(held)
        return held

    def marks_changed(self) -> None:
        """Paint the marks anew."""

    def _complete(self, shown: DisplaySet) -> bool:
        volume = self.volume_of(shown)
        return volume is not None and bool(volume.present.all())

    def measured(
        self, viewport: Viewport, kind: MeasurementKind, points: tuple[Point, ...]
    ) -> None:
        """A measurement was drawn."""
        pane, scene = viewport.pane, viewport.built()
        if pane is None or scene is None:
            return
        held = self.measuring(pane.study.study_instance_uid)
        try:
            if scene.values is not None and scene.plane is not None:
                made = held.add_on_plane(
                    kind,
                    pane.shown,
                    scene.plane,
                    scene.values,
                    points,
                    complete=self._complete(pane.shown),
                    slab=(viewport.view.slab_mm, viewport.view.slab_mode),
                    laid=scene.laid,
                )
            else:
                index = viewport.view.frame_index
                made = held.add(kind, pane.shown, index, points, scene.laid)
        except MeasurementRefused as error:
            self.said.emit(error.sentence())
            return
        viewport.chosen = made.identifier
        viewport.update()

    def remeasured(self, viewport: Viewport, identifier: str, points: tuple[Point, ...]) -> None:
        """A measurement was moved."""
        pane, scene = viewport.pane, viewport.built()
        if pane is None or scene is None:
            return
        held = self.measuring(pane.study.study_instance_uid)
        try:
            held.move(
                identifier,
                pane.shown,
                points,
                values=scene.values,
                complete=self._complete(pane.shown),
                slab=(viewport.view.slab_mm, viewport.view.slab_mode),
                laid=scene.laid,
            )
        except MeasurementRefused as error:
            self.said.emit(error.sentence())

    # -- the scale that a reader sets ------------------------------------------------------

    def with_scale(self, pane: Pane, scene: Scene) -> Scene:
        """A scene of an acquired frame, with the scale that a reader gave to its series."""
        frame = scene.frame
        if frame is None or scene.values is not None:
            return scene
        held = self.measuring(pane.study.study_instance_uid)
        own = frame
        if frame.calibration.source is CalibrationSource.USER:
            own = next(each for each in pane.shown.frames if each.key == frame.key)
        now = held.calibrated(pane.shown, own)
        return scene if now is frame else replace(scene, frame=now)

    def scale_drawn(self, viewport: Viewport, points: tuple[Point, ...]) -> None:
        """A line of known length was drawn: its length is asked for."""
        pane = viewport.pane
        if pane is None:
            return
        if viewport.view.plane is not Plane.ACQUIRED:
            self.said.emit("A plane cut through the volume has its scale from the patient.")
            return
        try:
            user_scale.check(pane.shown.frames[viewport.view.frame_index])
        except MeasurementRefused as error:
            self.said.emit(error.sentence())
            return
        self._scale_line = (pane, viewport.view.frame_index, points)
        self._scale_on = viewport
        viewport.draft = Draft(MeasurementKind.LENGTH, points, "? mm")
        viewport.update()
        self.length_asked.emit()

    def clear_scale_line(self) -> None:
        """The line whose length was asked for is no longer drawn."""
        viewport, self._scale_on = self._scale_on, None
        if viewport is not None:
            viewport.draft = None
            viewport.update()

    def set_true_length(self, millimetres: float) -> bool:
        """The true length of the line that was drawn last; False where it sets no scale."""
        asked, self._scale_line = self._scale_line, None
        if asked is None:
            return False
        pane, index, points = asked
        try:
            self.measuring(pane.study.study_instance_uid).calibrate(
                pane.study,
                pane.shown,
                index,
                points,
                millimetres,
                by=self._workbench.reader.name.display,
                at=self._workbench.clock(),
            )
        except MeasurementRefused as error:
            self.said.emit(error.sentence())
            return False
        return True

    def drop_scale(self, pane: Pane) -> None:
        """Take the scale away that a reader gave to the series."""
        held = self.measuring(pane.study.study_instance_uid)
        if not held.uncalibrate(pane.study, pane.shown.series_instance_uid):
            self.said.emit("No reader gave this series a scale.")

    def live_words(
        self, viewport: Viewport, kind: MeasurementKind, points: tuple[Point, ...]
    ) -> str:
        """The value while it is drawn: a length or angle, the area of a region."""
        scene = viewport.built()
        if scene is None:
            return ""
        if kind in REGION_KINDS:
            return _live_area(kind, points, scene)
        if kind not in CALIPER_KINDS:
            return ""
        value: MeasuredValue | None = None
        try:
            if scene.values is not None and scene.plane is not None:
                value = measure_plane(kind, points, scene.values, scene.plane, "")
            elif scene.frame is not None:
                value = measure_line(kind, points, scene.frame)
        except MeasurementRefused:
            # A line that has no length yet: it is still being drawn.
            return ""
        return "" if value is None else value_words(kind, value)


def _live_area(kind: MeasurementKind, points: tuple[Point, ...], scene: Scene) -> str:
    if scene.values is not None and scene.plane is not None:
        scale = scale_of_plane(scene.plane)
    elif scene.frame is not None:
        scale = scale_at(points, scene.frame)
    else:
        return ""
    return quantity(*region_area(kind, points, scale))
