"""From one space of the patient to another: what a Spatial Registration says (PS3.3 C.20.2)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import RegistrationRefused
from workstation.domain.geometry import PlaneGeometry, Vector, as_vector, unit
from workstation.domain.image import FrameDescription

#: How far a matrix that calls itself rigid may be from it: devices round its numbers.
_ROUNDING = 1e-3


class MatrixKind(StrEnum):
    """Frame of Reference Transformation Matrix Type (0070,030C), PS3.3 C.20.2.1.2."""

    RIGID = "RIGID"
    RIGID_SCALE = "RIGID_SCALE"
    AFFINE = "AFFINE"


@dataclass(frozen=True, slots=True)
class Affine:
    """Points of one space to another, LPS mm: the four rows of a matrix for (x, y, z, 1)."""

    rows: tuple[tuple[float, float, float, float], ...]

    def __post_init__(self) -> None:
        held = np.asarray(self.rows, np.float64)
        if held.shape != (4, 4) or not np.isfinite(held).all():
            raise ValueError("a transformation is a matrix of 4 x 4 finite numbers")
        if not np.allclose(held[3], (0, 0, 0, 1), atol=1e-9):
            raise ValueError("the last row of a transformation is 0, 0, 0, 1")
        if abs(np.linalg.det(held[:3, :3])) < 1e-9:
            raise ValueError("a transformation can be undone")

    @classmethod
    def of(cls, matrix: NDArray[np.float64]) -> Affine:
        """From an array, (4, 4)."""
        made = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in matrix)
        return cls(made)

    def array(self) -> NDArray[np.float64]:
        """(4, 4)."""
        return np.asarray(self.rows, np.float64)

    def point(self, position: Vector) -> Vector:
        """A point, LPS mm, as it lies in the other space."""
        held = self.array()
        return as_vector(held[:3, :3] @ position + held[:3, 3])

    def moved(self, plane: PlaneGeometry) -> PlaneGeometry:
        """A plane as it lies in the other space; ValueError where the matrix is not rigid, and
        pixels would change their size or their right angles."""
        if not self.fits(MatrixKind.RIGID):
            raise ValueError("only a rigid matrix takes a plane to a plane")
        held = self.array()
        turned = [held[:3, :3] @ each for each in (plane.row_cosine, plane.column_cosine)]
        return replace(
            plane,
            origin=as_vector(held[:3, :3] @ plane.origin + held[:3, 3]),
            row_cosine=unit(as_vector(turned[0])),
            column_cosine=unit(as_vector(turned[1])),
        )

    def fits(self, kind: MatrixKind) -> bool:
        """Whether the matrix is what it is called: turned and moved, scaled too, or anything that
        mirrors nothing."""
        linear = self.array()[:3, :3]
        if np.linalg.det(linear) <= 0:
            return False
        product = linear.T @ linear
        if kind is MatrixKind.RIGID:
            return bool(np.allclose(product, np.eye(3), atol=_ROUNDING))
        if kind is MatrixKind.RIGID_SCALE:
            off = product - np.diag(np.diag(product))
            return bool(np.allclose(off, 0, atol=_ROUNDING * float(np.diag(product).max())))
        return True


@dataclass(frozen=True, slots=True)
class Registered:
    """One set of images, or all of a frame of reference, and where the registration takes it."""

    frame_of_reference_uid: str
    images: frozenset[str]
    to_registered: Affine

    def __post_init__(self) -> None:
        if not self.frame_of_reference_uid and not self.images:
            raise ValueError("what is registered has a frame of reference, or images")


@dataclass(frozen=True, slots=True)
class Registration:
    """A Spatial Registration: all that it registers, and the space it registers it to."""

    sop_instance_uid: str
    frame_of_reference_uid: str
    members: tuple[Registered, ...]

    def _to_registered(self, frame: FrameDescription) -> Affine | None:
        space = frame.plane.frame_of_reference_uid if frame.plane is not None else ""
        for each in self.members:
            if frame.key.sop_instance_uid in each.images:
                return each.to_registered
        for each in self.members:
            if space and each.frame_of_reference_uid == space:
                return each.to_registered
        if space and space == self.frame_of_reference_uid:
            return Affine.of(np.eye(4))
        return None

    def ways(
        self, ones: Sequence[FrameDescription], others: Sequence[FrameDescription]
    ) -> tuple[Affine | None, ...]:
        """From the space of each frame of one set to that of each of the other, every way once;
        None among them where it registers not both.

        Both are taken to the registered space, one of them backward (equation C.20.2-3).
        """
        firsts, seconds = (
            tuple(dict.fromkeys(self._to_registered(frame) for frame in frames))
            for frames in (ones, others)
        )
        found: dict[Affine | None, None] = {}
        for first, second in itertools.product(firsts, seconds):
            if first is None or second is None:
                found[None] = None
            else:
                back = np.linalg.inv(second.array()).astype(np.float64)
                found[Affine.of(back @ first.array())] = None
        return tuple(found)


def linked(
    registrations: tuple[Registration, ...],
    ones: Sequence[FrameDescription],
    others: Sequence[FrameDescription],
) -> Affine:
    """The one way from some frames to others that registrations give; RegistrationRefused where
    there is none, where they contradict one another, or where they take the frames of one set
    different ways: images may be registered one by one (PS3.3 C.20.2)."""
    found: list[Affine] = []
    for each in registrations:
        ways = each.ways(ones, others)
        if len(ways) > 1:
            raise RegistrationRefused(
                "The registration takes the images of one series different ways.",
                means="The images are shown apart.",
            )
        found += [way for way in ways if way is not None]
    if not found:
        raise RegistrationRefused(
            "The registration does not name both sets of images.",
            means="The images are shown apart.",
        )
    if any(not np.allclose(way.array(), found[0].array(), atol=_ROUNDING) for way in found):
        raise RegistrationRefused(
            "The registrations of the state contradict one another.",
            means="The images are shown apart.",
        )
    return found[0]
