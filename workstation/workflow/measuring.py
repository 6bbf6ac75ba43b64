"""Measurements, key images and what was seen, of one open study, with undo.

Points are kept in patient space (LPS mm), or in image space where there is none. Called from one
thread; saving happens on a job thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import MeasurementRefused, ReaderError
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.identity import new_uid
from workstation.domain.image import FrameDescription, FrameKey
from workstation.domain.measurement import (
    KeyImage,
    Measurement,
    MeasurementKind,
    StudyMarks,
    UserCalibration,
)
from workstation.domain.study import DisplaySet, Study
from workstation.domain.view import SlabMode
from workstation.workflow import user_scale
from workstation.workflow.blending import Laid
from workstation.workflow.jobs import Jobs
from workstation.workflow.marks_keeper import MarksKeeper
from workstation.workflow.marks_keeper import MeasurementStore as MeasurementStore
from workstation.workflow.measurements import NOT_HERE, on_frame, on_plane
from workstation.workflow.measurements import frame_label as frame_label

#: A plane without a slab.
THIN = (0.0, SlabMode.MEAN)


class Pixels(Protocol):
    """The frame cache as measuring uses it."""

    def peek(self, key: FrameKey) -> NDArray[Any] | None:
        """The stored values of a frame if they are here."""


class Measuring:
    """The marks of one study. Listeners are called without arguments, on the caller's thread."""

    def __init__(self, study_uid: str, store: MeasurementStore, pixels: Pixels, jobs: Jobs) -> None:
        self.study_uid = study_uid
        self._pixels = pixels
        self._marks = store.load(study_uid)
        self._past: list[StudyMarks] = []
        self._future: list[StudyMarks] = []
        self._listeners: list[Callable[[], None]] = []
        #: of each display set: its frames' places, and which of them were seen
        self._seen: dict[str, tuple[DisplaySet, Mapping[FrameKey, int], frozenset[int]]] = {}
        self._keeper = MarksKeeper(study_uid, store, jobs)
        self._number = max((each.number for each in self._marks.measurements), default=0)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change; call the result to end."""
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    @property
    def problem(self) -> ReaderError | None:
        """Why the marks could not be written to the disk."""
        return self._keeper.problem

    def measurements(self) -> tuple[Measurement, ...]:
        """All measurements in the order in which they were made."""
        return self._marks.measurements

    def measurement(self, identifier: str) -> Measurement | None:
        """One of them."""
        return next(
            (each for each in self._marks.measurements if each.identifier == identifier), None
        )

    def key_images(self) -> tuple[KeyImage, ...]:
        """All key images in the order in which they were marked."""
        return self._marks.key_images

    def is_key_image(self, key: FrameKey) -> bool:
        """Whether the frame is marked."""
        return any(each.frame == key for each in self._marks.key_images)

    def add(
        self,
        kind: MeasurementKind,
        shown: DisplaySet,
        index: int,
        points: Sequence[Point],
        laid: Laid | None = None,
    ) -> Measurement:
        """Measure on a frame of a display set; points are (column, row), `laid` is what lies over
        it there.

        MeasurementRefused where the frame has not arrived or the value would not be true.
        """
        made = self._on_frame(kind, shown, index, points, laid, new_uid(), self._next_number())
        self._change(measurements=(*self._marks.measurements, made))
        return made

    def add_on_plane(
        self,
        kind: MeasurementKind,
        shown: DisplaySet,
        plane: PlaneGeometry,
        values: NDArray[np.float32],
        points: Sequence[Point],
        *,
        complete: bool,
        slab: tuple[float, SlabMode] = THIN,
        laid: Laid | None = None,
    ) -> Measurement:
        """Measure on a plane cut through the volume; `complete` tells that all its slices are
        real, otherwise a region that touches a slice that is not here is refused. `slab`
        is how thick the plane is in mm and what its samples became, `laid` what lies over it."""
        made = on_plane(
            kind,
            shown,
            plane,
            values,
            points,
            slab,
            laid,
            complete,
            new_uid(),
            self._next_number(),
        )
        self._change(measurements=(*self._marks.measurements, made))
        return made

    def move(
        self,
        identifier: str,
        shown: DisplaySet,
        points: Sequence[Point],
        *,
        values: NDArray[np.float32] | None = None,
        complete: bool = True,
        slab: tuple[float, SlabMode] = THIN,
        laid: Laid | None = None,
    ) -> Measurement:
        """Other points for a measurement, on the image that it was made on and what lies over it
        now."""
        held = self.measurement(identifier)
        if held is None:
            raise MeasurementRefused("The measurement is no longer there.")
        if held.plane is not None:
            if values is None:
                raise NOT_HERE
            made = on_plane(
                held.kind,
                shown,
                held.plane,
                values,
                points,
                slab,
                laid,
                complete,
                identifier,
                held.number,
            )
        else:
            keys = [frame.key for frame in shown.frames]
            made = self._on_frame(
                held.kind, shown, keys.index(held.frame), points, laid, identifier, held.number
            )
        made = replace(made, label=held.label)
        self._change(
            measurements=tuple(
                made if each.identifier == identifier else each for each in self._marks.measurements
            )
        )
        return made

    def calibrate(
        self,
        study: Study,
        shown: DisplaySet,
        index: int,
        points: Sequence[Point],
        true_length_mm: float,
        *,
        by: str,
        at: datetime,
    ) -> UserCalibration:
        """Give the series of a display set its scale; what was measured on it follows.

        MeasurementRefused where the image has its scale from the patient or from its regions.
        """
        made = user_scale.made(shown, index, points, true_length_mm, by=by, at=at)
        others = self._calibrations_but(shown.series_instance_uid)
        self._rescale(study, shown.series_instance_uid, (*others, made))
        return made

    def uncalibrate(self, study: Study, series_instance_uid: str) -> bool:
        """Take the reader's scale of a series away; False where there is none."""
        left = self._calibrations_but(series_instance_uid)
        if left == self._marks.calibrations:
            return False
        self._rescale(study, series_instance_uid, left)
        return True

    def calibrated(self, shown: DisplaySet, frame: FrameDescription) -> FrameDescription:
        """A frame of a display set with the scale that a reader gave to its series."""
        return user_scale.calibrated(frame, shown.series_instance_uid, self._marks.calibrations)

    def _calibrations_but(self, series_instance_uid: str) -> tuple[UserCalibration, ...]:
        return tuple(
            each
            for each in self._marks.calibrations
            if each.series_instance_uid != series_instance_uid
        )

    def _rescale(self, study: Study, series_uid: str, held: tuple[UserCalibration, ...]) -> None:
        now = user_scale.with_scale(self._marks.measurements, study, series_uid, held)
        self._change(measurements=now, calibrations=held)

    def remove(self, identifier: str) -> None:
        """Take a measurement away; undo brings it back."""
        left = tuple(each for each in self._marks.measurements if each.identifier != identifier)
        if left != self._marks.measurements:
            self._change(measurements=left)

    def toggle_key_image(self, shown: DisplaySet, index: int, note: str = "") -> bool:
        """Mark a frame, or take the mark away; True when it is marked now."""
        frame = shown.frames[index]
        left = tuple(each for each in self._marks.key_images if each.frame != frame.key)
        marked = len(left) == len(self._marks.key_images)
        if marked:
            made = KeyImage(
                frame.key,
                frame.sop_class_uid,
                shown.series_instance_uid,
                frame_label(shown, index),
                note,
            )
            left = (*left, made)
        self._change(key_images=left)
        return marked

    def mark_seen(self, shown: DisplaySet, index: int) -> None:
        """The frame was on the screen. No undo: what was seen was seen."""
        key = shown.frames[index].key
        if key not in self._marks.seen:
            self._marks = replace(self._marks, seen=self._marks.seen | {key})
            for identifier, (known, places, seen) in self._seen.items():
                if key in places:
                    self._seen[identifier] = known, places, seen | {places[key]}
            self._save()

    def seen(self, shown: DisplaySet) -> frozenset[int]:
        """Indexes of the frames of a display set that were on the screen."""
        held = self._seen.get(shown.identifier)
        if held is None or held[0] is not shown:
            places = {frame.key: index for index, frame in enumerate(shown.frames)}
            seen = self._marks.seen
            here = frozenset(index for key, index in places.items() if key in seen)
            held = self._seen[shown.identifier] = shown, places, here
        return held[2]

    @property
    def seen_count(self) -> int:
        """How many frames of the study were on the screen."""
        return len(self._marks.seen)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._future)

    def undo(self) -> bool:
        """Take the last change back."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Make the last undone change again."""
        return self._step(self._future, self._past)

    def _step(self, source: list[StudyMarks], target: list[StudyMarks]) -> bool:
        if not source:
            return False
        target.append(self._marks)
        self._marks = replace(source.pop(), seen=self._marks.seen)
        self._changed()
        return True

    def _change(
        self,
        measurements: tuple[Measurement, ...] | None = None,
        key_images: tuple[KeyImage, ...] | None = None,
        calibrations: tuple[UserCalibration, ...] | None = None,
    ) -> None:
        self._past.append(self._marks)
        self._future.clear()
        self._marks = StudyMarks(
            self._marks.measurements if measurements is None else measurements,
            self._marks.key_images if key_images is None else key_images,
            self._marks.seen,
            self._marks.calibrations if calibrations is None else calibrations,
        )
        self._changed()

    def _changed(self) -> None:
        self._save()
        for listener in list(self._listeners):
            listener()

    def _save(self) -> None:
        self._keeper.keep(self._marks)

    def flush(self) -> None:
        """Write what is unsaved on this thread."""
        self._keeper.flush()

    def let_go(self) -> None:
        """The study is being closed: write what is unsaved, keep nothing of its images. The marks
        stay, with what can be undone."""
        self._seen.clear()
        self.flush()

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _on_frame(
        self,
        kind: MeasurementKind,
        shown: DisplaySet,
        index: int,
        points: Sequence[Point],
        laid: Laid | None,
        identifier: str,
        number: int,
    ) -> Measurement:
        frame = self.calibrated(shown, shown.frames[index])
        stored = self._pixels.peek(frame.key)
        if stored is None:
            raise NOT_HERE
        return on_frame(kind, shown, index, frame, stored, points, laid, identifier, number)
