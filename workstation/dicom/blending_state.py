"""What a blending state says beside the look of the image below (PS3.3 C.11.14, PS3.4 N.2.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydicom.dataset import Dataset

from workstation.dicom import attributes, lookup_tables, state_values
from workstation.domain.errors import NotFoundOnService, ReaderError, RegistrationRefused
from workstation.domain.image import FrameDescription
from workstation.domain.presentation import Blend, Presentation, StateReference
from workstation.domain.registration import Registration

_AGAIN = "Ask the site to send the state again."


def item(dataset: Dataset, position: str) -> Dataset | None:
    """The item of the Blending Sequence that is UNDERLYING or SUPERIMPOSED."""
    for each in attributes.items(dataset, "BlendingSequence"):
        if attributes.text(each, "BlendingPosition") == position:
            return each
    return None


def registration_uids(dataset: Dataset) -> tuple[str, ...]:
    """The objects of Referenced Spatial Registration Sequence (0070,0404)."""
    return tuple(
        dict.fromkeys(
            attributes.text(each, "ReferencedSOPInstanceUID")
            for each in attributes.items(dataset, "ReferencedSpatialRegistrationSequence")
        )
    )


def registrations(
    uids: tuple[str, ...], registration_of: Callable[[str], Registration] | None
) -> tuple[Registration, ...] | ReaderError:
    """The registrations of a state, or why they cannot be applied."""
    missing = RegistrationRefused(
        "The blending state needs a spatial registration, which is not here.",
        means="The images are shown apart.",
        remedy="Ask the site to send it.",
    )
    if registration_of is None:
        return missing
    try:
        return tuple(registration_of(uid) for uid in uids)
    except NotFoundOnService:
        return missing
    except ReaderError as error:
        return error


def blend(dataset: Dataset, frame: FrameDescription, held: tuple[Registration, ...]) -> Blend:
    """What lies over the frame; ReaderError where it cannot be laid there truly."""
    over = item(dataset, "SUPERIMPOSED")
    opacity = attributes.number(dataset, "RelativeOpacity")
    palette = lookup_tables.palette(dataset, signed=False)
    if over is None or opacity is None or palette is None:
        raise ReaderError(
            "The blending state lacks its images, its opacity or its palette.", remedy=_AGAIN
        )
    named = state_values.references(over)
    if not _one_window(over, named):
        raise ReaderError(
            "The blending state has several windows for the images that lie over.",
            means="They are laid there as one volume, which has one window.",
        )
    # An item of the superimposed images names those, never the frame below.
    transform, voi = state_values.values(over, frame, lambda _: True)
    share = min(max(opacity, 0.0), 1.0)
    return Blend(named, transform, voi, palette, share, held)


def _one_window(over: Dataset, named: Sequence[StateReference]) -> bool:
    """Whether one item of the Softcopy VOI LUT Sequence, or none, is for all images named."""
    held = attributes.items(over, "SoftcopyVOILUTSequence")
    if len(held) > 1:
        return False
    meant = [
        StateReference(
            attributes.text(each, "ReferencedSOPInstanceUID"),
            frozenset(int(number) for number in attributes.numbers(each, "ReferencedFrameNumber")),
        )
        for each in (attributes.items(held[0], "ReferencedImageSequence") if held else ())
    ]

    def covered(wanted: StateReference) -> bool:
        return any(
            each.sop_instance_uid == wanted.sop_instance_uid
            and (not each.frames or (bool(wanted.frames) and wanted.frames <= each.frames))
            for each in meant
        )

    return not meant or all(covered(each) for each in named)


def of_plane(
    dataset: Dataset, frames: Sequence[FrameDescription], look: Presentation
) -> Presentation:
    """The look of a plane cut through the volume of `frames`, from that of one of them.

    Blending is of single points, after the windows (PS3.4 N.2.4), so that a plane has one where
    all of its slices have the same. ReaderError where they have not. What is of one acquired image
    only is left out, by its name.
    """
    below = item(dataset, "UNDERLYING")
    assert below is not None
    told = {
        (each.pixel_format.signed, state_values.window_index(below, state_values.applies_to(each)))
        for each in frames
    }
    if len(told) > 1:
        raise ReaderError(
            "The blending state has a window of their own for some of the images below.",
            means="It is shown on those as they were acquired, not on planes cut through all.",
        )
    if look.modality_transform.lut is not None:
        raise ReaderError(
            "The blending state has a Modality LUT for the images below.",
            means="It is shown on the images as they were acquired: between slices a table has"
            " no values.",
        )
    area = look.area is not None and look.area.size != (
        frames[0].pixel_format.columns,
        frames[0].pixel_format.rows,
    )
    left = [
        name
        for name, there in (
            ("annotations", any(each.graphics or each.texts for each in look.layers)),
            ("overlay planes", look.overlays is not None),
            ("a shutter", look.shutter is not None),
            ("its turn of the image", bool(look.rotation or look.flipped)),
            ("its part of the image", area),
        )
        if there
    ]
    return replace(
        look,
        left_out=(*look.left_out, *left),
        layers=(),
        overlays=None,
        shutter=None,
        area=None,
        rotation=0,
        flipped=False,
        mask=None,
    )
