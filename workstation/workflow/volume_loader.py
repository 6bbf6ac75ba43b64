"""Sole writer of volumes that are being filled; it publishes which slices are real."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import Cancelled, ReaderError, VolumeRefused
from workstation.domain.image import FrameDescription, FrameKey
from workstation.domain.study import DisplaySet
from workstation.imaging.modality import modality_values, padding_mask
from workstation.imaging.volume import Volume
from workstation.workflow.jobs import CancelToken, Job, Jobs, Lane

#: Slices that one job decodes before it makes way for other work, and at once for urgent work.
_CHUNK = 4
#: A slice behind the reader who pages comes as late as one that many times as far ahead.
_BEHIND = 4


class Frames(Protocol):
    """The frame cache as the loader uses it."""

    def fetch(self, key: FrameKey) -> NDArray[Any]:
        """The stored values of a frame; blocks."""

    def lend(self, key: FrameKey, view: NDArray[Any]) -> None:
        """Let a slice of the volume stand for the frame."""

    def take_back(self, keys: Iterable[FrameKey]) -> None:
        """The slices are gone."""


def _same_scale(frames: tuple[FrameDescription, ...]) -> bool:
    first = frames[0]
    return all(
        frame.modality_transform.lut is None
        and frame.modality_transform.slope == first.modality_transform.slope
        and frame.modality_transform.intercept == first.modality_transform.intercept
        and frame.padding == first.padding
        for frame in frames
    )


def _stored_type(frames: tuple[FrameDescription, ...]) -> np.dtype[Any] | None:
    """The type that holds the stored values of all frames, or None where only floats will do."""
    forms = {(frame.pixel_format.float_bits, frame.pixel_format.signed) for frame in frames}
    bits = max(frame.pixel_format.bits_allocated for frame in frames)
    if len(forms) > 1 or any(form[0] for form in forms) or bits > 16 or not _same_scale(frames):
        return None
    signed = frames[0].pixel_format.signed
    if bits <= 8:
        return np.dtype(np.int16 if signed else np.uint8)
    return np.dtype(np.int16 if signed else np.uint16)


def _away(steps: int, direction: int) -> int:
    """How late a slice comes that is so many steps on."""
    return (
        steps * direction if steps * direction > 0 else abs(steps) * (_BEHIND if direction else 1)
    )


class _Loading:
    """One volume and what is left to do on it."""

    def __init__(self, shown: DisplaySet, volume: Volume, stored: bool) -> None:
        self.shown = shown
        self.volume = volume
        #: whether the voxels are stored values, so that slices can stand for frames
        self.stored = stored
        self.order: list[int] = []
        self.failed: dict[int, ReaderError] = {}
        self.jobs: list[Job[None]] = []
        self.lent: list[FrameKey] = []
        self.ended = False


class VolumeLoader:
    """Volumes by display set, filled from the middle of the reader's attention outward."""

    def __init__(self, frames: Frames, jobs: Jobs) -> None:
        self._frames = frames
        self._jobs = jobs
        self._lock = threading.Lock()
        self._loading: dict[str, _Loading] = {}
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """`callback(display set identifier)` on a job thread when slices have become real."""
        with self._lock:
            self._listeners.append(callback)

        def end() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return end

    def peek(self, identifier: str) -> Volume | None:
        """The volume of a display set if it was begun."""
        with self._lock:
            held = self._loading.get(identifier)
            return None if held is None else held.volume

    def failed(self, identifier: str) -> dict[int, ReaderError]:
        """Slices that will not come, each with its reason."""
        with self._lock:
            held = self._loading.get(identifier)
            return {} if held is None else dict(held.failed)

    def volume(
        self, shown: DisplaySet, first: int | None = None, token: CancelToken | None = None
    ) -> Volume:
        """The volume of a display set, being filled from slice `first` outward.

        A display set that grew gets a new volume; slices that were real stay real. VolumeRefused
        where the display set forms none. Cancelled where `token` was cancelled before the volume
        was begun: whoever cancels and then calls `release` leaves none behind.
        """
        if shown.volume is None:
            raise VolumeRefused(
                shown.volume_refused or "The series forms no volume.",
                means="It can be read slice by slice; planes cannot be cut through it.",
            )
        with self._lock:
            if token is not None:
                token.raise_if_cancelled()
            held = self._loading.get(shown.identifier)
            if held is not None and held.shown.frames == shown.frames:
                return held.volume
            former = held
            if former is not None:
                former.ended = True
        for job in former.jobs if former is not None else []:
            job.cancel()
        loading = self._begin(shown, former)
        middle = len(shown.frames) // 2 if first is None else first
        present = loading.volume.present
        loading.order = sorted(
            (index for index in range(len(shown.frames)) if not present[index]),
            key=lambda index: -abs(index - middle),
        )
        with self._lock:
            gone = token is not None and token.cancelled
            if not gone:
                self._loading[shown.identifier] = loading
        if gone:
            self._end(loading)
            raise Cancelled("The series is no longer looked at.")
        if former is not None:
            self._frames.take_back(set(former.lent).difference(loading.lent))
        self._continue(loading)
        self._continue(loading)
        return loading.volume

    def toward(self, identifier: str, index: int, direction: int = 0) -> None:
        """The reader looks at slice `index`: its surroundings come next, those that lie in the
        `direction` of paging, 1 or -1, before those behind; 0 is none."""
        with self._lock:
            held = self._loading.get(identifier)
            if held is not None and held.order:
                held.order.sort(key=lambda each: -_away(each - index, direction))

    def release(self, identifier: str) -> None:
        """Drop a volume; frames are decoded again when they are looked at."""
        with self._lock:
            held = self._loading.pop(identifier, None)
        if held is not None:
            self._end(held)

    def _end(self, loading: _Loading) -> None:
        with self._lock:
            loading.ended = True
        for job in loading.jobs:
            job.cancel()
        self._frames.take_back(loading.lent)

    def _begin(self, shown: DisplaySet, former: _Loading | None) -> _Loading:
        geometry = shown.volume
        assert geometry is not None
        kind = _stored_type(shown.frames)
        first = shown.frames[0]
        transform = first.modality_transform
        stored = kind is not None
        # Pages of an empty array are taken from the system when a slice is written.
        voxels = np.empty(geometry.shape, np.float32 if kind is None else kind)
        volume = Volume(
            voxels=voxels,
            geometry=geometry,
            present=np.zeros(geometry.shape[0], np.bool_),
            slope=transform.slope if stored else 1.0,
            intercept=transform.intercept if stored else 0.0,
            padding=first.padding if stored else None,
            unit=transform.unit,
        )
        loading = _Loading(shown, volume, stored)
        if former is not None and former.volume.voxels.dtype == voxels.dtype:
            at = {frame.key: index for index, frame in enumerate(former.shown.frames)}
            for index, frame in enumerate(shown.frames):
                before = at.get(frame.key)
                if before is not None and former.volume.present[before]:
                    scale = former.shown.frames[before].modality_transform
                    if not stored and scale != frame.modality_transform:
                        # Values of another scale: SUV changes while a PET arrives.
                        continue
                    voxels[index] = former.volume.voxels[before]
                    self._publish(loading, index, frame.key)
        return loading

    def _publish(self, loading: _Loading, index: int, key: FrameKey) -> None:
        loading.volume.present[index] = True
        voxels = loading.volume.voxels
        wide = loading.shown.frames[index].pixel_format.bits_allocated > 8
        if loading.stored and (wide or voxels.dtype == np.uint8):
            # A slice that was written while the volume ended is lent to nobody: it would keep all
            # of the volume.
            with self._lock:
                if not loading.ended:
                    self._frames.lend(key, voxels[index])
                    loading.lent.append(key)

    def _continue(self, loading: _Loading) -> None:
        with self._lock:
            if loading.ended or not loading.order:
                return
        job = self._jobs.submit(lambda token: self._fill(loading, token), lane=Lane.PREFETCH)
        loading.jobs = [each for each in loading.jobs if not each.finished.is_set()] + [job]

    def _fill(self, loading: _Loading, token: CancelToken) -> None:
        for number in range(_CHUNK):
            if number and self._jobs.waits(Lane.PREFETCH):
                break
            with self._lock:
                if loading.ended or not loading.order:
                    break
                index = loading.order.pop()
            if token.cancelled:
                raise Cancelled("The series is no longer looked at.")
            frame = loading.shown.frames[index]
            try:
                self._write(loading, index, frame)
            except ReaderError as error:
                with self._lock:
                    loading.failed[index] = error
        if not loading.ended:
            with self._lock:
                listeners = list(self._listeners)
            for listener in listeners:
                listener(loading.shown.identifier)
            self._continue(loading)

    def _write(self, loading: _Loading, index: int, frame: FrameDescription) -> None:
        stored = self._frames.fetch(frame.key)
        voxels = loading.volume.voxels
        if stored.shape != voxels.shape[1:]:
            raise VolumeRefused("The slice has another matrix than its neighbours.")
        if loading.stored:
            voxels[index] = stored
        else:
            values = modality_values(stored, frame).astype(np.float32)
            mask = padding_mask(stored, frame)
            if mask is not None:
                values[mask] = np.nan
            voxels[index] = values
        self._publish(loading, index, frame.key)
