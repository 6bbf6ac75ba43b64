"""From the list of overlays to the place in the images."""

from __future__ import annotations

from workstation.domain.image import FrameKey
from workstation.domain.overlays import OverlayDescription
from workstation.domain.study import DisplaySet, Study
from workstation.domain.view import Plane
from workstation.ui.viewport.images import Images
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import viewing
from workstation.workflow.overlays import belongs, middle_of


def _over(viewport: Viewport, description: OverlayDescription) -> bool:
    pane = viewport.pane
    return pane is not None and any(belongs(description, frame) for frame in pane.shown.frames)


def _to_frame(images: Images, frame: FrameKey) -> str:
    for viewport in (images.active, *images.grid.shown):
        frames = viewport.pane.shown.frames if viewport.pane is not None else ()
        place = next(
            (
                index
                for index, each in enumerate(frames)
                if each.key == frame or frame.sop_instance_uid in each.same_pixels
            ),
            None,
        )
        if place is not None and viewport.view.plane is Plane.ACQUIRED:
            images.activate(viewport)
            images.go_to_step(viewport, place)
            return ""
    return "No viewport shows the image that it was measured on."


def images_of(images: Images, study: Study, sop_instance_uid: str) -> DisplaySet | None:
    """The series of a study that an object belongs to, the one with the most images."""
    found = next(
        (
            each.description
            for each in images.overlaying.listed()
            if each.description.sop_instance_uid == sop_instance_uid
        ),
        None,
    )
    if found is None:
        return None
    held = [
        shown
        for shown in study.display_sets
        if shown.kind.has_frames and any(belongs(found, frame) for frame in shown.frames)
    ]
    return max(held, key=lambda shown: len(shown.frames), default=None)


def go_to(images: Images, sop_instance_uid: str, number: int) -> str:
    """Show the middle of an item, 0 for the first of its object; returns why it cannot be."""
    overlaying = images.overlaying
    listed = next(
        (
            each.description
            for each in overlaying.listed()
            if each.description.sop_instance_uid == sop_instance_uid
        ),
        None,
    )
    content = None if listed is None else overlaying.content(listed)
    if listed is None or content is None:
        return "The layer is not read yet, or cannot be."
    place = middle_of(content, number or listed.items[0].number)
    if place is None:
        return "There is nothing of it to go to."
    if isinstance(place, FrameKey):
        return _to_frame(images, place)
    viewport = next((v for v in (images.active, *images.grid.shown) if _over(v, listed)), None)
    if viewport is None or viewport.pane is None:
        return "No viewport shows the images that it belongs to."
    images.activate(viewport)
    index = viewing.nearest_frame(viewport.pane.shown, place)
    if viewport.view.plane is Plane.ACQUIRED and index is not None:
        images.go_to_step(viewport, index)
    images.move_focus(viewport, place)
    return ""
