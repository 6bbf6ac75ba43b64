"""ICC profiles of colour images (PS3.3 C.11.15): what the device saw to sRGB, which is shown."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import PixelFormat


def profile_of(dataset: Dataset, form: PixelFormat) -> bytes | None:
    """The profile that the pixels are to go through; None where there is none, where it is said to
    be sRGB already, or where it is not one of RGB values."""
    held = attributes.value(dataset, "ICCProfile")
    if not isinstance(held, bytes) or form.samples_per_pixel != 3:
        return None
    if form.bits_stored not in (8, 16):
        return None
    if attributes.text(dataset, "ColorSpace") == "SRGB" or not _is_rgb(held):
        return None
    return held


def _is_rgb(profile: bytes) -> bool:
    """Whether the head is that of a profile for RGB (ICC.1, 7.2)."""
    return len(profile) >= 128 and profile[36:40] == b"acsp" and profile[16:20] == b"RGB "


def note(dataset: Dataset, form: PixelFormat) -> str:
    """What is said on the picture of its colours; empty where nothing needs to be."""
    if attributes.text(dataset, "PixelPresentation") in ("COLOR", "MIXED"):
        return "supplemental colours not shown"
    if not form.is_colour or "ICCProfile" not in dataset:
        return ""
    if attributes.text(dataset, "ColorSpace") == "SRGB":
        return ""
    if profile_of(dataset, form) is None:
        return "colours not managed: its ICC profile is not applied"
    return "colours by its ICC profile"


def to_srgb(pixels: NDArray[Any], profile: bytes) -> NDArray[Any]:
    """(rows, columns, 3) of 8 or 16 bits through the profile; UndecodablePixels where it is
    broken."""
    try:
        made = imagecodecs.cms_transform(
            np.ascontiguousarray(pixels),
            profile,
            imagecodecs.cms_profile("srgb"),
            colorspace="rgb",
            outcolorspace="rgb",
        )
    except Exception as error:
        raise UndecodablePixels(
            "The ICC profile of the image cannot be applied.",
            means="Its colours would not be those that the device saw.",
            remedy="Ask the site to send it without a profile, or with another one.",
        ) from error
    return np.asarray(made, pixels.dtype)
