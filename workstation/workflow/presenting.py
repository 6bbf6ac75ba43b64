"""How the images of a case are to look: presentation states, overlay planes, palettes.

Objects are read in the background and kept until the case is closed; nothing that a viewport asks
waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.dicom import palettes
from workstation.dicom.overlays import overlay_mask
from workstation.dicom.presentation import PresentationState, open_state
from workstation.dicom.registration import open_registration
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription, FrameKey, Palette
from workstation.domain.presentation import Blend, Presentation, StateKind, StateSummary
from workstation.domain.study import DisplaySet, Study
from workstation.imaging.display_profile import DisplayProfile, output_table
from workstation.workflow.jobs import CancelToken, Jobs, Lane

#: (name, title) of the palettes for grey images
COLOUR_MAPS = palettes.WELL_KNOWN
#: Overlay planes that are kept: those of the frames just seen.
_KEPT = 64


class ObjectBytes(Protocol):
    """Where the bytes of an instance come from."""

    def read(self, sop_uid: str) -> bytes:
        """The Part 10 bytes of an instance."""


def colour_map(name: str) -> Palette | None:
    """The palette of a view; None where it names none."""
    return palettes.well_known(name) if name else None


def colour_map_title(name: str) -> str:
    """The name of a palette as it is written on the picture."""
    return dict(COLOUR_MAPS).get(name, "")


def states_for(study: Study, key: FrameKey) -> tuple[StateSummary, ...]:
    """The states of the study that are made for a frame and can be applied, in series order."""
    return tuple(
        shown.state
        for shown in study.display_sets
        if shown.state is not None
        and shown.state.kind is not StateKind.OTHER
        and shown.state.refers_to(key)
    )


def states_for_planes(study: Study, shown: DisplaySet) -> tuple[StateSummary, ...]:
    """The blending states that name an image of a display set: those that a plane cut through it
    may be shown in. States of other kinds are of images as they were acquired."""
    return tuple(
        each.state
        for each in study.display_sets
        if each.state is not None
        and each.state.kind is StateKind.BLENDING
        and any(each.state.refers_to(frame.key) for frame in shown.frames)
    )


def states_not_applied(study: Study, key: FrameKey) -> tuple[StateSummary, ...]:
    """The states of the study that name a frame and are of a kind that is not applied."""
    return tuple(
        shown.state
        for shown in study.display_sets
        if shown.state is not None
        and shown.state.kind is StateKind.OTHER
        and shown.state.refers_to(key)
    )


def blended_set(study: Study, blend: Blend) -> DisplaySet | None:
    """The volume of the study that a blending state lays over an image; None where it did not come
    or forms no volume."""
    for shown in study.display_sets:
        if shown.volume is not None and any(blend.names(frame.key) for frame in shown.frames):
            return shown
    return None


def _look_of(
    state: PresentationState | ReaderError, of: Callable[[PresentationState], Presentation]
) -> Presentation | ReaderError:
    """What a state makes of something, or why it could not be read or does not show it."""
    if isinstance(state, ReaderError):
        return state
    try:
        return of(state)
    except ReaderError as error:
        return error


class Presenting:
    """What was read for the cases that are open; asked from the Qt thread, filled on job
    threads."""

    def __init__(
        self,
        store: ObjectBytes,
        jobs: Jobs,
        pixel_pitch_mm: float = 0.0,
        profile: DisplayProfile | None = None,
        output_problem: str = "",
    ) -> None:
        self._store, self._jobs = store, jobs
        #: P-value to driving level (PS3.14), None where the display was not measured
        self.output = None if profile is None else output_table(profile)
        #: why grey is left to a display that was measured, said on the pictures
        self.output_problem = output_problem
        #: millimetres of a pixel of the screen as the reader measured them, 0 where nobody did
        self.pixel_pitch_mm = pixel_pitch_mm
        self._lock = threading.Lock()
        self._states: dict[str, PresentationState | ReaderError] = {}
        self._looks: dict[tuple[str, FrameKey], Presentation | ReaderError] = {}
        #: the same of planes, by state, display set and how many frames it has
        self._volume_looks: dict[tuple[str, str, int], Presentation | ReaderError] = {}
        self._overlays: dict[tuple[FrameKey, tuple[int, ...]], NDArray[np.bool_] | ReaderError] = {}
        self._asked: set[object] = set()

    def look(self, uid: str, frame: FrameDescription) -> Presentation | ReaderError | None:
        """How a state shows a frame, or why it does not; None while it is being read."""
        with self._lock:
            known = self._looks.get((uid, frame.key))
            state = self._states.get(uid)
        if known is not None or state is None:
            return known
        made = _look_of(state, lambda held: held.of(frame))
        with self._lock:
            self._looks[uid, frame.key] = made
        return made

    def volume_look(self, uid: str, shown: DisplaySet) -> Presentation | ReaderError | None:
        """How a blending state shows planes cut through the volume of a display set, or why it
        does not; None while it is being read."""
        key = (uid, shown.identifier, len(shown.frames))
        with self._lock:
            known = self._volume_looks.get(key)
            state = self._states.get(uid)
        if known is not None or state is None:
            return known
        made = _look_of(state, lambda held: held.of_volume(shown.frames))
        with self._lock:
            self._volume_looks[key] = made
        return made

    def request(self, uid: str, on_ready: Callable[[], None]) -> None:
        """Have a state read; `on_ready()` follows on a job thread."""

        def work(_: CancelToken) -> None:
            held: PresentationState | ReaderError
            try:
                held = open_state(
                    self._store.read(uid), lambda named: open_registration(self._store.read(named))
                )
            except ReaderError as error:
                held = error
            with self._lock:
                self._states[uid] = held
                self._asked.discard(uid)
            on_ready()

        self._once(uid, work)

    def overlay(
        self, frame: FrameDescription, groups: tuple[int, ...]
    ) -> NDArray[np.bool_] | ReaderError | None:
        """Where the planes of some groups draw, (rows, columns); None while they are read."""
        with self._lock:
            return self._overlays.get((frame.key, groups))

    def request_overlay(
        self, frame: FrameDescription, groups: tuple[int, ...], on_ready: Callable[[], None]
    ) -> None:
        """Have overlay planes read; `on_ready()` follows on a job thread."""
        form, key = frame.pixel_format, frame.key

        def work(_: CancelToken) -> None:
            held: NDArray[np.bool_] | ReaderError
            try:
                content = self._store.read(key.sop_instance_uid)
                found = overlay_mask(content, key.frame_number, form.rows, form.columns, groups)
                held = np.zeros((form.rows, form.columns), bool) if found is None else found
            except ReaderError as error:
                held = error
            with self._lock:
                self._overlays[key, groups] = held
                while len(self._overlays) > _KEPT:
                    self._overlays.pop(next(iter(self._overlays)))
                self._asked.discard((key, groups))
            on_ready()

        self._once((key, groups), work)

    def close(self) -> None:
        """The case is closed."""
        with self._lock:
            self._states.clear()
            self._looks.clear()
            self._volume_looks.clear()
            self._overlays.clear()

    def _once(self, name: object, work: Callable[[CancelToken], None]) -> None:
        with self._lock:
            if name in self._asked:
                return
            self._asked.add(name)
        self._jobs.submit(work, lane=Lane.VISIBLE)
