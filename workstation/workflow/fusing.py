"""PET over CT: which volumes of a study lie over which, and how they open."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.errors import ReaderError, RegistrationRefused
from workstation.domain.image import Voi
from workstation.domain.registration import Affine, linked
from workstation.domain.study import DisplaySet, Study, same_space
from workstation.domain.view import Fusion
from workstation.imaging.picture import identity_of
from workstation.workflow import presets

#: What lies over, and what it lies over, the likeliest first.
OVER, UNDER = ("PT", "NM"), ("CT", "MR")
#: Steps of the opacity.
STEP = 0.1


def _volumes(study: Study, modalities: tuple[str, ...]) -> list[DisplaySet]:
    held = [
        shown
        for shown in study.display_sets
        if shown.volume is not None
        and shown.modality in modalities
        and shown.overlay is None
        and not shown.is_localizer
    ]
    # Values in SUV before those that are not: the corrected images before the uncorrected.
    return sorted(held, key=lambda shown: (modalities.index(shown.modality), shown.suv is None))


def way(study: Study, below: DisplaySet, over: DisplaySet) -> Affine | None:
    """From the space of what lies below to that of what lies over it: None where it is the same
    one. RegistrationRefused where they are different and no registration of the study links them,
    or where registrations contradict one another."""
    if same_space(below, over):
        return None
    if not study.registrations:
        reason = " ".join(study.registrations_refused)
        raise RegistrationRefused(
            "PET and CT of this study are of different spaces (Frame of Reference UID)"
            f" without a registration that can be applied. {reason}".rstrip(),
            means="The images are shown apart.",
        )
    return linked(study.registrations, below.frames, over.frames)


def lies_over(study: Study, below: DisplaySet, over: DisplaySet) -> bool:
    """Whether there is a way from one display set to the other."""
    try:
        way(study, below, over)
    except RegistrationRefused:
        return False
    return True


def over_choices(study: Study, shown: DisplaySet) -> tuple[DisplaySet, ...]:
    """The volumes that may lie over a display set: emission images in its space."""
    if shown.volume is None or shown.modality in OVER:
        return ()
    return tuple(each for each in _volumes(study, OVER) if lies_over(study, shown, each))


def pair(study: Study, shown: DisplaySet) -> tuple[DisplaySet, DisplaySet]:
    """(what lies below, what lies over it) for the display set of a viewport, which may be either.

    ReaderError says why there is no fusion.
    """
    if shown.modality in OVER and shown.volume is not None:
        for under in _volumes(study, UNDER):
            if lies_over(study, under, shown):
                return under, shown
    elif (choices := over_choices(study, shown)) and shown.modality in UNDER:
        return shown, choices[0]
    raise ReaderError(_why_not(study, shown), means="The images are shown apart.")


def _why_not(study: Study, shown: DisplaySet) -> str:
    if shown.volume is None:
        reason = shown.volume_refused or "it forms no volume."
        return f"Nothing can be laid over this series: {reason[0].lower()}{reason[1:]}"
    if not _volumes(study, OVER):
        return "There is no volume of PET in this study to lay over it."
    if not _volumes(study, UNDER):
        return "There is no volume of CT or MR in this study to lay it over."
    under = shown if shown.modality in UNDER else _volumes(study, UNDER)[0]
    over = shown if shown.modality in OVER else _volumes(study, OVER)[0]
    try:
        way(study, under, over)
    except RegistrationRefused as error:
        return error.happened
    return "Nothing lies over images of this kind."


def window_of(over: DisplaySet) -> tuple[Voi, str]:
    """The window that a volume lies over another with, and its name: the first preset of its
    modality, its own, or the whole range of its values."""
    held = presets.for_display_set(over)
    if held:
        return held[0].window, held[0].title
    first = over.frames[0]
    if first.voi:
        return first.voi[0], first.voi[0].explanation
    return identity_of(first.pixel_format, first.modality_transform), "whole range"


def faded(fusion: Fusion, opacity: float) -> Fusion:
    """The same with another opacity, 0 to 1."""
    return replace(fusion, opacity=opacity)


def fusion_of(over: DisplaySet, instead_of: str = "") -> Fusion:
    """How a volume lies over another at first."""
    window, name = window_of(over)
    return Fusion(over.identifier, window, name, instead_of=instead_of)
