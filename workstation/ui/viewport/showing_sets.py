"""Which series of the case that is open is shown where: in a viewport, or as a document."""

from __future__ import annotations

from PySide6.QtCore import Qt

from workstation.domain.study import Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport import overlay_going
from workstation.ui.viewport.prior_studies import PriorStudies
from workstation.ui.viewport.room_frame import RoomFrame, RoomWorkbench
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import hanging, viewing
from workstation.workflow.viewing import Pane


class ShowingSets(RoomFrame):
    """The part of the reading room that opens a display set where it was asked for."""

    def __init__(self, workbench: RoomWorkbench, bridge: JobBridge, superior: str) -> None:
        super().__init__(workbench, bridge, superior)
        self._study: Study | None = None
        self._priors = PriorStudies()
        self.images.dropped.connect(self._dropped)
        self.card.open_document.connect(self._open_first_document)
        self.verbs.step_series = self._step_series

    def _studies(self) -> dict[str, Study]:
        """Study Instance UID to study, of all that are open."""
        held = self._priors.opened
        if self._study is not None:
            held[self._study.study_instance_uid] = self._study
        return held

    def _dropped(self, viewport: Viewport, study_uid: str, identifier: str) -> None:
        self.images.grid.activate(viewport)
        self._open_set(viewport, study_uid, identifier)

    def _open_set(self, viewport: Viewport, study_uid: str, identifier: str) -> None:
        study = self._studies().get(study_uid)
        shown = viewing.find(study, identifier) if study is not None else None
        if study is None or shown is None:
            return
        if shown.documents:
            self.page.show_document(shown.documents[0])
            self._area.setCurrentWidget(self.page)
            return
        if not shown.kind.has_frames:
            self.caption.say(f"This series is of kind {shown.kind.value} and has no image.")
            return
        self.images.touched = True
        self._area.setCurrentWidget(self.images)
        current = self._study is not None and study_uid == self._study.study_instance_uid
        named = bool(viewport.pane and viewport.pane.named) or not current
        self.images.open_in(viewport, Pane(study, shown, not current, named))
        viewport.setFocus(Qt.FocusReason.OtherFocusReason)
        self._state_changed()

    def _step_series(self, steps: int) -> None:
        viewport = self.images.active
        study = viewport.pane.study if viewport.pane is not None else self._study
        if study is None:
            return
        held = hanging.images(study)
        if not held:
            return
        now = viewport.pane.shown.identifier if viewport.pane is not None else ""
        index = next((i for i, s in enumerate(held) if s.identifier == now), -1)
        chosen = held[(index + steps) % len(held)]
        self._open_set(viewport, study.study_instance_uid, chosen.identifier)

    def _open_first_document(self) -> None:
        if self._study is not None:
            for shown in self._study.display_sets:
                if shown.documents:
                    self.page.show_document(shown.documents[0])
                    self._area.setCurrentWidget(self.page)
                    return
        self.caption.say("The study holds no document that can be opened.")

    def _go_to_overlay(self, sop_instance_uid: str, number: int) -> None:
        """Show where it is; the series that it belongs to is opened where no viewport has it."""
        study, images = self._study, self.images
        if study is not None and overlay_going.go_to(images, sop_instance_uid, number):
            shown = overlay_going.images_of(images, study, sop_instance_uid)
            if shown is not None:
                self._open_set(images.active, study.study_instance_uid, shown.identifier)
        super()._go_to_overlay(sop_instance_uid, number)
