"""What others drew, on the viewports: read when it is switched on, cut where each viewport is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from workstation.domain.errors import ReaderError
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import FrameDescription
from workstation.domain.overlays import (
    DoseGrid,
    OverlayContent,
    OverlayDescription,
    OverlayKind,
    Segmentation,
    SRMeasurements,
    StructureSet,
)
from workstation.domain.study import Study
from workstation.imaging import isodose, overlay_layers
from workstation.imaging.overlay_layers import Layer
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport import overlay_paint
from workstation.ui.viewport.overlay_paint import PaintedLayer
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow.jobs import Lane
from workstation.workflow.overlays import (
    OverlayBoard,
    OverlayLook,
    Overlays,
    belongs,
    described,
    values_of,
)
from workstation.workflow.viewing import Pane

#: Planes whose layers are kept: four viewports, and a few on either side of the wheel.
_KEPT = 48


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """One object as the list shows it. `values` stand beside the names once it was read."""

    study_uid: str
    description: OverlayDescription
    look: OverlayLook
    values: dict[int, str]
    problem: str = ""
    reading: bool = False
    prior: bool = False


class Overlaying(QObject):
    """The overlays of the open case."""

    #: the list, or what is on the images, changed
    changed = Signal()

    def __init__(
        self, overlays: Overlays, bridge: JobBridge, viewports: Callable[[], Sequence[Viewport]]
    ) -> None:
        super().__init__()
        self._overlays, self._bridge, self._viewports = overlays, bridge, viewports
        self.board = OverlayBoard()
        self._studies: dict[str, tuple[OverlayDescription, ...]] = {}
        self._priors: set[str] = set()
        self._reading: set[str] = set()
        self._values: dict[str, dict[int, str]] = {}
        self._layers: dict[tuple[object, ...], tuple[Layer, ...]] = {}

    # -- what there is ---------------------------------------------------------------------

    def show_study(self, study: Study, *, prior: bool) -> None:
        """A study of the case as far as it has arrived."""
        uid = study.study_instance_uid
        held = described(study)
        if self._studies.get(uid) == held or (not held and uid not in self._studies):
            return
        self._studies[uid] = held
        if prior:
            self._priors.add(uid)
        if self.board.shown:
            self._read_all()
        self._tell()

    @property
    def count(self) -> int:
        """Objects of the current study that draw."""
        return sum(len(held) for uid, held in self._studies.items() if uid not in self._priors)

    def listed(self) -> tuple[Listed, ...]:
        """All objects, those of the current study first."""
        found = []
        for uid, held in sorted(self._studies.items(), key=lambda pair: pair[0] in self._priors):
            for each in held:
                there = self._overlays.peek(each.sop_instance_uid)
                problem = there.sentence() if isinstance(there, ReaderError) else ""
                found.append(
                    Listed(
                        uid,
                        each,
                        self.board.look(each),
                        self._values.get(each.sop_instance_uid, {}),
                        problem,
                        each.sop_instance_uid in self._reading,
                        uid in self._priors,
                    )
                )
        return tuple(found)

    def content(self, description: OverlayDescription) -> OverlayContent | None:
        """What was read of an object, if it was."""
        held = self._overlays.peek(description.sop_instance_uid)
        return None if isinstance(held, ReaderError) else held

    def close_case(self) -> None:
        """Let go of everything."""
        for held in self._studies.values():
            self._overlays.forget(each.sop_instance_uid for each in held)
        self._studies.clear()
        self._priors.clear()
        self._reading.clear()
        self._values.clear()
        self._layers.clear()
        self.board.close()
        self.changed.emit()

    # -- what the reader asks --------------------------------------------------------------

    def toggle(self) -> None:
        """All that is chosen, on the images or not."""
        self.board.shown = not self.board.shown
        if self.board.shown:
            # What failed may have been fetched again since.
            failed = [each.description.sop_instance_uid for each in self.listed() if each.problem]
            self._overlays.forget(failed)
            self._read_all()
        self._tell()

    def edit(self, change: Callable[[OverlayBoard], None]) -> None:
        """Change how something is drawn; what is changed is also shown."""
        change(self.board)
        if not self.board.shown:
            self.board.shown = True
            self._read_all()
        self._tell()

    def _tell(self) -> None:
        for viewport in self._viewports():
            viewport.update()
        self.changed.emit()

    def _read_all(self) -> None:
        for held in self._studies.values():
            for each in held:
                self._read(each)

    def _read(self, description: OverlayDescription) -> None:
        uid = description.sop_instance_uid
        if uid in self._reading or self._overlays.peek(uid) is not None:
            return
        self._reading.add(uid)

        def read(_: object) -> dict[int, str]:
            return values_of(self._overlays.content(description))

        def done(values: dict[int, str]) -> None:
            self._reading.discard(uid)
            self._values[uid] = values
            self._tell()

        def failed(error: BaseException) -> None:
            self._reading.discard(uid)
            if not isinstance(error, ReaderError):
                raise error
            self._tell()

        self._bridge.submit(read, lane=Lane.VISIBLE, on_done=done, on_failed=failed)

    def problems(self, pane: Pane, scene: Scene) -> list[str]:
        """Why an object that is switched on, and belongs to an acquired frame, is not drawn there:
        nobody takes that for a finding that there is nothing."""
        frame = scene.frame
        if not self.board.shown or frame is None or scene.values is not None:
            return []
        found = []
        for each in self._studies.get(pane.study.study_instance_uid, ()):
            content = self.content(each) if belongs(each, frame) else None
            why = None if content is None else overlay_layers.why_not(content, frame)
            if why is not None and self.board.look(each).visible:
                found.append(f"{each.title} is not drawn: {why.value}")
        return found

    # -- painting --------------------------------------------------------------------------

    def paint(self, painter: QPainter, viewport: Viewport, scene: Scene) -> None:
        """Paint what is switched on and lies on the plane of a viewport."""
        pane, placement = viewport.pane, scene.placement
        if not self.board.shown or pane is None or placement is None or scene.frame is None:
            return
        painted: list[PaintedLayer] = []
        doses: list[DoseGrid] = []
        number = 0
        frame = scene.frame
        for each in self._studies.get(pane.study.study_instance_uid, ()):
            first = number
            number += len(each.items)
            if not belongs(each, frame):
                continue
            content = self.content(each)
            look = self.board.look(each)
            if content is None or not look.visible:
                continue
            for layer in self._cut(each, content, look, scene):
                place = next(i for i, item in enumerate(each.items) if item == layer.item)
                tag = "" if isinstance(content, DoseGrid) else str(first + place + 1)
                painted.append(PaintedLayer(layer, look.filled, look.opacity, tag))
            if isinstance(content, DoseGrid):
                doses.append(content)
        area = viewport.picture_area()
        if painted:
            overlay_paint.paint(painter, area, placement, painted)
        for index, dose in enumerate(doses):
            overlay_paint.paint_legend(painter, area, isodose.levels(dose), dose.unit, index)

    def dose_shown(self, study_uid: str) -> bool:
        """Whether the legend of a dose stands at the right edge."""
        return self.board.shown and any(
            each.kind is OverlayKind.DOSE and self.board.look(each).visible
            for each in self._studies.get(study_uid, ())
        )

    def _cut(
        self,
        description: OverlayDescription,
        content: OverlayContent,
        look: OverlayLook,
        scene: Scene,
    ) -> tuple[Layer, ...]:
        frame = scene.frame if scene.values is None else None
        place = (scene.plane, None if frame is None else frame.key)
        key = (description.sop_instance_uid, look.visible, look.opacity, place)
        held = self._layers.get(key)
        if held is None:
            held = tuple(_layers(content, look, scene.plane, frame))
            self._layers[key] = held
            while len(self._layers) > _KEPT:
                self._layers.pop(next(iter(self._layers)))
        return held


def _layers(
    content: OverlayContent,
    look: OverlayLook,
    plane: PlaneGeometry | None,
    frame: FrameDescription | None,
) -> list[Layer]:
    if isinstance(content, SRMeasurements):
        key, same = (None, frozenset[str]()) if frame is None else (frame.key, frame.same_pixels)
        return overlay_layers.measurement_layers(content, key, plane, look.visible, same)
    if isinstance(content, Segmentation):
        return overlay_layers.segment_layers(content, frame, plane, look.visible)
    if plane is None:
        return []
    if isinstance(content, StructureSet):
        return overlay_layers.structure_layers(content, plane, look.visible)
    layer = overlay_layers.dose_layer(content, plane, look.opacity)
    return [] if layer is None else [layer]
