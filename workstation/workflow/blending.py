"""What lies over a picture: the volume of a blending state or of a fusion, cut along its plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError, RegistrationRefused
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import FrameDescription, ModalityTransform, Voi
from workstation.domain.presentation import Blend
from workstation.domain.registration import Affine, MatrixKind, linked
from workstation.domain.study import DisplaySet, Study, same_space
from workstation.domain.view import Fusion, SlabMode
from workstation.imaging.blending import blended, on_one_grid, rescaled
from workstation.imaging.picture import identity_of
from workstation.imaging.reslice import reslice
from workstation.imaging.volume import Volume
from workstation.workflow import fusing
from workstation.workflow.presenting import blended_set, colour_map
from workstation.workflow.viewing import find, missing_words


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What lies over a picture. `rgb` is both together, (rows, columns, 3), or None while it is
    waited for or where `words` tell why it cannot be. `over` is the display set that lies over it,
    here or not, `values` what it holds on the grid of the picture in the unit of its frames, NaN
    where it holds nothing. `way` is the registration that leads from the picture to it, None where
    both are of one space."""

    rgb: NDArray[np.uint8] | None = None
    over: DisplaySet | None = None
    words: str = ""
    voi: Voi | None = None
    opacity: float = 0.0
    interpolated: bool = False
    way: Affine | None = None
    values: NDArray[np.float32] | None = None

    @property
    def registered(self) -> bool:
        """Whether a registration leads from the picture to it."""
        return self.way is not None


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The values of a volume on the grid of a plane."""

    key: tuple[object, ...]
    volume: Volume
    values: NDArray[np.float32]
    interpolated: bool


def has_one_line(shown: DisplaySet) -> bool:
    """Whether one slope and intercept lead from what was stored to the values of all frames."""
    own = shown.frames[0].modality_transform
    return own.lut is None and all(
        (each.modality_transform.slope, each.modality_transform.intercept)
        == (own.slope, own.intercept)
        for each in shown.frames
    )


def _state_values(
    values: NDArray[np.float32], shown: DisplaySet, wanted: ModalityTransform
) -> tuple[NDArray[np.float32], list[str]]:
    """Values of a volume as a state's own slope makes them out of what was stored, and what is to
    be said where it cannot."""
    if has_one_line(shown):
        return rescaled(values, shown.frames[0].modality_transform, wanted), []
    # PET: each slice has a slope of its own, which one slope of a state cannot replace.
    # Its window is for what the device stored, never for SUV.
    if shown.suv is not None:
        values = values / np.float32(shown.suv.factor)
    return values, ["The images that lie over it keep their own values"]


class Blending:
    """Keeps the cut that was made last."""

    def __init__(
        self,
        volume_of: Callable[[DisplaySet], Volume | None],
        failed_of: Callable[[DisplaySet], int] = lambda _: 0,
    ) -> None:
        self._volume_of, self._failed_of = volume_of, failed_of
        self._held: _Cut | None = None

    def forget(self) -> None:
        """Nothing lies over anything any more."""
        self._held = None

    def of(
        self,
        blend: Blend,
        study: Study,
        shown: DisplaySet,
        frame: FrameDescription,
        grey: NDArray[np.uint8],
    ) -> Laid:
        """A blending state on an acquired frame, whose own picture is `grey`."""
        return self._state(blend, study, shown, (frame,), frame.plane, grey)

    def of_plane(
        self,
        blend: Blend,
        study: Study,
        shown: DisplaySet,
        plane: PlaneGeometry,
        grey: NDArray[np.uint8],
        slab: tuple[float, SlabMode],
    ) -> Laid:
        """A blending state on a plane cut through all of a volume."""
        return self._state(blend, study, shown, shown.frames, plane, grey, slab)

    def _state(
        self,
        blend: Blend,
        study: Study,
        shown: DisplaySet,
        below: tuple[FrameDescription, ...],
        plane: PlaneGeometry | None,
        grey: NDArray[np.uint8],
        slab: tuple[float, SlabMode] = (0.0, SlabMode.MEAN),
    ) -> Laid:
        over = blended_set(study, blend)
        if over is None:
            return Laid(words="The images that lie over it are not here as a volume")
        named = sum(blend.names(frame.key) for frame in over.frames)
        if named < len(over.frames):
            count = len(over.frames)
            return Laid(words=f"The state lays only {named} of {count} images of a series over it")
        if blend.modality_transform.lut is not None or any(
            each.modality_transform.lut is not None for each in over.frames
        ):
            return Laid(
                words="The images that lie over it have a Modality LUT, which has no values"
                " between theirs"
            )
        if plane is None:
            return Laid(words="The image has no place in the patient")
        way = None
        if blend.registrations:
            try:
                way = linked(blend.registrations, below, over.frames)
            except ReaderError as error:
                return Laid(words=error.happened)
        elif not same_space(shown, over):
            return Laid(words="The images that lie over it are of another space")
        cut = self._through(over, plane, slab, way)
        if isinstance(cut, Laid):
            return cut
        values, words = _state_values(cut.values, over, blend.modality_transform)
        voi: Voi = blend.voi or identity_of(over.frames[0].pixel_format, blend.modality_transform)
        picture = blended(grey, values, voi, blend.palette, blend.opacity)
        uids = {each.sop_instance_uid for each in blend.references}
        lost = len(uids.difference(over.sop_instance_uids))
        if lost:
            words.append(f"{lost} images that the state also lays over it are not shown")
        words += self._lacking(over, cut.volume)
        return self._laid(picture, over, words, voi, blend.opacity, cut, way)

    def fused(
        self,
        fusion: Fusion,
        study: Study,
        shown: DisplaySet,
        plane: PlaneGeometry | None,
        grey: NDArray[np.uint8],
        slab: tuple[float, SlabMode] = (0.0, SlabMode.MEAN),
    ) -> Laid:
        """A volume over the `grey` picture of a plane, in the colours and window of the fusion."""
        over = find(study, fusion.over)
        if over is None or over.volume is None:
            return Laid(words="The images that lie over it are not here as a volume")
        if plane is None:
            return Laid(words="The image has no place in the patient")
        try:
            way = fusing.way(study, shown, over)
        except RegistrationRefused as error:
            return Laid(words=error.happened.rstrip("."))
        cut = self._through(over, plane, slab, way)
        if isinstance(cut, Laid):
            return cut
        palette = colour_map(fusion.colour_map)
        assert palette is not None
        picture = blended(grey, cut.values, fusion.voi, palette, fusion.opacity)
        words = self._lacking(over, cut.volume)
        return self._laid(picture, over, words, fusion.voi, fusion.opacity, cut, way)

    @staticmethod
    def _laid(
        picture: NDArray[np.uint8],
        over: DisplaySet,
        words: list[str],
        voi: Voi,
        opacity: float,
        cut: _Cut,
        way: Affine | None,
    ) -> Laid:
        return Laid(
            picture,
            over,
            "; ".join(words),
            voi,
            opacity,
            cut.interpolated,
            way=way,
            values=cut.values,
        )

    def _through(
        self,
        over: DisplaySet,
        plane: PlaneGeometry,
        slab: tuple[float, SlabMode],
        way: Affine | None,
    ) -> _Cut | Laid:
        """The cut along a plane, through a registration where there is one; or what there is
        instead of it."""
        via = None
        if way is not None and slab[0] > 0:
            if not way.fits(MatrixKind.RIGID):
                return Laid(words="A slab is not laid through a registration that is not rigid")
            plane = way.moved(plane)
        elif way is not None:
            via = way.array()
        cut = self._cut(over, plane, slab, via)
        if cut is None:
            return Laid(over=over, words="The images that lie over it are being built")
        return cut

    @staticmethod
    def _lacking(over: DisplaySet, volume: Volume) -> list[str]:
        """What of the volume is not there to lie over: nobody takes its absence for no uptake."""
        failed = int((~volume.present).sum())
        words = [missing_words(over)] if over.missing_slices else []
        if failed:
            words.append(f"{failed} slice{'s' if failed > 1 else ''} cannot be shown")
        return [f"Of what lies over, {' and '.join(words)}"] if words else []

    def _cut(
        self,
        over: DisplaySet,
        plane: PlaneGeometry,
        slab: tuple[float, SlabMode] = (0.0, SlabMode.MEAN),
        via: NDArray[np.float64] | None = None,
    ) -> _Cut | None:
        """The volume on the grid of a plane; None while it is being filled. Slices that will not
        come are waited for no longer."""
        volume = self._volume_of(over)
        if volume is None or int((~volume.present).sum()) > self._failed_of(over):
            return None
        key = (plane, slab, None if via is None else via.tobytes())
        held = self._held
        if held is None or held.key != key or held.volume is not volume:
            values = reslice(volume, plane, slab_mm=slab[0], mode=slab[1], via=via)
            exact = slab[0] <= 0 and on_one_grid(volume.geometry, plane, via)
            held = self._held = _Cut(key, volume, values, not exact)
        return held
