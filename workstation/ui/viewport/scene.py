"""From a view to the buffer of its viewport: the picture, where it lies, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import FrameDescription, FrameKey, Palette, Shutter, Voi
from workstation.domain.presentation import DisplayedArea
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane, ViewState
from workstation.imaging import lut
from workstation.imaging.blending import rescaled
from workstation.imaging.blit import LARGE, Blit, Into, Pyramid, blitted, to_viewport
from workstation.imaging.colour_map import coloured
from workstation.imaging.gaps import in_missing_slices
from workstation.imaging.modality import padding_mask
from workstation.imaging.picture import grey, render, render_values
from workstation.imaging.placement import Placement
from workstation.imaging.reslice import reslice
from workstation.imaging.voi import auto_window
from workstation.imaging.volume import Volume
from workstation.ui.viewport.film_window import FilmWindow
from workstation.ui.viewport.looks import (
    Frames,
    Hiding,
    Look,
    Presents,
    Subtraction,
    finished,
    look_of,
    look_of_plane,
)
from workstation.ui.viewport.rendering import Rendering
from workstation.workflow.blending import Blending, Laid
from workstation.workflow.presenting import colour_map
from workstation.workflow.viewing import Pane, plane_of


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a viewport paints. `rendering` is None where there is no picture: `words` say why."""

    rendering: Rendering | None = None
    placement: Placement | None = None
    rows: int = 0
    columns: int = 0
    plane: PlaneGeometry | None = None
    frame: FrameDescription | None = None
    voi: Voi | None = None
    #: (what, why, what to do) where the image cannot be shown
    words: tuple[str, ...] = ()
    #: resliced values, or None on an acquired frame
    values: NDArray[np.float32] | None = None
    #: 255 where a resliced plane lies in slices that have not arrived, at screen size
    absent: NDArray[np.uint8] | None = None
    #: frame to decode before there is a picture
    wanted: FrameKey | None = None
    #: how an acquired frame is shown, with what is still to be read for it
    look: Look | None = None
    #: the volume of a blending state or of a fusion that lies over the picture
    laid: Laid | None = None
    #: millimetres of a screen pixel where they are known
    pitch_mm: float | None = None
    #: P-value of a grey buffer to driving level of the display (PS3.14), None to leave it
    output: NDArray[np.uint8] | None = None

    @property
    def buffer(self) -> NDArray[np.uint8] | None:
        """The picture in device pixels of the viewport, rendered now where it was not yet."""
        return None if self.rendering is None else self.rendering.buffer


def spacing_aspect(frame: FrameDescription) -> float:
    """Height of a pixel over its width."""
    held = frame.plane.spacing_mm if frame.plane is not None else frame.calibration.spacing_mm
    return frame.pixel_aspect if held is None else held[0] / held[1]


class SceneMaker:
    """Builds the scenes of one viewport and keeps what the next one needs again."""

    def __init__(
        self,
        frames: Frames,
        volume_of: Callable[[DisplaySet], Volume | None],
        presents: Presents,
        pitch_mm: Callable[[], float | None] = lambda: None,
        failed_of: Callable[[DisplaySet], int] = lambda _: 0,
    ) -> None:
        self._frames = frames
        self._presents = presents
        self._pitch_mm = pitch_mm
        self._subtraction = Subtraction()
        self._hiding = Hiding()
        self._blending = Blending(volume_of, failed_of)
        self._size = (1, 1)
        self._volume_of = volume_of
        self._table: tuple[tuple[object, ...], lut.Grey] | None = None
        self._auto: tuple[FrameKey, Voi] | None = None
        self._film = FilmWindow()
        self._cut: tuple[tuple[object, ...], NDArray[np.float32]] | None = None
        self._pyramid: tuple[FrameKey, Pyramid] | None = None
        self._placed: tuple[tuple[object, ...], Placement] | None = None
        #: all that the last scene depends on, beside the view that it was made for
        self._made: tuple[tuple[object, ...], ViewState, Scene] | None = None

    def make(self, pane: Pane, view: ViewState, width: int, height: int) -> Scene:
        """The scene of a view in a viewport of that many device pixels."""
        self._size = (width, height)
        if view.plane is Plane.ACQUIRED or pane.shown.volume is None:
            return self._acquired(pane, view, width, height)
        return self._resliced(pane, view, width, height)

    def forget(self) -> None:
        """The viewport is empty: keep nothing of what it showed."""
        self._subtraction, self._hiding = Subtraction(), Hiding()
        self._film = FilmWindow()
        self._blending.forget()
        self._table = self._auto = self._cut = self._pyramid = self._placed = self._made = None

    def needs_pyramid(self, stored: NDArray[Any], key: FrameKey) -> bool:
        """Whether shrinking this frame waits for its halvings."""
        held = self._pyramid
        return stored.ndim == 2 and stored.size > LARGE and (held is None or held[0] != key)

    def keep_pyramid(self, key: FrameKey, pyramid: Pyramid) -> None:
        """Halvings that were made in the background."""
        self._pyramid = (key, pyramid)

    def _acquired(self, pane: Pane, view: ViewState, width: int, height: int) -> Scene:
        shown = pane.shown
        frame = shown.frames[min(view.frame_index, len(shown.frames) - 1)]
        form, look = frame.pixel_format, look_of(frame, view, self._presents)
        area = look.presentation.area if look.presentation is not None else None
        aspect = (area.aspect if area is not None else None) or spacing_aspect(frame)
        pitch = self._pitch_mm()
        placement = self._placement(view, form.rows, form.columns, aspect, area, pitch)
        stored = self._frames.peek(frame.key)
        output = self._presents.output
        # The scene holds frame and output, so that their identities stay their own.
        key = (id(frame), id(output), placement, pitch, id(self._pyramid), width, height)
        last, self._made = self._made, None
        if stored is not None and last is not None and last[0] == key and _alike(view, last[1]):
            self._made = last
            return last[2]
        blank = Scene(
            placement=placement,
            rows=form.rows,
            columns=form.columns,
            plane=frame.plane,
            frame=frame,
            voi=view.voi,
            look=look,
            pitch_mm=pitch,
            output=output,
        )
        if stored is None:
            problem = self._frames.problem(frame.key)
            if problem is None:
                return _with(blank, words=("Image is being decoded",), wanted=frame.key)
            return _with(blank, words=(problem.happened, problem.means, problem.remedy))
        if look.mask is not None and stored.ndim == 2:
            made = self._subtraction.of(look, stored, self._frames)
            if isinstance(made, FrameKey):
                return _with(blank, words=("The mask is being decoded",), wanted=made)
            if isinstance(made, str):
                look = replace(look, mask=None, warnings=(*look.warnings, made))
                blank = _with(blank, look=look)
            else:
                return self._painted(blank, made[0], made[1], made[2], view, look)
        voi = self._voi(stored, look.frame, look.voi)
        blend = look.presentation.blend if look.presentation is not None else None
        if (blend is not None or view.fusion is not None) and stored.ndim == 2:
            grey = self._picture_of(look.frame, voi, view, None)(stored)
            if blend is not None:
                laid = self._blending.of(blend, pane.study, shown, frame, grey)
            else:
                assert view.fusion is not None
                laid = self._blending.fused(view.fusion, pane.study, shown, frame.plane, grey)
            blank = _with(blank, laid=laid)
            if laid.rgb is not None:
                plain, bare = replace(view, inverted=False), replace(look, palette=None)
                return self._painted(blank, laid.rgb, look.frame, voi, plain, bare)
        painted = self._painted(blank, stored, look.frame, voi, view, look)
        if not (look.wanted_state or look.wanted_groups or look.warnings or blank.laid):
            self._made = (key, view, painted)
        return painted

    def _placement(
        self,
        view: ViewState,
        rows: int,
        columns: int,
        aspect: float,
        area: DisplayedArea | None = None,
        pitch: float | None = None,
    ) -> Placement:
        """Where an image of that form lies; the same one as long as nothing of it changes."""
        width, height = self._size
        turned = (view.zoom, view.pan, view.rotation, view.flipped, view.hung)
        key = (*turned, rows, columns, aspect, area, pitch, width, height)
        if self._placed is None or self._placed[0] != key:
            placement = Placement.of(
                view,
                rows=rows,
                columns=columns,
                pixel_aspect=aspect,
                width=width,
                height=height,
                area=area,
                pitch_mm=pitch,
            )
            self._placed = (key, placement)
        return self._placed[1]

    def _painted(
        self,
        blank: Scene,
        stored: NDArray[Any],
        frame: FrameDescription,
        voi: Voi | None,
        view: ViewState,
        look: Look,
    ) -> Scene:
        placement = blank.placement
        assert placement is not None
        size, held = self._size, self._pyramid
        own = held is not None and held[0] == frame.key and look.mask is None
        pyramid = held[1] if own and held is not None else None
        picture_of = self._picture_of(frame, voi, view, look.palette)
        into = self._into_of(frame, voi, view, stored) if look.palette is None else None
        blend = frame.palette is None and frame.padding is None

        def hide(shutter: Shutter) -> NDArray[np.bool_]:
            return self._hiding.mask(shutter, blank.rows, blank.columns, placement, size)

        def render() -> Blit:
            made = blitted(
                stored, picture_of, placement, *size, pyramid=pyramid, blend=blend, into=into
            )
            if look.shutter is None and look.bits is None:
                return made
            return Blit(finished(made.whole(), look, placement, hide), 0, 0, *size)

        return _with(blank, rendering=Rendering(render), voi=voi)

    def _voi(self, stored: NDArray[Any], frame: FrameDescription, chosen: Voi | None) -> Voi | None:
        if frame.pixel_format.is_colour:
            return None
        if chosen is not None:
            return chosen
        if frame.voi:
            return frame.voi[0]
        return self._film.of(stored, frame)

    def _picture_of(
        self, frame: FrameDescription, voi: Voi | None, view: ViewState, palette: Palette | None
    ) -> Callable[[NDArray[Any]], NDArray[np.uint8]]:
        def picture(values: NDArray[Any]) -> NDArray[np.uint8]:
            if _sixteen(values) and voi is not None and frame.palette is None:
                shown = lut.apply(values, self._table_of(frame, voi, view, values.dtype.kind))
                return shown if palette is None else coloured(shown, palette)
            return render(values, frame, voi, inverted=view.inverted, colour_map=palette)

        return picture

    def _into_of(
        self, frame: FrameDescription, voi: Voi | None, view: ViewState, stored: NDArray[Any]
    ) -> Into | None:
        """What writes the grey of stored values where it belongs; None where a table cannot."""
        if voi is None or frame.palette is not None or not _sixteen(stored):
            return None
        table = self._table_of(frame, voi, view, stored.dtype.kind)
        return lambda values, out: lut.apply(values, table, out)

    def _table_of(self, frame: FrameDescription, voi: Voi, view: ViewState, kind: str) -> lut.Grey:
        key = (
            frame.modality_transform,
            voi,
            view.inverted,
            frame.inverted_photometric,
            frame.presentation_lut,
            frame.padding,
            kind,
        )
        if self._table is None or self._table[0] != key:
            table = grey(frame, voi, inverted=view.inverted, signed=kind == "i")
            self._table = (key, table)
        return self._table[1]

    def _resliced(self, pane: Pane, view: ViewState, width: int, height: int) -> Scene:
        shown = pane.shown
        plane = plane_of(view, shown)
        volume = self._volume_of(shown)
        first = shown.frames[0]
        if plane is None or volume is None:
            return Scene(frame=first, words=("The volume is being built",))
        placement = self._placement(view, plane.rows, plane.columns, 1.0)
        here = int(np.count_nonzero(volume.present))
        key = (id(volume), here, plane, view.slab_mm, view.slab_mode)
        if self._cut is None or self._cut[0] != key:
            self._cut = (key, reslice(volume, plane, slab_mm=view.slab_mm, mode=view.slab_mode))
        values = self._cut[1]
        look = look_of_plane(shown, view, self._presents)
        state = None if look is None else look.presentation
        own = first.voi[0] if first.voi else None
        voi = view.voi or own or self._volume_window(shown, volume)
        inverted = view.inverted != first.inverted_photometric
        if look is not None and state is not None:
            # All of the grey pipeline is the state's (PS3.4 N.2.1).
            voi, inverted = look.voi or voi, view.inverted
        pitch = self._pitch_mm()
        output = self._presents.output
        same = (id(first), id(output), placement, voi, inverted, view.colour_map, pitch)
        wanted = (key, same, width, height)
        bare = view.fusion is None and look is None
        if bare and self._made is not None and self._made[0] == wanted:
            return self._made[2]
        wished = values
        if state is not None:
            wished = rescaled(values, first.modality_transform, state.modality_transform)
        laid, slab = None, (view.slab_mm, view.slab_mode)
        if state is not None and state.blend is not None:
            below = render_values(wished, voi, inverted=inverted)
            laid = self._blending.of_plane(state.blend, pane.study, shown, plane, below, slab)
        elif view.fusion is not None:
            below = render_values(wished, voi, inverted=inverted)
            laid = self._blending.fused(view.fusion, pane.study, shown, plane, below, slab)
        palette = colour_map(view.colour_map)

        def render() -> Blit:
            picture = None if laid is None else laid.rgb
            if picture is None:
                picture = render_values(wished, voi, inverted=inverted)
                picture = picture if palette is None else coloured(picture, palette)
            return blitted(picture, lambda held: held, placement, width, height)

        absent = None
        lacking = in_missing_slices(volume.geometry, plane) if shown.missing_slices else None
        if lacking is not None:
            # Blank and hatched: nobody takes the gap for tissue that is black.
            lacking &= np.isnan(values)
        if here < volume.present.size:
            lacking = np.isnan(values)
        if lacking is not None and lacking.any():
            void = lacking.astype(np.uint8) * 255
            absent = to_viewport(void, lambda picture: picture, placement, width, height)
        made = Scene(
            rendering=Rendering(render),
            placement=placement,
            rows=plane.rows,
            columns=plane.columns,
            plane=plane,
            frame=first,
            voi=voi,
            values=values,
            absent=absent,
            look=look,
            laid=laid,
            pitch_mm=pitch,
            output=output,
        )
        self._made = (wanted, view, made) if bare else None
        return made

    def _volume_window(self, shown: DisplaySet, volume: Volume) -> Voi:
        """A window from the middle slice that is here; kept, so that paging does not flicker."""
        if self._auto is not None and self._auto[0] == shown.frames[0].key:
            return self._auto[1]
        here = np.flatnonzero(volume.present)
        index = int(here[len(here) // 2]) if here.size else 0
        frame = shown.frames[index]
        stored = volume.voxels[index]
        window = auto_window(
            stored * np.float32(volume.slope) + np.float32(volume.intercept),
            padding_mask(stored, frame) if volume.padding is not None else None,
        )
        if here.size:
            self._auto = (shown.frames[0].key, window)
        return window


def _sixteen(values: NDArray[Any]) -> bool:
    """Whether these are grey values of 16 bits."""
    return values.ndim == 2 and values.dtype.itemsize == 2 and values.dtype.kind in "iu"


def _alike(view: ViewState, other: ViewState) -> bool:
    """Whether both show a frame in one way, wherever the focus is."""
    return replace(view, focus=None, frame_index=0) == replace(other, focus=None, frame_index=0)


def _with(scene: Scene, **changes: Any) -> Scene:
    return replace(scene, **changes)
