"""The images of an open case: what the viewports share, and what the mouse does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout

from workstation.domain.geometry import Point, Vector
from workstation.domain.image import FrameKey
from workstation.domain.measurement import Measurement
from workstation.domain.study import RetrievalProgress, Study
from workstation.domain.view import Plane, ViewState
from workstation.imaging.planes import nearest_slice
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.arriving import arrival_of, content_of
from workstation.ui.viewport.breast_fit import BreastFit
from workstation.ui.viewport.cine import Cine
from workstation.ui.viewport.fetching import Fetching
from workstation.ui.viewport.following import Following
from workstation.ui.viewport.grid import ViewGrid
from workstation.ui.viewport.hands import Hands
from workstation.ui.viewport.measurable import ImageWorkbench
from workstation.ui.viewport.overlay import Arrival
from workstation.ui.viewport.overlaying import Overlaying
from workstation.ui.viewport.scene import Scene, SceneMaker
from workstation.ui.viewport.slice_bar import BarContent
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import viewing
from workstation.workflow.hanging import CellPlan, Stage
from workstation.workflow.viewing import Pane


class Images(Fetching):
    """The grid of viewports with the state they share."""

    #: tool, crosshair, link, layout or active viewport changed
    state_changed = Signal()
    #: more frames were seen
    seen_changed = Signal()
    #: (viewport, study UID, display set)
    dropped = Signal(object, str, str)

    def __init__(self, workbench: ImageWorkbench, bridge: JobBridge, superior: str = "H/F") -> None:
        super().__init__(workbench, bridge)
        #: `resting` is what the left button does while the reader has chosen no tool
        self.superior, self.tool, self.resting = superior, "window", "window"
        self.quiet = False
        self.crosshair = False
        self.linked = False
        #: whether the reader changed what the hanging opened with
        self.touched = False
        self.hands = Hands(self)
        self.current_uid = ""
        self._label_places: dict[str, Point] = {}
        self._progress: dict[str, RetrievalProgress | None] = {}
        self.cine = Cine(self, workbench.frames)
        self.overlaying = Overlaying(workbench.overlays, bridge, lambda: self.grid.shown)
        self._seen_timer = QTimer(self)
        self._seen_timer.setSingleShot(True)
        self._seen_timer.setInterval(250)
        self._seen_timer.timeout.connect(self.seen_changed)
        self.grid = ViewGrid(self._new_viewport)
        self.following = Following(self.grid)
        self.breast_fit = BreastFit(workbench.frames, bridge, lambda: self.grid.shown)
        self.grid.dropped.connect(self.dropped)
        self.grid.activated.connect(lambda _: self.state_changed.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)

    def _new_viewport(self) -> Viewport:
        made: list[Viewport] = []
        bench = self._workbench
        pitch = lambda: self.pitch_of(made[0])  # noqa: E731
        maker = SceneMaker(bench.frames, self.volume_of, bench.presenting, pitch, self.failed_of)
        made.append(Viewport(maker, self, self.hands))
        return made[0]

    @property
    def active(self) -> Viewport:
        """The viewport that the keys act on."""
        return self.grid.active

    @property
    def measuring_now(self) -> bool:
        """Whether a measuring tool is chosen."""
        return self.tool not in ("window", "scroll", "zoom", "pan")

    # -- the case --------------------------------------------------------------------------

    def close_case(self) -> None:
        """Let go of everything of the case that was open."""
        self.cine.stop()
        self.hands.cancel()
        for viewport in self.grid.viewports:
            viewport.show_pane(None)
        self._let_go_of_volumes()
        self.close_marks()
        self._workbench.presenting.close()
        self.overlaying.close_case()
        self.breast_fit.close_case()
        self._label_places.clear()
        self._progress.clear()
        self.following.clear()
        self.tool, self.touched = self.resting, False

    def shut(self) -> None:
        """The window closes."""
        self.close_case()
        self._end_volumes()

    def marks_changed(self) -> None:
        for viewport in self.grid.shown:
            viewport.marks_changed()

    def show_stage(self, stage: Stage, studies: Sequence[Study]) -> None:
        """Arrange the viewports as a stage of the hanging says."""
        self.cine.stop()
        by_uid = {study.study_instance_uid: study for study in studies}
        planes = {cell.plane for cell in stage.cells if cell is not None}
        self.crosshair = planes != {Plane.ACQUIRED}
        self.linked = stage.linked
        self.grid.set_layout(stage.rows, stage.columns)
        for viewport, plan in zip(self.grid.viewports, stage.cells, strict=True):
            study = by_uid.get(plan.study_uid) if plan is not None else None
            shown = viewing.find(study, plan.display_set) if study and plan else None
            if study is None or shown is None or plan is None:
                viewport.show_pane(None)
                continue
            self.open_in(viewport, Pane(study, shown, plan.prior, stage.compares), plan)
        self.grid.activate(self.grid.viewports[0])
        self.state_changed.emit()

    def open_in(self, viewport: Viewport, pane: Pane, plan: CellPlan | None = None) -> None:
        """Show a display set in a viewport, with the view of its plan or the usual one."""
        self.cine.drop(viewport)
        shown = pane.shown
        made = plan or CellPlan(pane.study.study_instance_uid, shown.identifier)
        view = viewing.opening_view(made, shown, pane.study)
        view = self.following.opening(view, shown)
        viewport.show_pane(pane, view)
        if shown.volume is not None:
            self._begin_volume(shown, view.frame_index)
            self.following.begin(view, shown)
        if view.hung is not None:
            self.breast_fit.refit()
        self.prefetch(viewport, 1)

    def study_grew(self, study: Study) -> None:
        """The same study with more instances: every viewport keeps its image."""
        for viewport in self.grid.viewports:
            pane = viewport.pane
            if pane is None or pane.study.study_instance_uid != study.study_instance_uid:
                continue
            shown = viewing.find(study, pane.shown.identifier)
            if shown is None or not shown.kind.has_frames:
                viewport.show_pane(None)
                continue
            view = viewport.view
            key = pane.shown.frames[min(view.frame_index, len(pane.shown.frames) - 1)].key
            index = next((i for i, f in enumerate(shown.frames) if f.key == key), 0)
            view = replace(view, frame_index=index)
            if shown.volume is None and view.plane is not Plane.ACQUIRED:
                view = replace(view, plane=Plane.ACQUIRED)
            chosen = viewport.chosen
            viewport.show_pane(replace(pane, study=study, shown=shown), view)
            viewport.chosen = chosen
            if shown.volume is not None:
                self._begin_volume(shown, view.frame_index)

    def retrieval_changed(self, study_uid: str, progress: RetrievalProgress | None) -> None:
        """How much of a study has arrived."""
        self._progress[study_uid] = progress
        for viewport in self.grid.shown:
            viewport.update()

    # -- what a viewport asks --------------------------------------------------------------

    def measurements(self, pane: Pane) -> tuple[Measurement, ...]:
        return self.measuring(pane.study.study_instance_uid).measurements()

    def is_key_image(self, pane: Pane, index: int) -> bool:
        key = pane.shown.frames[min(index, len(pane.shown.frames) - 1)].key
        return self.measuring(pane.study.study_instance_uid).is_key_image(key)

    def arrival(self, pane: Pane) -> Arrival:
        progress = self._progress.get(pane.study.study_instance_uid)
        return arrival_of(pane, progress, self.volume_of(pane.shown))

    def bar(self, pane: Pane, view: ViewState) -> BarContent:
        held = self.measuring(pane.study.study_instance_uid)
        return content_of(pane, view, self.arrival(pane), held)

    def focus_of(self, viewport: Viewport) -> Vector | None:
        pane = viewport.pane
        return self.following.focus_in(pane.shown) if pane is not None else None

    @property
    def overlays_shown(self) -> bool:
        """Whether what others drew is on the images."""
        return self.overlaying.board.shown

    def dose_shown(self, pane: Pane) -> bool:
        """Whether a dose is on the images of this study."""
        return self.overlaying.dose_shown(pane.study.study_instance_uid)

    def paint_overlays(self, painter: QPainter, viewport: Viewport, scene: Scene) -> None:
        self.overlaying.paint(painter, viewport, scene)

    def layer_problems(self, pane: Pane, scene: Scene) -> list[str]:
        return self.overlaying.problems(pane, scene)

    def label_place(self, identifier: str) -> Point | None:
        return self._label_places.get(identifier)

    def keep_label_place(self, identifier: str, place: Point) -> None:
        self._label_places[identifier] = place

    def painted(self, viewport: Viewport) -> None:
        """What is on the screen was seen."""
        pane, scene, view = viewport.pane, viewport.scene, viewport.view
        if pane is None or scene is None or scene.rendering is None:
            return
        index = view.frame_index
        if view.plane is not Plane.ACQUIRED:
            volume = pane.shown.volume
            if volume is None or view.focus is None:
                return
            index = nearest_slice(volume, view.focus)
        held = self.measuring(pane.study.study_instance_uid)
        before = held.seen_count
        held.mark_seen(pane.shown, min(index, len(pane.shown.frames) - 1))
        if held.seen_count != before and not self._seen_timer.isActive():
            self._seen_timer.start()

    # -- what the mouse asks ---------------------------------------------------------------

    def activate(self, viewport: Viewport) -> None:
        """A hand is on a viewport: what arrives from now on takes no image from under it."""
        self.touched = True
        self.grid.activate(viewport)

    def change(self, viewport: Viewport, view: ViewState) -> None:
        """Another view in one viewport; linked ones of the same kind zoom and pan along."""
        before = viewport.view
        self.touched = True
        viewport.show_view(view)
        if self.linked and (view.zoom, view.pan) != (before.zoom, before.pan):
            self.following.zoom_along(viewport, view)

    def page_view(self, viewport: Viewport, steps: int) -> None:
        """So many images on."""
        pane = viewport.pane
        if pane is not None:
            self.go_to_step(viewport, viewing.step_at(viewport.view, pane.shown) + steps)

    def go_to_step(self, viewport: Viewport, step: int, direction: int = 0) -> None:
        """One image of the stack, with the linked viewports following in the patient. Decoding
        goes ahead in the direction of the step, or in the one that is given."""
        if viewport.pane is None:
            return
        self.touched = True
        before = viewing.step_at(viewport.view, viewport.pane.shown)
        self.following.go_to_step(viewport, step, linked=self.linked)
        self.prefetch(viewport, direction or step - before)

    def move_focus(self, viewport: Viewport, position: Vector) -> None:
        """The crosshair to a point; every plane of the same space goes through it."""
        self.following.move_focus(viewport, position, linked=self.linked)

    def changed_state(self) -> None:
        """Tool, crosshair or link changed."""
        for viewport in self.grid.shown:
            viewport.update()
        self.state_changed.emit()

    def stored(self, key: FrameKey) -> NDArray[Any] | None:
        """The stored values of a frame if they are here."""
        return self._workbench.frames.peek(key)

    def show_mpr(self, pane: Pane, view: ViewState) -> None:
        """Three planes of a volume, and the images as they were acquired."""
        focus = viewing.focus_of(view, pane.shown)
        self.crosshair, self.linked = True, True
        self.grid.set_layout(2, 2)
        planes = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL, Plane.ACQUIRED)
        for viewport, plane in zip(self.grid.viewports, planes, strict=True):
            slab = 0.0 if plane in (Plane.ACQUIRED, Plane.AXIAL) else 3.0
            self.open_in(
                viewport,
                pane,
                CellPlan(pane.study.study_instance_uid, pane.shown.identifier, plane=plane),
            )
            made = replace(viewport.view, voi=view.voi, voi_name=view.voi_name, slab_mm=slab)
            made = replace(made, fusion=view.fusion)
            if focus is not None:
                made = viewing.followed(made, pane.shown, focus)
            viewport.show_view(made)
            if view.presentation:
                self.take_state(viewport, view.presentation)
        self.changed_state()

    def set_layout(self, rows: int, columns: int) -> None:
        """So many viewports; what they show stays, new ones are empty."""
        self.grid.set_layout(rows, columns)
        self.changed_state()

    def toggle_maximised(self, viewport: Viewport) -> None:
        self.grid.activate(viewport)
        self.grid.maximise(not self.grid.maximised)
