"""What a greyscale softcopy presentation state says of the values of an image (PS3.3 A.33)."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.image import LookupTable, ModalityTransform, Voi


@dataclass(frozen=True, slots=True, eq=False)
class Presentation:
    """The grey pipeline of one image: all of it is here, nothing of the image's own is used.

    `voi` None is the identity over the range of the modality values (PS3.4 N.2.1.3). `lut` is the
    Presentation LUT, `inverse` its shape where it has no table. `left_out` names what the state
    also asks for and a picture of values does not show.
    """

    modality_transform: ModalityTransform
    voi: Voi | None
    lut: LookupTable | None = None
    inverse: bool = False
    label: str = ""
    left_out: tuple[str, ...] = ()
