"""The part of the images that has their pixels fetched: volumes, frames, and what lies ahead."""

from __future__ import annotations

from workstation.domain.image import FrameKey
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane
from workstation.imaging.blit import Pyramid
from workstation.imaging.modality import padding_mask
from workstation.imaging.volume import Volume
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.lookable import Lookable
from workstation.ui.viewport.measurable import ImageWorkbench
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow.jobs import Job, Lane

#: Frames decoded ahead in the direction of the wheel, and kept behind.
_AHEAD, _BEHIND = 12, 4


class Fetching(Lookable):
    """Has jobs decode what the viewports lack, and tells them when it is here."""

    def __init__(self, workbench: ImageWorkbench, bridge: JobBridge) -> None:
        super().__init__(workbench, bridge)
        #: display set → number of its frames and the job that begins its volume
        self._building: dict[str, tuple[int, Job[Volume]]] = {}
        self._end_volumes = workbench.volumes.listen(bridge.relay(self._slices_came))

    def _let_go_of_volumes(self) -> None:
        """The case is closed."""
        for identifier, (_, job) in self._building.items():
            job.cancel()
            self._workbench.volumes.release(identifier)
        self._building.clear()

    def _begin_volume(self, shown: DisplaySet, index: int) -> None:
        identifier, count = shown.identifier, len(shown.frames)
        held = self._building.get(identifier)
        if held is not None:
            if held[0] == count:
                return
            # It grew meanwhile: what is begun late must not take the place of what came after.
            held[1].cancel()
        volumes = self._workbench.volumes
        job = self._bridge.submit(
            lambda token: volumes.volume(shown, index, token),
            lane=Lane.INTERACTION,
            on_done=lambda _: self._slices_came(identifier),
            on_failed=self._failed,
        )
        self._building[identifier] = count, job

    def _slices_came(self, identifier: str) -> None:
        for viewport in self.grid.viewports:
            pane, scene = viewport.pane, viewport.scene
            if self.lies_over(scene, identifier):
                viewport.refresh()
            elif pane is None or pane.shown.identifier != identifier:
                continue
            elif viewport.view.plane is not Plane.ACQUIRED or (scene is not None and scene.words):
                viewport.refresh()
            else:
                viewport.update()

    def want(self, viewport: Viewport, scene: Scene) -> None:
        """A scene was made: fetch what it lacks."""
        self.want_look(viewport, scene)
        frames = self._workbench.frames
        if scene.wanted is not None:
            frames.request(scene.wanted, Lane.VISIBLE, self._bridge.relay(self._frame_ready))
        frame = scene.frame
        if scene.rendering is None or scene.values is not None or frame is None:
            return
        stored = frames.peek(frame.key)
        if stored is not None and viewport.maker.needs_pyramid(stored, frame.key):
            padding = frame.padding.low if frame.padding is not None else 0.0

            def keep(made: Pyramid) -> None:
                viewport.maker.keep_pyramid(frame.key, made)
                viewport.refresh()

            held = stored
            self._bridge.submit(
                lambda _: Pyramid(held, padding_mask(held, frame), padding),
                lane=Lane.VISIBLE,
                on_done=keep,
            )

    def _frame_ready(self, key: FrameKey) -> None:
        for viewport in self.grid.viewports:
            scene = viewport.scene
            if scene is not None and scene.wanted == key:
                viewport.refresh()

    def prefetch(self, viewport: Viewport, direction: int) -> None:
        pane, view = viewport.pane, viewport.view
        if pane is None or view.plane is not Plane.ACQUIRED:
            return
        frames = pane.shown.frames
        if self.volume_of(pane.shown) is not None:
            volumes, index = self._workbench.volumes, view.frame_index
            volumes.toward(pane.shown.identifier, index, (direction > 0) - (direction < 0))
            return
        step = 1 if direction >= 0 else -1
        ahead = [view.frame_index + step * n for n in range(1, _AHEAD + 1)]
        behind = [view.frame_index - step * n for n in range(1, _BEHIND + 1)]
        wanted = [index for index in ahead + behind if 0 <= index < len(frames)]
        self._workbench.frames.prefetch([frames[index].key for index in wanted])
