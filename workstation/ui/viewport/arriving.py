"""How much of a series is here, and what its slice bar says of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workstation.domain.image import FrameKey
from workstation.domain.measurement import Measurement
from workstation.domain.study import DisplaySet, RetrievalProgress
from workstation.domain.view import Plane, ViewState
from workstation.imaging.volume import Volume
from workstation.ui.viewport.overlay import Arrival
from workstation.ui.viewport.slice_bar import BarContent
from workstation.workflow import viewing
from workstation.workflow.kept_with import kept_with
from workstation.workflow.measuring import Measuring
from workstation.workflow.viewing import Pane


def arrival_of(pane: Pane, progress: RetrievalProgress | None, volume: Volume | None) -> Arrival:
    """Counts of the service while the series arrives, of decoded slices once it is whole."""
    shown = pane.shown
    here = len(shown.frames)
    if progress is not None and not progress.verified and progress.received < progress.expected:
        uid = shown.series_instance_uid
        sets = [each for each in pane.study.display_sets if each.series_instance_uid == uid]
        counted = len(sets) == 1 and len(shown.sop_instance_uids) == here
        for series in progress.series:
            if series.series_instance_uid == uid and series.received < series.expected:
                return Arrival(here, series.expected if counted else None, True)
    if volume is not None:
        here = int(np.count_nonzero(volume.present))
    return Arrival(here)


@kept_with
def _indexes(shown: DisplaySet) -> Mapping[FrameKey, int]:
    return {frame.key: index for index, frame in enumerate(shown.frames)}


class _Same:
    """Measurements that are told from others by being the same tuple: comparing them takes long,
    and a change makes another tuple."""

    __slots__ = ("held",)

    def __init__(self, held: tuple[Measurement, ...]) -> None:
        self.held = held

    def __hash__(self) -> int:
        return id(self.held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.held is other.held


@kept_with
def _marked(shown: DisplaySet, measurements: _Same) -> frozenset[int]:
    """Indexes of the frames that hold one."""
    keys = _indexes(shown)
    return frozenset(keys[each.frame] for each in measurements.held if each.frame in keys)


def content_of(pane: Pane, view: ViewState, arrival: Arrival, held: Measuring) -> BarContent:
    """Frames with what was seen and measured; a cut plane has positions only."""
    shown = pane.shown
    if view.plane is not Plane.ACQUIRED:
        return BarContent((), viewing.steps_of(view, shown), viewing.step_at(view, shown))
    return BarContent(
        viewing.slots(shown, arrival.expected, arrival.arriving),
        len(shown.frames),
        min(view.frame_index, len(shown.frames) - 1),
        held.seen(shown),
        _marked(shown, _Same(held.measurements())),
    )
