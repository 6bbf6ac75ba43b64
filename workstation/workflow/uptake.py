"""PET in SUV, or in what the device stored with the reason why (display rules, §10)."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.errors import MeasurementRefused
from workstation.domain.study import DisplaySet, Study
from workstation.domain.suv import SuvKind
from workstation.imaging.suv import in_suv, suv_scale


def in_uptake(study: Study, kind: SuvKind) -> Study:
    """The study with its PET display sets in SUV of `kind`, each with its name beside the values.

    Where an attribute is missing they stay as they are, and `suv_refused` names it.
    """
    if not any(shown.uptake is not None for shown in study.display_sets):
        return study
    return replace(
        study,
        series=tuple(
            replace(
                series, display_sets=tuple(_scaled(shown, kind) for shown in series.display_sets)
            )
            for series in study.series
        ),
    )


def _scaled(shown: DisplaySet, kind: SuvKind) -> DisplaySet:
    held = shown.uptake
    if held is None:
        return shown
    if held.said is None:
        return replace(shown, suv_refused=held.refused)
    try:
        scale = suv_scale(held.said, kind)
        frames = tuple(in_suv(frame, scale, unit=kind.words) for frame in shown.frames)
    except MeasurementRefused as error:
        return replace(shown, suv_refused=error.happened)
    return replace(shown, frames=frames, suv=scale)
