"""One series over another, for `render`: what a viewport shows of a fusion or a blending state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.folder import scan
from workstation.dicom.presentation import PresentationState, open_state
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.dicom.registration import open_registration
from workstation.domain.errors import NotFoundOnService, ReaderError
from workstation.domain.image import FrameDescription
from workstation.domain.presentation import Blend
from workstation.domain.registration import Registration
from workstation.domain.study import DisplaySet, Study
from workstation.domain.suv import SuvKind
from workstation.imaging.volume import Volume, whole
from workstation.workflow import fusing
from workstation.workflow.blending import Blending, Laid
from workstation.workflow.uptake import in_uptake


def beside(*paths: Path) -> list[ReceivedObject]:
    """The objects that lie in the folders of files, or in folders, themselves."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    found = []
    for file in (each for folder in folders for each in sorted(folder.iterdir())):
        try:
            found += [read_object(file)] if file.is_file() else []
        except ReaderError:
            # Whatever it is, it is no image that a state could name.
            continue
    return found


class Over:
    """The images of PATH with those that lie over them, as one study."""

    def __init__(self, path: Path, above: Sequence[ReceivedObject]) -> None:
        below, _ = scan(path)
        objects = {held.sop_instance_uid: held for held in (*above, *below)}
        self._above = {held.sop_instance_uid for held in above}
        self._paths = {uid: Path(held.path) for uid, held in objects.items()}
        studies = [study for study in build_studies(tuple(objects.values())) if study.series]
        if len(studies) != 1:
            raise ReaderError(
                "What lies over is of another study.", remedy="Name two series of one study."
            )
        self._study: Study = in_uptake(studies[0], SuvKind.BW)
        self._volumes: dict[str, Volume] = {}
        self._blending = Blending(self._volume_of)

    def _volume_of(self, shown: DisplaySet) -> Volume | None:
        held = self._volumes.get(shown.identifier)
        if held is None and shown.volume is not None:

            def stored(index: int) -> NDArray[Any]:
                key = shown.frames[index].key
                return open_pixels(self._paths[key.sop_instance_uid]).frame(key.frame_number)

            held = self._volumes[shown.identifier] = whole(shown.volume, shown.frames, stored)
        return held

    def _shown(self, frame: FrameDescription) -> DisplaySet:
        """The display set of the image below."""
        return next(
            shown
            for shown in self._study.display_sets
            if any(each.key == frame.key for each in shown.frames)
        )

    def fused(
        self, frame: FrameDescription, grey: NDArray[np.uint8], opacity: float | None
    ) -> NDArray[np.uint8]:
        """The picture of a frame with the volume over it as the viewport lays it there."""
        sets = [
            shown
            for shown in self._study.display_sets
            if shown.volume is not None
            and all(each.key.sop_instance_uid in self._above for each in shown.frames)
        ]
        if not sets:
            raise ReaderError("What lies over forms no volume.", remedy="Name another series.")
        over = max(sets, key=lambda shown: len(shown.frames))
        fusion = fusing.fusion_of(over)
        if opacity is not None:
            fusion = fusing.faded(fusion, opacity)
        shown = self._shown(frame)
        return _picture(self._blending.fused(fusion, self._study, shown, frame.plane, grey))

    def blended(
        self, blend: Blend, frame: FrameDescription, grey: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """The picture of a frame with what a blending state lays over it."""
        laid = self._blending.of(blend, self._study, self._shown(frame), frame, grey)
        return _picture(laid)


def _picture(laid: Laid) -> NDArray[np.uint8]:
    if laid.rgb is None:
        raise ReaderError(f"{laid.words}.", means="There is nothing to lay over it truly.")
    return laid.rgb


def open_with(state: Path, registration: Path | None, path: Path) -> PresentationState:
    """A presentation state with the Spatial Registration that it may name, which is given or lies
    beside the state or the image."""

    def registration_of(uid: str) -> Registration:
        held = [read_object(registration)] if registration is not None else beside(state, path)
        for each in held:
            if each.sop_instance_uid == uid and each.registration is not None:
                return open_registration(Path(each.path))
        raise NotFoundOnService("The registration is not here.", remedy="Give --registration.")

    return open_state(state, registration_of)
