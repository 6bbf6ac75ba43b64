"""What the keys do to the images: each acts on the active viewport."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workstation.domain.image import Window
from workstation.domain.view import Plane, SlabMode
from workstation.imaging.modality import modality_values, padding_mask
from workstation.imaging.voi import as_window, auto_window
from workstation.ui.viewport.fusion_actions import FusionActions
from workstation.ui.viewport.images import Images
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import presets, viewing

_SLABS = (0.0, 3.0, 10.0)
_MODES = (SlabMode.MEAN, SlabMode.MIP, SlabMode.MINIP)


class ViewActions(FusionActions):
    """The commands of `commands.viewport`, without those that need the study list."""

    def __init__(self, images: Images) -> None:
        super().__init__(images)
        #: opens the entry for window values in the caption bar
        self.ask_window: Callable[[str], None] = lambda _: None
        self.step_stage: Callable[[int], None] = lambda _: None
        self.step_series: Callable[[int], None] = lambda _: None
        #: the report beside the images, once there is one
        self.insert_measurement: Callable[[], None] = lambda: None
        self.next_field: Callable[[int], None] = lambda _: None
        #: what others drew, and its list beside the images
        self.toggle_layers: Callable[[], None] = lambda: None
        self.to_layer_list: Callable[[], None] = lambda: None
        #: what arrived and is shown nowhere, or back to the images
        self.list_unshown: Callable[[], None] = lambda: None

    # -- paging ----------------------------------------------------------------------------

    def page(self, steps: int) -> None:
        self._images.page_view(self._images.active, steps)

    def to_end(self, last: bool) -> None:
        held = self._held
        if held is not None:
            viewport, pane, view = held
            step = viewing.steps_of(view, pane.shown) - 1 if last else 0
            self._images.go_to_step(viewport, step, -1 if last else 1)

    def next_series(self, steps: int) -> None:
        self.step_series(steps)

    def next_view(self, steps: int) -> None:
        grid = self._images.grid
        held = grid.viewports
        grid.activate(held[(held.index(grid.active) + steps) % len(held)])
        grid.active.setFocus()

    def stage(self, steps: int) -> None:
        self.step_stage(steps)

    # -- window ----------------------------------------------------------------------------

    def choose_window(self, digit: int) -> None:
        held = self._held
        if held is None:
            return
        viewport, pane, _ = held
        if digit == 0:
            self._window_from_data(viewport)
        elif digit == 1:
            self.next_own_window()
        else:
            found = presets.for_display_set(pane.shown, pane.study.description)
            if digit - 2 < len(found):
                chosen = found[digit - 2]
                self._change(voi=chosen.window, voi_name=chosen.title)
            else:
                self._images.said.emit(f"There is no window preset {digit} for this series.")

    def choose_preset(self, title: str) -> None:
        """A preset by its name, whether a key of this body part has it or not."""
        held = self._held
        if held is None:
            return
        chosen = presets.titled(title, held[1].shown)
        if chosen is None:
            self._images.said.emit(f"These images have no window {title}.")
        else:
            self._change(voi=chosen.window, voi_name=chosen.title)

    def _window_from_data(self, viewport: Viewport) -> None:
        scene = viewport.built()
        frame = None if scene is None else scene.frame
        stored = None if frame is None else self._images.stored(frame.key)
        if scene is not None and scene.values is not None:
            self._change(voi=auto_window(scene.values), voi_name="auto")
        elif frame is not None and frame.pixel_format.is_colour:
            self._images.said.emit("No window from the data: the image is one of colours.")
        elif scene is None or scene.buffer is None or frame is None or stored is None:
            self._images.said.emit("No window from the data: no image is decoded here yet.")
        elif scene.look is not None and scene.look.mask is not None:
            # The window of the difference, which is what is shown, comes with it.
            self._change(voi=None, voi_name="")
        else:
            values = modality_values(stored, frame)
            window = auto_window(values, padding_mask(stored, frame))
            self._change(voi=window, voi_name="auto")

    def widen_window(self, factor: float) -> None:
        scene = self._images.active.built()
        if scene is not None and scene.voi is not None:
            voi = as_window(scene.voi)
            self._change(voi=voi.changed(voi.center, voi.width * factor), voi_name="")

    def type_window(self) -> None:
        scene = self._images.active.built()
        voi = None if scene is None else scene.voi
        text = ""
        if isinstance(voi, Window):
            text = f"W {voi.width:g} L {voi.center:g}"
        self.ask_window(text)

    def set_window(self, width: float, center: float) -> None:
        """What was typed."""
        scene = self._images.active.built()
        voi = None if scene is None else scene.voi
        if width > 0:
            window = Window.of_reader(center, width)
            if isinstance(voi, Window):
                window = voi.changed(center, width)
            self._change(voi=window, voi_name="")
        else:
            self._images.said.emit("A window is wider than 0.")

    # -- geometry of the view --------------------------------------------------------------

    def fit(self) -> None:
        self._change(zoom=None, pan=(0.0, 0.0))

    def actual_size(self) -> None:
        self._change(zoom=1.0, pan=(0.0, 0.0))

    def zoom_by(self, factor: float) -> None:
        held = self._held
        scene = self._images.active.built()
        if held is None or scene is None or scene.placement is None:
            return
        now = held[2].zoom if held[2].zoom is not None else scene.placement.fit_scale
        then = min(max(now * factor, 0.02), 64.0)
        pan = held[2].pan
        self._change(zoom=then, pan=(pan[0] * then / now, pan[1] * then / now))

    def invert(self) -> None:
        held = self._held
        if held is not None:
            self._change(inverted=not held[2].inverted)

    def flip(self, vertical: bool) -> None:
        held = self._held
        if held is None:
            return
        # Upside down is half a turn, mirrored.
        turn = 180 if vertical else 0
        self._change(
            flipped=not held[2].flipped,
            rotation=(held[2].rotation + turn) % 360,
        )

    def rotate(self, degrees: int) -> None:
        held = self._held
        if held is not None:
            turn = -degrees if held[2].flipped else degrees
            self._change(rotation=(held[2].rotation + turn) % 360)

    def reset(self) -> None:
        held = self._held
        if held is not None:
            view = held[2].reset()
            view = replace(view, slab_mm=held[2].slab_mm, slab_mode=held[2].slab_mode)
            self._images.change(held[0], replace(view, fusion=held[2].fusion))

    # -- planes ----------------------------------------------------------------------------

    def show_plane(self, plane: Plane) -> None:
        held = self._held
        if held is None:
            return
        viewport, pane, view = held
        shown = pane.shown
        if plane is not Plane.ACQUIRED and shown.volume is None:
            self._images.said.emit(
                shown.volume_refused or "This series forms no volume: planes cannot be cut."
            )
            return
        focus = viewing.focus_of(view, shown)
        new = replace(view, plane=plane, focus=focus, zoom=None, pan=(0.0, 0.0))
        if view.presentation:
            # A state's look of an image and of a plane are not the same: it is asked for again.
            new = replace(new, presentation="", rotation=0, flipped=False)
        if plane is Plane.ACQUIRED and focus is not None:
            new = viewing.followed(new, shown, focus)
        else:
            new = replace(new, rotation=0, flipped=False)
        self._images.change(viewport, new)
        if view.presentation:
            self._images.take_state(viewport, view.presentation)

    def show_mpr(self) -> None:
        held = self._held
        if held is None:
            return
        if held[1].shown.volume is None:
            self.show_plane(Plane.AXIAL)
            return
        self._images.show_mpr(held[1], held[2])

    def next_slab(self) -> None:
        held = self._held
        if held is None or held[2].plane is Plane.ACQUIRED:
            self._images.said.emit("A slab needs a plane cut through the volume: Shift+M.")
            return
        now = held[2].slab_mm
        index = _SLABS.index(now) if now in _SLABS else 0
        self._change(slab_mm=_SLABS[(index + 1) % len(_SLABS)])

    def next_slab_mode(self) -> None:
        held = self._held
        if held is not None and held[2].plane is not Plane.ACQUIRED:
            index = _MODES.index(held[2].slab_mode)
            self._change(slab_mode=_MODES[(index + 1) % len(_MODES)])

    # -- tools and marks -------------------------------------------------------------------

    def choose_tool(self, name: str) -> None:
        self._images.hands.cancel()
        self._images.tool = name
        self._images.changed_state()

    def set_true_length(self, millimetres: float) -> None:
        """What was typed; the next drag measures, and does not set the scale again."""
        if self._images.set_true_length(millimetres):
            self.choose_tool("length")

    def drop_scale(self) -> None:
        held = self._held
        if held is not None:
            self._images.drop_scale(held[1])

    def toggle_crosshair(self) -> None:
        self._images.crosshair = not self._images.crosshair
        self._images.changed_state()

    def toggle_link(self) -> None:
        self._images.linked = not self._images.linked
        self._images.changed_state()

    def toggle_key_image(self) -> None:
        held = self._held
        if held is None:
            return
        viewport, pane, view = held
        if view.plane is not Plane.ACQUIRED:
            self._images.said.emit("A key image is an image as it was acquired: Shift+O.")
            return
        measuring = self._images.measuring(pane.study.study_instance_uid)
        measuring.toggle_key_image(pane.shown, view.frame_index)
        viewport.update()

    def delete_measurement(self) -> None:
        if self._images.hands.take_back():
            return
        held = self._held
        if held is not None and held[0].chosen:
            measuring = self._images.measuring(held[1].study.study_instance_uid)
            identifier, held[0].chosen = held[0].chosen, ""
            measuring.remove(identifier)

    def undo(self) -> None:
        held = self._held
        if held is not None:
            self._images.measuring(held[1].study.study_instance_uid).undo()

    def redo(self) -> None:
        held = self._held
        if held is not None:
            self._images.measuring(held[1].study.study_instance_uid).redo()

    # -- layout ----------------------------------------------------------------------------

    def set_layout(self, rows: int, columns: int) -> None:
        self._images.set_layout(rows, columns)

    def maximise(self) -> None:
        if self._images.hands.finish():
            return
        self._images.toggle_maximised(self._images.active)

    def toggle_cine(self) -> None:
        self._images.cine.toggle(self._images.active)
        self._images.changed_state()

    def cancel(self) -> None:
        if self._images.hands.cancel():
            return
        if self._images.active.chosen:
            self._images.active.chosen = ""
            self._images.active.update()
        elif self._images.tool != self._images.resting:
            self.choose_tool(self._images.resting)
        elif self._images.grid.maximised:
            self._images.grid.maximise(False)
