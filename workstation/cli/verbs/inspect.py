"""`nocturne inspect PATH`: what was received and what is shown."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from workstation.domain.geometry import Vector, orientation_letters
from workstation.domain.image import CalibrationSource
from workstation.domain.study import DisplaySet, NotShown, Series, Study
from workstation.imaging.letters import defined, opposite

#: SOP Instance UID → what the object draws over the images.
Layers: TypeAlias = Mapping[str, list[dict[str, str]]]

HELP = "tell what a file or folder holds, what is shown of it, and why the rest is not"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a DICOM file or a folder")


def _opposite(direction: Vector) -> Vector:
    return (-direction[0], -direction[1], -direction[2])


def _letters(shown: DisplaySet) -> dict[str, str]:
    """The letters at the edges of the picture as it is stored (PS3.3 C.7.6.1.1.1)."""
    plane = shown.frames[0].plane
    if plane is not None and not shown.frames[0].quadruped:
        return {
            "left": orientation_letters(_opposite(plane.row_cosine)),
            "right": orientation_letters(plane.row_cosine),
            "top": orientation_letters(_opposite(plane.column_cosine)),
            "bottom": orientation_letters(plane.column_cosine),
        }
    right, bottom = defined(shown.frames[0].patient_orientation)
    return {
        "left": opposite(right),
        "right": right,
        "top": opposite(bottom),
        "bottom": bottom,
    }


def _spacing(shown: DisplaySet) -> list[float] | None:
    if shown.volume is not None:
        return [float(value) for value in shown.volume.spacing_mm]
    return None


def _display_set(shown: DisplaySet, layers: Layers) -> dict[str, object]:
    first = shown.frames[0] if shown.frames else None
    form = first.pixel_format if first else None
    calibration = first.calibration.source if first else CalibrationSource.NONE
    if first is not None and first.ultrasound_regions:
        calibration = CalibrationSource.ULTRASOUND_REGION
    return {
        "kind": shown.kind.value,
        "description": shown.description,
        "frames": len(shown.frames),
        "instances": len(shown.sop_instance_uids),
        "rows": form.rows if form else None,
        "columns": form.columns if form else None,
        "transfer_syntax": form.transfer_syntax_uid if form else None,
        "photometric_interpretation": form.photometric_interpretation if form else None,
        "spacing_mm": _spacing(shown),
        "spacing_min_mm": shown.spacing_min_mm,
        "spacing_max_mm": shown.spacing_max_mm,
        "shear_degrees": shown.volume.shear_degrees if shown.volume else None,
        "missing_slices": shown.missing_slices,
        "orientation_letters": _letters(shown) if first else None,
        "calibration": calibration.value,
        "problems": list(shown.problems),
        "volume_refused": shown.volume_refused or None,
        "text": "\n".join(held.text for held in shown.documents if held.text) or None,
        "layers": layers.get(shown.overlay.sop_instance_uid) if shown.overlay else None,
    }


def _series(series: Series, layers: Layers) -> dict[str, object]:
    return {
        "series_instance_uid": series.series_instance_uid,
        "modality": series.modality,
        "description": series.description,
        "display_sets": [_display_set(shown, layers) for shown in series.display_sets],
    }


def _not_shown(held: NotShown) -> dict[str, str]:
    return {
        "path": held.path,
        "sop_instance_uid": held.sop_instance_uid,
        "reason": held.reason,
        "what": held.what,
    }


def document(studies: tuple[Study, ...], layers: Layers | None = None) -> dict[str, object]:
    """The contract's JSON document: received = shown + the length of `not_shown`.

    `layers` names what objects draw over the images, by SOP Instance UID.
    """
    layers = layers or {}
    return {
        "received": sum(study.received for study in studies),
        "shown": sum(study.shown for study in studies),
        "not_shown": [_not_shown(held) for study in studies for held in study.not_shown],
        "studies": [
            {
                "study_instance_uid": study.study_instance_uid,
                "patient_id": study.patient.patient_id,
                "patient_name": study.patient.name.to_dicom(),
                "problems": list(study.problems),
                "series": [_series(series, layers) for series in study.series],
            }
            for study in studies
            if study.series
        ],
    }


def _layer_lines(layers: list[dict[str, str]] | None) -> list[str]:
    found = []
    for held in layers or []:
        words = [f"{held['number']} {held['name']}", held["detail"], held["value"]]
        found.append("      " + ", ".join(word for word in words if word))
    problems = dict.fromkeys(held["problem"] for held in layers or [] if held["problem"])
    return found + [f"      not drawn: {problem}" for problem in problems]


def _text(studies: tuple[Study, ...], layers: Layers) -> str:
    lines = []
    for study in studies:
        lines.append(f"Study {study.study_instance_uid or '(not readable)'}")
        lines += [f"  ! {problem}" for problem in study.problems]
        for series in study.series:
            lines.append(f"  {series.modality or '?'} {series.description}".rstrip())
            for shown in series.display_sets:
                size = ""
                if shown.frames:
                    form = shown.frames[0].pixel_format
                    count = len(shown.frames)
                    frames = "1 frame" if count == 1 else f"{count} frames"
                    size = f" {frames} of {form.rows} x {form.columns}"
                lines.append(f"    {shown.kind.value}{size}")
                notes = [*shown.problems, *([shown.volume_refused] if shown.volume_refused else [])]
                lines += [f"      {note}" for note in dict.fromkeys(notes)]
                if shown.overlay is not None:
                    lines += _layer_lines(layers.get(shown.overlay.sop_instance_uid))
        lines += [
            f"  not shown: {held.path or held.sop_instance_uid}: {held.reason}"
            for held in study.not_shown
        ]
    received = sum(study.received for study in studies)
    shown_count = sum(study.shown for study in studies)
    lines.append(f"{received} received, {shown_count} shown, {received - shown_count} not shown")
    return "\n".join(lines)


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Scan, sort and tell."""
    from workstation.cli import layers
    from workstation.dicom.display_sets import build_studies
    from workstation.dicom.folder import scan

    objects, unreadable = scan(arguments.path)
    studies = build_studies(objects, unreadable)
    paths = {held.sop_instance_uid: Path(held.path) for held in reversed(objects)}
    named = layers.named(studies, paths)
    return document(studies, named), _text(studies, named)
