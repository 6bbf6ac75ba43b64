"""The look of an acquired frame on a viewport: state, mask, shutter, overlay planes, palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError
from workstation.domain.image import (
    FrameDescription,
    FrameKey,
    MaskFrames,
    Palette,
    Shutter,
    Voi,
)
from workstation.domain.presentation import Presentation
from workstation.domain.study import DisplaySet
from workstation.domain.view import ViewState
from workstation.imaging.blit import to_viewport
from workstation.imaging.picture import presented
from workstation.imaging.placement import Placement
from workstation.imaging.shutters import hidden
from workstation.imaging.subtraction import difference
from workstation.imaging.voi import auto_window
from workstation.workflow.blending import has_one_line
from workstation.workflow.presenting import colour_map


class Frames(Protocol):
    """The frame cache as a viewport uses it; neither call waits."""

    def peek(self, key: FrameKey) -> NDArray[Any] | None: ...
    def problem(self, key: FrameKey) -> ReaderError | None: ...


class Presents(Protocol):
    """States and overlay planes; neither call waits. `output` makes driving levels of P-values."""

    @property
    def output_problem(self) -> str: ...
    @property
    def output(self) -> NDArray[np.uint8] | None: ...
    def look(self, uid: str, frame: FrameDescription) -> Presentation | ReaderError | None: ...
    def volume_look(self, uid: str, shown: DisplaySet) -> Presentation | ReaderError | None: ...
    def overlay(
        self, frame: FrameDescription, groups: tuple[int, ...]
    ) -> NDArray[np.bool_] | ReaderError | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a frame is shown. `notes` are said on the picture; what is still to be read is `wanted`:
    a state by its UID, groups of overlay planes, frames of a mask."""

    frame: FrameDescription
    presentation: Presentation | None = None
    voi: Voi | None = None
    palette: Palette | None = None
    shutter: Shutter | None = None
    bits: NDArray[np.bool_] | None = None
    mask: MaskFrames | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    wanted_state: str = ""
    wanted_groups: tuple[int, ...] = ()


def mask_of(frame: FrameDescription) -> MaskFrames | None:
    """What is subtracted from a frame: as its object says, else the first frame of its film."""
    number = frame.key.frame_number
    held = next((each for each in frame.masks if each.covers(number)), None)
    if held is None and not frame.masks and frame.pixel_format.frames > 1:
        return MaskFrames((1,))
    return held


def look_of(frame: FrameDescription, view: ViewState, presents: Presents) -> Look:
    """What the view asks of a frame, as far as it has been read."""
    notes: list[str] = []
    warnings: list[str] = [presents.output_problem] if presents.output_problem else []
    presentation: Presentation | None = None
    wanted_state = ""
    described, voi = frame, view.voi
    if view.presentation:
        held = presents.look(view.presentation, frame)
        if held is None:
            wanted_state = view.presentation
        elif isinstance(held, ReaderError):
            warnings.append(held.happened)
        else:
            presentation = held
            described, own = presented(frame, held)
            voi = view.voi or own
            left = ", ".join(held.left_out)
            if left:
                warnings.append(f"State without {left}")
    palette = colour_map(view.colour_map)
    if presentation is not None and presentation.palette is not None and palette is None:
        palette = presentation.palette
    mask = None
    if presentation is not None:
        mask = presentation.mask
    if view.subtracted:
        mask = mask_of(frame)
        if mask is None:
            warnings.append("There is no mask for this image")
    groups = frame.overlay_groups
    bits: NDArray[np.bool_] | None = None
    if presentation is not None:
        drawn = presentation.overlays
        groups = drawn.groups if drawn is not None else ()
        bits = drawn.bits if drawn is not None else None
    wanted: tuple[int, ...] = ()
    if view.overlays and groups:
        found = presents.overlay(frame, groups)
        if found is None:
            wanted = groups
        elif isinstance(found, ReaderError):
            warnings.append(found.happened)
        else:
            bits = found if bits is None else bits | found
    if (bits is not None or groups or described.shutter is not None) and not view.overlays:
        notes.append("overlays and shutter off")
    elif bits is not None:
        notes.append("overlay planes shown")
    return Look(
        described,
        presentation,
        voi,
        palette,
        described.shutter if view.overlays else None,
        bits if view.overlays else None,
        mask,
        tuple(notes),
        tuple(warnings),
        wanted_state,
        wanted,
    )


def look_of_plane(shown: DisplaySet, view: ViewState, presents: Presents) -> Look | None:
    """What a blending state asks of a plane cut through a volume; None where the view has none."""
    if not view.presentation:
        return None
    frame = shown.frames[0]
    held = presents.volume_look(view.presentation, shown)
    if held is None:
        return Look(frame, wanted_state=view.presentation)
    if not isinstance(held, ReaderError) and not has_one_line(shown):
        held = ReaderError("The state has one slope for images below that have several")
    if isinstance(held, ReaderError):
        return Look(frame, warnings=(held.happened,))
    described, own = presented(frame, held)
    left = ", ".join(held.left_out)
    return Look(
        described,
        held,
        view.voi or own,
        warnings=(f"State without {left}",) if left else (),
    )


@dataclass(slots=True)
class Subtraction:
    """The difference that was made last; making it costs as much as a picture."""

    _key: tuple[object, ...] = ()
    _held: tuple[NDArray[np.float32], FrameDescription, Voi] | None = None
    #: (film, whether that frame differed, window)
    _window: tuple[object, bool, Voi] | None = None

    def _one_window(self, film: object, values: NDArray[np.float32]) -> Voi:
        """One window for a film, so that paging does not flicker; that of a frame which differs
        from its mask."""
        known = self._window
        if known is None or known[0] != film or not known[1]:
            known = self._window = (film, bool(np.ptp(values) > 0), auto_window(values))
        return known[2]

    def of(
        self, look: Look, stored: NDArray[Any], frames: Frames
    ) -> tuple[NDArray[np.float32], FrameDescription, Voi] | FrameKey | str:
        """(difference, the frame of such values, its window), the key of a frame that it waits
        for, or why there is none."""
        frame, mask = look.frame, look.mask
        assert mask is not None
        uid = frame.key.sop_instance_uid
        held: list[NDArray[Any]] = []
        for number in mask.frames:
            key = FrameKey(uid, number)
            if number > frame.pixel_format.frames:
                return f"The mask is frame {number} of {frame.pixel_format.frames}"
            there = frames.peek(key)
            if there is None:
                return key if frames.problem(key) is None else "The mask cannot be decoded"
            held.append(there)
        key_now = (frame.key, mask, frame.modality_transform)
        if self._key != key_now:
            made = difference(stored, held, frame, mask.shift)
            self._held = (*made, self._one_window((uid, mask), made[0]))
            self._key = key_now
        assert self._held is not None
        values, shown, window = self._held
        return values, shown, look.voi or window


def on_screen(
    mask: NDArray[np.bool_], placement: Placement, width: int, height: int
) -> NDArray[np.bool_]:
    """A mask of an image at the pixels of a viewport. A thin line stays where it shrinks."""
    shown = to_viewport(
        mask.astype(np.uint8) * 255, lambda held: held, placement, width, height, pyramid=None
    )
    return shown > (127 if placement.scale >= 1 else 48)


def finished(
    buffer: NDArray[np.uint8],
    look: Look,
    placement: Placement,
    hide: Callable[[Shutter], NDArray[np.bool_]],
) -> NDArray[np.uint8]:
    """The buffer of a viewport with shutter and overlay planes."""
    height, width = buffer.shape[:2]
    if look.shutter is not None:
        over = hide(look.shutter)
        grey = look.shutter.grey
        buffer[over] = (look.shutter.rgb or (grey,) * 3) if buffer.ndim == 3 else grey
    if look.bits is not None:
        buffer[on_screen(look.bits, placement, width, height)] = 255
    return buffer


class Hiding:
    """The screen mask of the shutter that was asked for last."""

    def __init__(self) -> None:
        self._held: tuple[tuple[object, ...], NDArray[np.bool_]] | None = None

    def mask(
        self, shutter: Shutter, rows: int, columns: int, placement: Placement, size: tuple[int, int]
    ) -> NDArray[np.bool_]:
        """True where the viewport of (width, height) would show what the shutter hides; the
        surround of the image stays black."""
        key = (shutter, rows, columns, placement, size)
        if self._held is None or self._held[0] != key:
            over = hidden(shutter, rows, columns).astype(np.uint8) * 255
            shown = to_viewport(over, lambda held: held, placement, *size)
            self._held = (key, shown > 127)
        return self._held[1]
