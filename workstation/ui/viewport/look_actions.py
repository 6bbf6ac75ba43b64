"""What the keys do to the look of the active viewport: own windows, states, palettes, masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription, LookupTable, Voi
from workstation.domain.presentation import StateSummary
from workstation.domain.view import Plane, ViewState
from workstation.imaging.voi import described
from workstation.ui.viewport.images import Images
from workstation.ui.viewport.looks import mask_of
from workstation.ui.viewport.scene import Scene
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import presenting, presets
from workstation.workflow.viewing import Pane


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu of looks. `chosen` carries a tick, `off` says why it cannot be taken."""

    title: str
    run: Callable[[], None]
    chosen: bool = False
    key: str = ""
    off: str = ""


def voi_title(voi: Voi, index: int) -> str:
    """What an alternative of the image is called: its own words, then its numbers."""
    if isinstance(voi, LookupTable):
        return f"LUT {voi.explanation or index + 1}"
    numbers = described(voi)
    return f"{voi.explanation}   {numbers}" if voi.explanation else numbers


def state_title(state: StateSummary) -> str:
    """`LABEL, its description` of a state."""
    words = state.label or "without label"
    more = state.description if state.description.lower() != state.label.lower() else ""
    return f"{words}, {more}" if more else words


class LookActions:
    """The commands of `commands.viewport_look`."""

    def __init__(self, images: Images) -> None:
        self._images = images
        #: opens the menu of looks at the caption bar
        self.ask_menu: Callable[[], None] = lambda: None

    @property
    def _held(self) -> tuple[Viewport, Pane, ViewState] | None:
        viewport = self._images.active
        pane = viewport.pane
        return None if pane is None else (viewport, pane, viewport.view)

    def _change(self, **changes: object) -> None:
        held = self._held
        if held is not None:
            self._images.change(held[0], replace(held[2], **changes))  # type: ignore[arg-type]

    def _frame(self) -> FrameDescription | None:
        """The acquired frame of the active viewport."""
        held = self._held
        if held is None or held[2].plane is not Plane.ACQUIRED:
            return None
        frames = held[1].shown.frames
        return frames[min(held[2].frame_index, len(frames) - 1)]

    # -- the image's own alternatives --------------------------------------------------------

    def own_windows(self) -> tuple[Voi, ...]:
        """The windows and LUTs that the object brings, in the order of the menu."""
        held = self._held
        if held is None or held[2].presentation:
            return ()
        frame = self._frame() or held[1].shown.frames[0]
        return () if frame.pixel_format.is_colour else frame.voi

    def next_own_window(self) -> None:
        """The image's own window; asked again, its next alternative."""
        held, own = self._held, self.own_windows()
        if held is None:
            return
        now = held[2].voi
        index = 0
        if now is None and len(own) > 1:
            index = 1
        elif now is not None and any(now is each or now == each for each in own):
            index = next(i for i, each in enumerate(own) if now is each or now == each) + 1
        self.choose_own_window(index % len(own) if own else 0)

    def choose_own_window(self, index: int) -> None:
        """One of `own_windows`, counted from 0; the first is what the image opens with."""
        own = self.own_windows()
        if index == 0 or index >= len(own):
            self._change(voi=None, voi_name="")
            return
        chosen = own[index]
        name = chosen.explanation or f"{index + 1} of {len(own)}"
        self._change(voi=chosen, voi_name=name)

    # -- presentation states -----------------------------------------------------------------

    def states(self) -> tuple[StateSummary, ...]:
        """The states that are made for the image on the active viewport; of a plane those that
        blend."""
        held, frame = self._held, self._frame()
        if held is None:
            return ()
        if frame is None:
            return presenting.states_for_planes(held[1].study, held[1].shown)
        return presenting.states_for(held[1].study, frame.key)

    def next_state(self) -> None:
        """The next presentation state of the image; after the last one, none."""
        held, states = self._held, self.states()
        if held is None:
            return
        if not states:
            where = "image" if held[2].plane is Plane.ACQUIRED else "plane"
            self._images.said.emit(f"No presentation state came for this {where} that is applied.")
            return
        uids = ["", *(state.sop_instance_uid for state in states)]
        now = held[2].presentation
        self.choose_state(uids[(uids.index(now) + 1) % len(uids)] if now in uids else uids[1])

    def choose_state(self, uid: str) -> None:
        """Show the image as a state says, or as it is where `uid` is empty."""
        held = self._held
        if held is not None:
            self._images.take_state(held[0], uid)

    # -- palettes, planes, masks, size -------------------------------------------------------

    def next_colour_map(self) -> None:
        """Grey, then the well-known palettes, then grey again."""
        held = self._held
        if held is None:
            return
        names = ["", *(name for name, _ in presenting.COLOUR_MAPS)]
        now = names.index(held[2].colour_map)
        self.choose_colour_map(names[(now + 1) % len(names)])

    def choose_colour_map(self, name: str) -> None:
        """A palette for a grey image; the empty name is grey."""
        held = self._held
        if held is None:
            return
        if held[1].shown.frames[0].pixel_format.is_colour:
            self._images.said.emit("This image has colours of its own.")
            return
        self._change(colour_map=name)

    def toggle_overlays(self) -> None:
        """Overlay planes, shutter and annotations on or off."""
        held = self._held
        if held is not None:
            self._change(overlays=not held[2].overlays)

    def toggle_subtraction(self) -> None:
        """Subtract the mask, or not."""
        held, frame = self._held, self._frame()
        if held is None:
            return
        if frame is None or mask_of(frame) is None or frame.pixel_format.is_colour:
            self._images.said.emit(
                "There is no mask for this image: it needs a film of grey images of one object."
            )
            return
        # The window of an image is none for a difference.
        self._change(subtracted=not held[2].subtracted, voi=None, voi_name="")

    def true_size(self) -> None:
        """One millimetre of the object, or of the detector, as one of the screen."""
        held = self._held
        # The window may have gone to another screen, or the screen have been measured.
        self._images.active.refresh()
        scene = self._images.active.built()
        if held is None or scene is None:
            return
        try:
            zoom = true_zoom(scene)
        except ReaderError as error:
            self._images.said.emit(error.sentence())
            return
        self._change(zoom=zoom, pan=(0.0, 0.0))

    def toggle_marks(self) -> None:
        """What others drew on the images or not, with no list that takes their room."""
        overlaying = self._images.overlaying
        if overlaying.listed():
            overlaying.toggle()
        else:
            self._images.said.emit("The study holds nothing that others drew over the images.")

    def toggle_breast_fit(self) -> None:
        """Mammograms fitted to the breast, or their whole field."""
        if not self._images.breast_fit.toggle():
            self._images.said.emit("No mammogram that hangs on its chest wall is shown.")

    def look_menu(self) -> None:
        """Everything that there is to choose from, by its name."""
        self.ask_menu()

    def choices(self) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """The sections of the menu: (heading, lines)."""
        held = self._held
        if held is None:
            return ()
        _, pane, view = held
        own = self.own_windows()
        windows = [
            Choice(
                voi_title(voi, index),
                lambda index=index: self.choose_own_window(index),  # type: ignore[misc]
                view.voi is voi or view.voi == voi or (index == 0 and view.voi is None),
                "1" if index == 0 else "",
            )
            for index, voi in enumerate(own)
        ]
        windows += [
            Choice(
                f"{each.title}   {described(each.window)}",
                lambda window=each.window, title=each.title: self._change(  # type: ignore[misc]
                    voi=window, voi_name=title
                ),
                view.voi == each.window,
                str(digit),
            )
            for digit, each in enumerate(
                presets.for_display_set(pane.shown, pane.study.description), start=2
            )
        ]
        states = self.states()
        state_lines = [
            Choice("As the image is", lambda: self.choose_state(""), not view.presentation),
            *(
                Choice(
                    state_title(state),
                    lambda uid=state.sop_instance_uid: self.choose_state(uid),  # type: ignore[misc]
                    view.presentation == state.sop_instance_uid,
                )
                for state in states
            ),
        ]
        grey = not pane.shown.frames[0].pixel_format.is_colour
        maps = [
            Choice(
                title,
                lambda name=name: self.choose_colour_map(name),  # type: ignore[misc]
                view.colour_map == name,
            )
            for name, title in (("", "Grey"), *presenting.COLOUR_MAPS)
        ]
        found: list[tuple[str, tuple[Choice, ...]]] = []
        if windows:
            found.append(("Window", tuple(windows)))
        if states:
            found.append(("Presentation state", tuple(state_lines)))
        if grey:
            found.append(("Colours", tuple(maps)))
        return tuple(found)


def true_zoom(scene: Scene) -> float:
    """Screen pixels a column at which a millimetre is one; ReaderError says why there is none."""
    if scene.pitch_mm is None:
        raise ReaderError(
            "The size of the screen's pixels is not known.",
            remedy="Measure the screen and set display.pixel_pitch_mm.",
        )
    spacing = None
    if scene.plane is not None:
        spacing = scene.plane.spacing_mm
    elif scene.frame is not None:
        spacing = scene.frame.calibration.spacing_mm
    if spacing is None:
        raise ReaderError("The image has no spacing, so it has no true size.")
    return spacing[1] / scene.pitch_mm
