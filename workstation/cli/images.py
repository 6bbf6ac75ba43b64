"""The images that a verb works on: one file, or a folder of one series in display order."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from workstation.dicom.decoding import PixelReader, open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.folder import files, scan
from workstation.dicom.reading import ReceivedObject
from workstation.domain.errors import NotDicom, ReaderError, UndecodablePixels
from workstation.domain.image import FrameDescription
from workstation.domain.study import DisplaySet
from workstation.domain.suv import SuvKind, SuvScale
from workstation.imaging.suv import in_suv, suv_scale


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """Frames in the order of `--frame`: that of the file, or of the display set of a folder."""

    frames: tuple[FrameDescription, ...]
    paths: dict[str, Path]
    shown: DisplaySet | None
    is_folder: bool
    readers: dict[str, PixelReader]

    def stored(self, index: int) -> NDArray[Any]:
        """Stored values of a frame counted from 0."""
        key = self.frames[index].key
        return self._reader(index).frame(key.frame_number)

    def as_seen(self, index: int) -> NDArray[Any]:
        """`stored`, with the colours of an image that has an ICC profile as they are shown."""
        key = self.frames[index].key
        return self._reader(index).shown(key.frame_number)

    def _reader(self, index: int) -> PixelReader:
        key = self.frames[index].key
        reader = self.readers.get(key.sop_instance_uid)
        if reader is None:
            # One object is open at a time; multi-frame files are asked for frame after frame.
            self.readers.clear()
            reader = open_pixels(self.paths[key.sop_instance_uid])
            self.readers[key.sop_instance_uid] = reader
        return reader

    def frame_of(self, sop_instance_uid: str, number: int) -> NDArray[Any]:
        """Stored values of a frame of an object, counted from 1."""
        keys = [(frame.key.sop_instance_uid, frame.key.frame_number) for frame in self.frames]
        if (sop_instance_uid, number) not in keys:
            raise UndecodablePixels(f"The mask is frame {number}, which is not here.")
        return self.stored(keys.index((sop_instance_uid, number)))

    def number(self, asked: int | None) -> int:
        """The index of `--frame`, 0 where none was asked for."""
        number = 1 if asked is None else asked
        if not 1 <= number <= len(self.frames):
            raise UndecodablePixels(f"There is no frame {number} of {len(self.frames)}.")
        return number - 1

    def scaled(self, scale: SuvScale | None) -> Images:
        """The same with modality values in SUV."""
        if scale is None:
            return self
        frames = tuple(in_suv(frame, scale) for frame in self.frames)
        return replace(self, frames=frames)


def load(path: Path) -> Images:
    """Read what a verb is asked to work on; ReaderError says why there is nothing to see."""
    objects, unreadable = scan(path)
    if path.is_file():
        if not objects:
            raise NotDicom(f"{path.name} is not DICOM.")
        return _file(path, objects[0])
    shown = _one_series(objects, [held.reason for held in unreadable])
    return Images(
        shown.frames,
        {held.sop_instance_uid: Path(held.path) for held in reversed(objects)},
        shown,
        True,
        {},
    )


def _file(path: Path, held: ReceivedObject) -> Images:
    if not held.frames:
        reason = held.image_problem or f"{held.sop_class_name}: it holds no picture."
        raise UndecodablePixels(reason)
    sets = [
        shown
        for study in build_studies([held])
        for shown in study.display_sets
        if len(shown.frames) == len(held.frames)
    ]
    return Images(held.frames, {held.sop_instance_uid: path}, sets[0] if sets else None, False, {})


def _one_series(objects: list[ReceivedObject], broken: list[str]) -> DisplaySet:
    studies = build_studies(objects)
    sets = [shown for study in studies for shown in study.display_sets if shown.frames]
    if not sets:
        reasons = broken + [held.reason for study in studies for held in study.not_shown]
        raise UndecodablePixels("The folder holds no image.", means=" ".join(reasons[:1]))
    series = {shown.series_instance_uid for shown in sets}
    if len(series) > 1:
        raise ReaderError(
            f"The folder holds images of {len(series)} series.",
            remedy="Name the folder of one of them, or a file.",
        )
    most = max(sets, key=lambda shown: len(shown.frames))
    others = sum(len(shown.frames) for shown in sets) - len(most.frames)
    if others >= len(most.frames):
        raise ReaderError(
            f"The series is shown as {len(sets)} stacks of images.",
            means="No array holds them together.",
            remedy="Name a file of it.",
        )
    if others:
        print(f"{others} images of the series are shown apart and left out.", file=sys.stderr)
    return most


def suv_of(images: Images, kind: str | None) -> SuvScale | None:
    """The scale to SUV from the whole series: for a file also from its neighbours on the disk."""
    if kind is None:
        return None
    from workstation.dicom.reading import read_object
    from workstation.dicom.suv import suv_input

    sources = list(
        dict.fromkeys(images.paths[frame.key.sop_instance_uid] for frame in images.frames)
    )
    if not images.is_folder:
        series = read_object(sources[0]).series_instance_uid
        for other in files(sources[0].parent):
            if other in sources or other.parent != sources[0].parent:
                continue
            try:
                held = read_object(other)
            except ReaderError:
                # Not an image of this series, whatever it is.
                continue
            if held.series_instance_uid == series and held.frames:
                sources.append(other)
    scale = suv_scale(suv_input(sources), SuvKind(kind))
    for note in (scale.kind.words, *scale.notes):
        print(note, file=sys.stderr)
    return scale
