"""Hanging: which display sets open where, stage by stage (habits of radiologists, §3).

The stages of each modality stand in `resources/hanging/rules.toml`; this module chooses the display
sets that their cells ask for. A stage whose cells cannot be filled is left out, so that a reader
never steps onto an empty one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from workstation.domain.study import DisplaySet, Study
from workstation.domain.view import Plane, SlabMode
from workstation.settings import resources
from workstation.workflow.fusing import lies_over
from workstation.workflow.mammography import field_mm, is_tomosynthesis, view_of


@dataclass(frozen=True, slots=True)
class CellPlan:
    """What one viewport opens with."""

    study_uid: str
    display_set: str
    prior: bool = False
    plane: Plane = Plane.ACQUIRED
    preset: str = ""
    slab_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MEAN
    inverted: bool = False
    #: of a mammogram, what its viewport holds in mm, the same for all of a stage
    field_mm: tuple[float, float] | None = None
    #: the display set that lies over it
    over: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One arrangement of viewports. `cells` are row by row; None is an empty viewport."""

    name: str
    rows: int
    columns: int
    cells: tuple[CellPlan | None, ...]
    linked: bool = False

    @property
    def compares(self) -> bool:
        """Whether current and prior stand beside one another, so that both are named."""
        return len({cell.prior for cell in self.cells if cell is not None}) == 2


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    text = (resources() / "hanging" / "rules.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["rule"])


def is_localizer(shown: DisplaySet) -> bool:
    """By Image Type, else by the words that devices write."""
    words = f"{shown.description}".lower()
    return shown.is_localizer or bool(
        re.search(r"locali[sz]er|scout|survey|topogram|locator", words)
    )


def _is_dose_sheet(shown: DisplaySet) -> bool:
    return shown.modality in {"SR", "KO", "PR", "DOC", "RTDOSE"} or (
        "dose" in shown.description.lower() or "SECONDARY" in shown.frames[0].image_type
    )


def images(study: Study) -> list[DisplaySet]:
    """What is looked at in viewports, in reading order: localizers and dose sheets last."""
    held = [shown for shown in study.display_sets if shown.kind.has_frames]
    return sorted(held, key=lambda shown: (_is_dose_sheet(shown), is_localizer(shown)))


def _thinness(shown: DisplaySet) -> float:
    return shown.volume.slice_spacing_mm if shown.volume is not None else 1e6


def _principal(shown: DisplaySet) -> Plane | None:
    """Axial, coronal or sagittal by the normal of the first frame."""
    plane = shown.frames[0].plane
    if plane is None:
        return None
    normal = plane.normal
    axis = max(range(3), key=lambda index: abs(normal[index]))
    return (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[axis]


def volumes(study: Study, modality: str = "") -> list[DisplaySet]:
    """Volumes, axial first, then the thinnest."""
    held = [
        shown
        for shown in images(study)
        if shown.volume is not None
        and shown.overlay is None
        and not is_localizer(shown)
        and (not modality or shown.modality == modality)
    ]
    return sorted(held, key=lambda shown: (_principal(shown) is not Plane.AXIAL, _thinness(shown)))


def sequence_class(shown: DisplaySet) -> str:
    """DWI, ADC, FLAIR, T1C, T1, T2, SWI or "" of an MR series: by times first, names break ties."""
    technique = dict(shown.frames[0].technique)

    def number(name: str) -> float | None:
        found = re.match(r"-?[\d.]+", technique.get(name, ""))
        return float(found[0]) if found else None

    words = shown.description.upper()
    types = "\\".join(shown.frames[0].image_type).upper()
    echo, repetition, inversion = number("TE"), number("TR"), number("TI")
    if "ADC" in types or re.search(r"\bADC\b", words):
        return "ADC"
    if "DIFFUSION" in types or re.search(r"DWI|DIFF|TRACE", words):
        return "DWI"
    if inversion and inversion > 1500:
        return "FLAIR"
    if re.search(r"SWI|SWAN|T2\*|FE-EPI|GRE", words):
        return "SWI"
    contrast = bool(re.search(r"\+C|GAD|\bGD\b|POST|KM|C\+", words))
    if echo is not None and repetition is not None:
        if echo < 30 and repetition < 1000:
            return "T1C" if contrast else "T1"
        if echo >= 60:
            return "FLAIR" if "FLAIR" in words else "T2"
    for name in ("FLAIR", "T2", "T1"):
        if name in words:
            return f"{name}C" if contrast and name == "T1" else name
    return ""


def _from_b_1000(shown: DisplaySet) -> float:
    """How far the b-value is from 1000 s/mm²; a series that tells none comes before b 0."""
    found = re.match(r"[\d.]+", dict(shown.frames[0].technique).get("b", ""))
    return abs(float(found[0]) - 1000.0) if found else 999.0


def projections(study: Study) -> list[DisplaySet]:
    """Radiographs by laterality (right on the viewer's left), then frontal before lateral."""

    def order(shown: DisplaySet) -> tuple[int, int]:
        frame = shown.frames[0]
        side = {"R": 0, "B": 1, "": 1, "L": 2}.get(frame.laterality, 1)
        view = (frame.view_position or shown.description).upper()
        frontal = 0 if re.search(r"\b(PA|AP)\b|FRONTAL", view) else 1
        return (side if shown.modality == "MG" else 0, frontal)

    return sorted((shown for shown in images(study) if not _is_dose_sheet(shown)), key=order)


def _mammogram(study: Study, view: str, *, slices: bool = False) -> list[DisplaySet]:
    """Right and left of one view, right first; projections, or the `slices` of tomosynthesis."""
    found: dict[str, DisplaySet] = {}
    for shown in images(study):
        frame = shown.frames[0]
        if (
            shown.modality == "MG"
            and is_tomosynthesis(shown) == slices
            and view_of(shown) == view
            and frame.laterality in ("R", "L")
        ):
            found.setdefault(frame.laterality, shown)
    return [found[side] for side in ("R", "L") if side in found]


def _prior_for(shown: DisplaySet, prior: Study | None) -> DisplaySet | None:
    """The display set of an earlier study that is like this one: modality, plane, view, window."""
    if prior is None:
        return None
    held = [each for each in images(prior) if each.modality == shown.modality]
    projection = {"CR", "DX", "MG"}
    if not held and shown.modality in projection:
        held = [each for each in images(prior) if each.modality in projection]
    held = [each for each in held if not is_localizer(each)] or held
    if not held:
        return None
    view = shown.frames[0].view_position

    def likeness(each: DisplaySet) -> tuple[bool, bool, bool, float]:
        return (
            _principal(each) is not _principal(shown),
            each.frames[0].view_position != view,
            each.description.lower() != shown.description.lower(),
            abs(_thinness(each) - _thinness(shown)),
        )

    return min(held, key=likeness)


def _chosen(what: str, current: Study, prior: Study | None) -> DisplaySet | None:
    """The display set a cell names: `volume:0`, `MR:T2`, `projection:1`, `any:0`, `prior:volume:0`,
    `MG:CC:0`, `modality:PT`."""
    if what.startswith("prior:"):
        wanted = _chosen(what.removeprefix("prior:"), current, None)
        return None if wanted is None else _prior_for(wanted, prior)
    kind, _, rest = what.partition(":")
    if kind == "volume":
        modality = ""
        if ":" in rest:
            modality, rest = rest.split(":")
        return _at(volumes(current, modality), int(rest))
    if kind == "projection":
        return _at(projections(current), int(rest))
    if kind == "any":
        return _at(images(current), int(rest))
    if kind == "MR":
        held = [
            shown
            for shown in images(current)
            if shown.modality == "MR" and not is_localizer(shown) and sequence_class(shown) == rest
        ]
        # Of a diffusion series the images that show restriction, not those without weighting.
        return min(held, key=_from_b_1000) if held else None
    if kind in ("MG", "DBT"):
        view, _, index = rest.partition(":")
        return _at(_mammogram(current, view, slices=kind == "DBT"), int(index))
    raise ValueError(f"the hanging rules name {what}, which is nothing")


def _at(held: Sequence[DisplaySet], index: int) -> DisplaySet | None:
    return held[index] if index < len(held) else None


def _lead_modality(study: Study) -> str:
    counts: dict[str, int] = {}
    held = images(study)
    for shown in held:
        # A volume is no sheet of doses, even where a program made it of another.
        sheet = _is_dose_sheet(shown) and shown.volume is None
        if not sheet and not is_localizer(shown):
            counts[shown.modality] = counts.get(shown.modality, 0) + len(shown.frames)
    if "PT" in counts:
        return "PT"
    if not counts:
        return held[0].modality if held else ""
    return max(counts, key=lambda name: counts[name])


def _body_words(study: Study) -> str:
    return " ".join(
        [study.description, *(f"{shown.body_part} {shown.description}" for shown in images(study))]
    ).upper()


def _cell(raw: dict[str, Any], current: Study, prior: Study | None) -> CellPlan | None:
    what = raw["show"]
    shown = _chosen(what, current, prior)
    if shown is None:
        return None
    is_prior = what.startswith("prior:")
    plane = Plane(raw.get("plane", "acquired"))
    if plane is not Plane.ACQUIRED and shown.volume is None:
        return None
    study = prior if is_prior and prior is not None else current
    over = _chosen(raw["over"], current, prior) if "over" in raw else None
    if "over" in raw and (over is None or not lies_over(study, shown, over)):
        return None
    return CellPlan(
        study.study_instance_uid,
        shown.identifier,
        is_prior,
        plane,
        raw.get("preset", ""),
        float(raw.get("slab_mm", 0.0)),
        SlabMode(raw.get("slab_mode", "mean")),
        bool(raw.get("inverted", False)),
        over="" if over is None else over.identifier,
    )


def _comparable(current: Study, priors: Sequence[Study]) -> Study | None:
    """The newest earlier study with something like what is shown, else the newest one."""
    held = images(current)
    for prior in priors:
        if any(_prior_for(shown, prior) is not None for shown in held):
            return prior
    return priors[0] if priors else None


def stages(current: Study, priors: Sequence[Study] = ()) -> tuple[Stage, ...]:
    """The stages for a study with its priors, newest first; at least one where it has images."""
    held = images(current)
    if not held:
        return ()
    modality, words = _lead_modality(current), _body_words(current)
    prior = _comparable(current, priors)
    rule = next(
        each
        for each in _rules()
        if (modality in each["modalities"] or "*" in each["modalities"])
        and re.search(each.get("body", ""), words)
    )
    found: list[Stage] = []
    for raw in rule["stages"]:
        stage = _stage(raw, current, prior)
        if stage is not None and stage.cells not in [each.cells for each in found]:
            found.append(stage)
    if not found:
        found.append(_tiles(current, held, 1, 1))
    if len(held) > 1 and not any(len(stage.cells) >= len(held) for stage in found):
        side = 2 if len(held) <= 4 else 3
        found.append(_tiles(current, held, side if len(held) > 2 else 1, side))
    return tuple(found)


def _stage(raw: dict[str, Any], current: Study, prior: Study | None) -> Stage | None:
    cells = [_cell(each, current, prior) for each in raw["cells"]]
    filled = [cell for cell in cells if cell is not None]
    rows, columns = raw["layout"]
    if raw.get("whole", True) and len(filled) < len(cells):
        return None
    if not filled:
        return None
    if not raw.get("whole", True):
        # As many viewports as there are images to show.
        count = len(filled)
        while rows > 1 and (rows - 1) * columns >= count:
            rows -= 1
        if rows == 1:
            columns = min(columns, count)
        cells = [*filled, *([None] * (rows * columns - count))]
    cells = _in_one_scale(cells, current, prior)
    return Stage(raw["name"], rows, columns, tuple(cells), bool(raw.get("linked", False)))


def _in_one_scale(
    cells: list[CellPlan | None], current: Study, prior: Study | None
) -> list[CellPlan | None]:
    """Mammograms of a stage share what their viewports hold, priors of other vendors included."""
    known = {
        shown.identifier: shown
        for study in (current, prior)
        if study is not None
        for shown in images(study)
        if shown.modality == "MG"
    }
    held = [known[cell.display_set] for cell in cells if cell and cell.display_set in known]
    field = field_mm(held) if held else None
    if field is None:
        return cells
    return [
        replace(cell, field_mm=field) if cell and cell.display_set in known else cell
        for cell in cells
    ]


def _tiles(current: Study, held: Sequence[DisplaySet], rows: int, columns: int) -> Stage:
    cells: list[CellPlan | None] = [
        CellPlan(current.study_instance_uid, shown.identifier) for shown in held[: rows * columns]
    ]
    cells += [None] * (rows * columns - len(cells))
    name = "All series" if len(cells) > 1 else "One view"
    return Stage(name, rows, columns, tuple(cells))


def documents(study: Study) -> list[DisplaySet]:
    """What is read as text or as pages."""
    return [shown for shown in study.display_sets if shown.documents]
