"""The part of the images that knows how they shall look: states, overlay planes, screen size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription
from workstation.domain.presentation import Presentation
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane, ViewState
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.grid import ViewGrid
from workstation.ui.viewport.measurable import ImageWorkbench, Measurable
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Viewport

#: What a pixel of a screen can measure, mm; what a screen tells beyond it is not believed.
_PLAUSIBLE = (0.03, 1.0)


class Lookable(Measurable):
    """Reads in the background what the look of a picture lacks."""

    grid: ViewGrid
    #: has the volume of a display set built, beginning at a slice
    _begin_volume: Callable[[DisplaySet, int], None]
    #: another view in a viewport
    change: Callable[[Viewport, ViewState], None]

    def __init__(self, workbench: ImageWorkbench, bridge: JobBridge) -> None:
        super().__init__(workbench)
        self._bridge = bridge

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self.said.emit(error.sentence())

    def want_look(self, viewport: Viewport, scene: Scene) -> None:
        """A scene was made: have its state and overlay planes read."""
        laid, look = scene.laid, scene.look
        if laid is not None and laid.over is not None:
            self._begin_volume(laid.over, len(laid.over.frames) // 2)
        if look is None:
            return
        ready = self._bridge.relay(viewport.refresh)
        presenting = self._workbench.presenting
        if look.wanted_state:
            presenting.request(look.wanted_state, ready)
        if look.wanted_groups:
            assert scene.frame is not None
            presenting.request_overlay(scene.frame, look.wanted_groups, ready)

    def lies_over(self, scene: Scene | None, identifier: str) -> bool:
        """Whether that display set lies over the picture."""
        over = scene.laid.over if scene is not None and scene.laid is not None else None
        return over is not None and over.identifier == identifier

    def change_over(self, viewport: Viewport, **changes: object) -> None:
        """Change the fusion of a viewport, and of the others with the same volume over them."""
        fusion = viewport.view.fusion
        for other in self.grid.viewports:
            own = other.view.fusion
            if fusion is not None and own is not None and own.over == fusion.over:
                made = replace(own, **changes)  # type: ignore[arg-type]
                self.change(other, replace(other.view, fusion=made))

    def take_state(self, viewport: Viewport, uid: str) -> None:
        """Show what a viewport shows as a state says, or as it is where `uid` is empty."""
        pane, view = viewport.pane, viewport.view
        if pane is None:
            return
        if view.plane is Plane.ACQUIRED:
            frames = pane.shown.frames
            self.choose_state(viewport, frames[min(view.frame_index, len(frames) - 1)], uid)
        else:
            self.choose_state_of_plane(viewport, uid)

    def choose_state(self, viewport: Viewport, frame: FrameDescription, uid: str) -> None:
        """Show the frame as a state says, once it is read; as it is where `uid` is empty. What the
        reader changed before gives way: a state is the whole look."""
        view = viewport.view
        plain = replace(view.reset(), slab_mm=view.slab_mm, slab_mode=view.slab_mode)
        if not uid:
            viewport.show_view(plain)
            return
        pane = viewport.pane
        if pane is None or not 0 <= view.frame_index < len(pane.shown.frames):
            return
        if view.plane is not Plane.ACQUIRED or pane.shown.frames[view.frame_index].key != frame.key:
            # The reader went on while the state was being read.
            return
        look = self._read_look(
            uid,
            self._workbench.presenting.look(uid, frame),
            lambda: self.choose_state(viewport, frame, uid),
        )
        if look is not None:
            viewport.show_view(
                replace(plain, presentation=uid, rotation=look.rotation, flipped=look.flipped)
            )

    def choose_state_of_plane(self, viewport: Viewport, uid: str) -> None:
        """The same of a plane cut through a volume: its place, size and turn stay."""
        view, pane = viewport.view, viewport.pane
        if pane is None or view.plane is Plane.ACQUIRED:
            return
        plain = replace(
            view,
            presentation="",
            fusion=None,
            voi=None,
            voi_name="",
            colour_map="",
            inverted=False,
        )
        look = None
        if uid:
            look = self._read_look(
                uid,
                self._workbench.presenting.volume_look(uid, pane.shown),
                lambda: self.choose_state_of_plane(viewport, uid),
            )
        if look is not None or not uid:
            viewport.show_view(replace(plain, presentation=uid))

    def _read_look(
        self, uid: str, look: Presentation | ReaderError | None, again: Callable[[], None]
    ) -> Presentation | None:
        """A look that can be shown; else what is wrong is said, or the state is read first."""
        if look is None:
            self._workbench.presenting.request(uid, self._bridge.relay(again))
        elif isinstance(look, ReaderError):
            self.said.emit(look.sentence())
        else:
            return look
        return None

    def pitch_of(self, viewport: Viewport) -> float | None:
        """Millimetres of a device pixel: as it was measured, else as the screen tells."""
        measured = self._workbench.presenting.pixel_pitch_mm
        if measured > 0:
            return measured
        screen = viewport.screen()
        across = screen.geometry().width() * screen.devicePixelRatio()
        pitch = screen.physicalSize().width() / across if across else 0.0
        return pitch if _PLAUSIBLE[0] <= pitch <= _PLAUSIBLE[1] else None
