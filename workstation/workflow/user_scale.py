"""The scale that a reader gives to a series: a line on an image and its true length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import Point
from workstation.domain.image import Calibration, CalibrationSource, FrameDescription
from workstation.domain.measurement import Measurement, UserCalibration
from workstation.domain.study import DisplaySet, Study
from workstation.imaging.scales import aspect_of
from workstation.imaging.statistics import rescaled


def words(held: UserCalibration) -> str:
    """Who set the scale and when: `Dr. ROW, Ada, 24 Nov 2026 03:12`."""
    return f"{held.by}, {held.at.day} {held.at:%b %Y %H:%M}"


def calibrated(
    frame: FrameDescription, series_instance_uid: str, held: Sequence[UserCalibration]
) -> FrameDescription:
    """The frame with the scale that a reader gave to its series.

    The scale of a patient plane and that of ultrasound regions stand (display rules, §6, §7).
    """
    if frame.plane is not None or frame.ultrasound_regions:
        return frame
    for each in held:
        if each.series_instance_uid == series_instance_uid:
            made = Calibration(CalibrationSource.USER, each.spacing_mm, words(each))
            return replace(frame, calibration=made)
    return frame


def check(frame: FrameDescription) -> None:
    """MeasurementRefused where a reader may give no scale."""
    if frame.plane is not None or frame.ultrasound_regions:
        where = "its position in the patient" if frame.plane is not None else "its regions"
        raise MeasurementRefused(
            f"This image has its scale from {where}.", means="It is not set by hand."
        )


def made(
    shown: DisplaySet,
    index: int,
    points: Sequence[Point],
    true_length_mm: float,
    *,
    by: str,
    at: datetime,
) -> UserCalibration:
    """The calibration of a series by a line on one of its frames; MeasurementRefused with why."""
    frame = shown.frames[index]
    check(frame)
    if not 0 < true_length_mm < 1e5:
        raise MeasurementRefused("A true length is more than 0 mm.")
    if len(points) != 2 or points[0] == points[1]:
        raise MeasurementRefused("The line has no length.")
    return UserCalibration.of_line(
        shown.series_instance_uid,
        frame.key,
        (points[0], points[1]),
        true_length_mm,
        pixel_aspect=aspect_of(frame),
        by=by,
        at=at,
    )


def with_scale(
    measurements: Sequence[Measurement],
    study: Study,
    series_instance_uid: str,
    held: Sequence[UserCalibration],
) -> tuple[Measurement, ...]:
    """The measurements after the scale of a series changed."""
    frames = {
        frame.key: frame
        for shown in study.display_sets
        if shown.series_instance_uid == series_instance_uid
        for frame in shown.frames
    }
    found = []
    for each in measurements:
        frame = frames.get(each.frame)
        if frame is not None and each.plane is None:
            now = calibrated(frame, series_instance_uid, held)
            each = replace(each, result=rescaled(each.kind, each.points, each.result, now))
        found.append(each)
    return tuple(found)
