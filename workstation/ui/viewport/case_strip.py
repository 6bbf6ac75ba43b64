"""What the strip of series shows of the case that is open: its studies, their thumbnails, what is
not here."""

from __future__ import annotations

from workstation.domain.study import Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.case import date_of, prior_placeholder, prior_section, thumbs_of
from workstation.ui.viewport.images import Images
from workstation.ui.viewport.prior_studies import PriorStudies
from workstation.ui.viewport.room_frame import RoomWorkbench
from workstation.ui.viewport.series_strip import SeriesStrip, StripSection
from workstation.ui.viewport.thumb import ThumbContent
from workstation.ui.viewport.thumbnails import Thumbnails
from workstation.workflow import viewing


class CaseStrip:
    """Fills the strip of the reading room; Qt thread only."""

    def __init__(
        self, strip: SeriesStrip, images: Images, workbench: RoomWorkbench, bridge: JobBridge
    ) -> None:
        self._strip, self._images, self._workbench = strip, images, workbench
        self._thumbnails = Thumbnails(workbench.frames, bridge)

    def show(self, study: Study, priors: PriorStudies) -> None:
        """The current study, the earlier ones that are open, and those that can be fetched."""
        sections = [StripSection("Current", date_of(study), self._thumbs(study))]
        absent: list[ThumbContent] = []
        opened = priors.opened
        for prior in priors.known:
            held = opened.get(prior.study_instance_uid)
            if held is None:
                absent.append(prior_placeholder(prior, self._workbench.clock()))
            else:
                sections.append(prior_section(held, self._thumbs(held)))
        if absent:
            sections.append(StripSection("Not opened", "", tuple(absent)))
        self._strip.show_sections(sections)
        self._strip.show_unshown(len(study.not_shown))
        pane = self._images.active.pane
        if pane is not None:
            self._strip.select({(pane.study.study_instance_uid, pane.shown.identifier)})

    def _thumbs(self, study: Study) -> tuple[ThumbContent, ...]:
        uid = study.study_instance_uid
        seen = self._images.measuring(uid).seen
        return thumbs_of(study, self._workbench.retrieving.progress(uid), seen)

    def draw(self, study: Study, identifier: str) -> None:
        """Have the picture of a thumbnail made, and shown if the thumbnail is still there."""
        shown = viewing.find(study, identifier)
        if shown is None or not shown.kind.has_frames:
            return

        def show(picture: object) -> None:
            thumb = self._strip.thumb(study.study_instance_uid, identifier)
            if thumb is not None:
                thumb.show_picture(picture)  # type: ignore[arg-type]

        self._thumbnails.make(shown, show)

    def clear(self) -> None:
        """The case is closed."""
        self._thumbnails.clear()
        self._strip.show_sections(())
        self._strip.show_unshown(0)
