"""Mammograms fitted to the breast: one scale for all that are shown, nothing cut off for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameKey
from workstation.domain.study import DisplaySet
from workstation.domain.view import Hung
from workstation.imaging.breast import BreastBox
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow.jobs import Lane
from workstation.workflow.mammography import Frames, breast_field_mm, field_mm, find_breast, hung


class BreastFit:
    """Owner of where the breasts are, and of whether mammograms are fitted to them, which they are
    until the reader wants the whole field."""

    def __init__(
        self, frames: Frames, bridge: JobBridge, viewports: Callable[[], Sequence[Viewport]]
    ) -> None:
        self._frames, self._bridge, self._viewports = frames, bridge, viewports
        self._found: dict[FrameKey, BreastBox | None] = {}
        self._asked: set[FrameKey] = set()
        self.wanted = True

    def _mammograms(self) -> list[tuple[Viewport, DisplaySet, Hung]]:
        return [
            (each, each.pane.shown, each.view.hung)
            for each in self._viewports()
            if each.pane is not None and each.view.hung is not None
        ]

    def refit(self) -> bool:
        """Give all mammograms that are shown one scale; False where there are none. Where a breast
        is still looked for, the whole field is shown, and this is called again."""
        held = self._mammograms()
        sets = [shown for _, shown, _ in held]
        if self.wanted:
            for _, shown, now in held:
                self._look_for(shown, now)
        known = all(shown.frames[0].key in self._found for shown in sets)
        found = {shown.identifier: self._found.get(shown.frames[0].key) for shown in sets}
        fitted = self.wanted and known and any(found.values())
        field = breast_field_mm(sets, found) if fitted else field_mm(sets)
        # Without spacing there is no common scale, and each hangs by itself.
        for viewport, shown, _ in held if field is not None else ():
            made = hung(shown, field, found[shown.identifier] if fitted else None)
            viewport.show_view(replace(viewport.view, hung=made))
        return bool(held)

    def _look_for(self, shown: DisplaySet, now: Hung) -> None:
        key = shown.frames[0].key
        if key in self._asked:
            return
        self._asked.add(key)

        def done(box: BreastBox | None) -> None:
            # A case that was closed meanwhile asks for nothing any more.
            if key in self._asked:
                self._found[key] = box
                self.refit()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            # The viewport says why the image cannot be shown.
            done(None)

        self._bridge.submit(
            lambda _: find_breast(self._frames, shown, now),
            lane=Lane.VISIBLE,
            on_done=done,
            on_failed=failed,
        )

    def toggle(self) -> bool:
        """The breast, or the whole field; False where no mammogram is shown."""
        held = self._mammograms()
        if not held:
            return False
        self.wanted = not self.wanted
        for viewport, _, _ in held:
            # What was zoomed and panned before gives way to what is asked for.
            viewport.show_view(replace(viewport.view, zoom=None, pan=(0.0, 0.0)))
        return self.refit()

    def close_case(self) -> None:
        """The next case opens fitted."""
        self.wanted = True
        self._found.clear()
        self._asked.clear()
