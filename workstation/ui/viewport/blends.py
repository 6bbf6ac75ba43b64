"""A blending state on an acquired frame: the volume that lies over it, cut along its plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, Voi
from workstation.domain.presentation import Blend
from workstation.domain.study import DisplaySet, Study
from workstation.imaging.blending import blended, rescaled
from workstation.imaging.picture import identity_of
from workstation.imaging.reslice import reslice
from workstation.imaging.volume import Volume
from workstation.workflow.presenting import blended_set
from workstation.workflow.viewing import same_space


class Blending:
    """Keeps the cut that was made last."""

    def __init__(self, volume_of: Callable[[DisplaySet], Volume | None]) -> None:
        self._volume_of = volume_of
        self._cut: tuple[tuple[object, ...], NDArray[np.float32]] | None = None

    def of(
        self,
        blend: Blend,
        study: Study,
        shown: DisplaySet,
        frame: FrameDescription,
        grey: NDArray[np.uint8],
    ) -> tuple[NDArray[np.uint8] | None, DisplaySet | None, str]:
        """(RGB of the frame with what lies over it, the display set that is needed, what is
        missing): without a picture the words tell why, or what is waited for."""
        over = blended_set(study, blend)
        if over is None:
            return None, None, "The images that lie over it are not here as a volume"
        if frame.plane is None or not same_space(shown, over):
            return None, None, "The images that lie over it are of another space"
        volume = self._volume_of(over)
        if volume is None or not volume.present.all():
            return None, over, "The images that lie over it are being built"
        key = (id(volume), frame.key)
        if self._cut is None or self._cut[0] != key:
            self._cut = (key, reslice(volume, frame.plane))
        values, transform = self._cut[1], over.frames[0].modality_transform
        same = all(
            (each.modality_transform.slope, each.modality_transform.intercept)
            == (transform.slope, transform.intercept)
            for each in over.frames
        )
        words = ""
        if same:
            values = rescaled(values, transform, blend.modality_transform)
        else:
            # PET: each slice has a slope of its own, which one slope of a state cannot replace.
            words = "The images that lie over it keep their own values"
        voi: Voi = blend.voi or identity_of(over.frames[0].pixel_format, blend.modality_transform)
        picture = blended(grey, values, voi, blend.palette, blend.opacity)
        return picture, over, words
