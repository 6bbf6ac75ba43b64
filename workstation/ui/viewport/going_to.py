"""From a word of the report to the image that it was measured on."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.image import FrameKey
from workstation.domain.view import Plane
from workstation.imaging.planes import DIRECTIONS
from workstation.ui.viewport.showing_sets import ShowingSets
from workstation.ui.viewport.viewport import Viewport


class GoingTo(ShowingSets):
    """The part of the reading room that the report and its checks lead back to."""

    def show_measurement(self, identifier: str) -> None:
        """Go to the image that it was measured on."""
        study = self._study
        if study is None:
            return
        held = self.images.measuring(study.study_instance_uid).measurement(identifier)
        if held is None:
            return
        viewport = self._go_to_frame(held.display_set, held.frame)
        if viewport is None:
            return
        if held.plane is not None:
            normal = held.plane.normal
            axis = max(range(3), key=lambda index: abs(normal[index]))
            plane = (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[axis]
            if plane in DIRECTIONS:
                view = replace(viewport.view, plane=plane, focus=held.positions[0])
                viewport.show_view(view)
        viewport.chosen = identifier
        viewport.update()

    def show_key_image(self, frame: FrameKey) -> None:
        """Go to a frame."""
        self._go_to_frame("", frame)

    def _go_to_frame(self, identifier: str, frame: FrameKey) -> Viewport | None:
        study = self._study
        if study is None:
            return None
        for shown in study.display_sets:
            keys = [each.key for each in shown.frames]
            if frame not in keys or (identifier and shown.identifier != identifier):
                continue
            grid = self.images.grid
            holding = [
                each
                for each in grid.shown
                if each.pane is not None
                and each.pane.shown.identifier == shown.identifier
                and each.view.plane is Plane.ACQUIRED
            ]
            viewport = holding[0] if holding else grid.active
            if not holding:
                self._open_set(viewport, study.study_instance_uid, shown.identifier)
            self._area.setCurrentWidget(self.images)
            grid.activate(viewport)
            self.images.go_to_step(viewport, keys.index(frame))
            return viewport
        return None

    def open_series(self, series_instance_uid: str) -> None:
        """Show a series in the active viewport."""
        study = self._study
        if study is not None:
            for shown in study.display_sets:
                if shown.series_instance_uid == series_instance_uid:
                    self._open_set(self.images.active, study.study_instance_uid, shown.identifier)
                    return
