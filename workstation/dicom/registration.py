"""Spatial Registration objects to matrices between spaces of the patient (PS3.3 C.20.2)."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.domain.errors import RegistrationRefused
from workstation.domain.registration import Affine, MatrixKind, Registered, Registration

SPATIAL_REGISTRATION = "1.2.840.10008.5.1.4.1.1.66.1"
DEFORMABLE = "1.2.840.10008.5.1.4.1.1.66.3"
_APART = "The images are shown apart."


def _refused(why: str) -> RegistrationRefused:
    return RegistrationRefused(f"The registration is not applied: {why}.", means=_APART)


def describe(dataset: Dataset, sop_class_uid: str) -> Registration | RegistrationRefused | None:
    """What an object registers, or why it is not applied; None where it is no registration."""
    if sop_class_uid not in (SPATIAL_REGISTRATION, DEFORMABLE):
        return None
    try:
        return _read(dataset)
    except RegistrationRefused as error:
        return error


def open_registration(source: bytes | Path) -> Registration:
    """Read a registration; RegistrationRefused where it is none, is deformable or is broken."""
    return _read(open_object(source).dataset)


def _read(dataset: Dataset) -> Registration:
    with attributes.quiet():
        named = attributes.text(dataset, "SOPClassUID")
        if named == DEFORMABLE:
            raise _refused("it is deformable")
        if named != SPATIAL_REGISTRATION:
            raise _refused("the object that is named for it is none")
        members = tuple(
            _registered(each) for each in attributes.items(dataset, "RegistrationSequence")
        )
        if not members:
            raise _refused("it registers nothing")
        return Registration(
            attributes.text(dataset, "SOPInstanceUID"),
            attributes.text(dataset, "FrameOfReferenceUID"),
            members,
        )


def _registered(item: Dataset) -> Registered:
    images = frozenset(
        attributes.text(each, "ReferencedSOPInstanceUID")
        for each in attributes.items(item, "ReferencedImageSequence")
    )
    space = attributes.text(item, "FrameOfReferenceUID")
    if not images and not space:
        raise _refused("an item of it names neither images nor a frame of reference")
    held = attributes.items(item, "MatrixRegistrationSequence")
    matrices = [_matrix(each) for one in held for each in attributes.items(one, "MatrixSequence")]
    if len(held) != 1 or not matrices:
        raise _refused("an item of it has no matrix")
    arrays = [matrix.array() for matrix in matrices]
    if any(
        not np.allclose(one @ other, other @ one, atol=1e-4)
        for one, other in itertools.combinations(arrays, 2)
    ):
        # "Matrix multiplication order" (C.20.2.1.1) is read either way: never guess which.
        raise _refused("it is a chain of matrices that depends on their order")
    product: NDArray[np.float64] = np.eye(4)
    for array in arrays:
        product = product @ array
    return Registered(space, images, Affine.of(product))


def _matrix(item: Dataset) -> Affine:
    numbers = attributes.numbers(item, "FrameOfReferenceTransformationMatrix")
    named = attributes.text(item, "FrameOfReferenceTransformationMatrixType")
    if len(numbers) != 16:
        raise _refused("a matrix of it has not 16 numbers")
    if named not in set(MatrixKind):
        raise _refused(f"a matrix of it is of the unknown type {named or 'without name'}")
    rows = np.asarray(numbers, np.float64).reshape(4, 4)
    try:
        made = Affine.of(rows)
    except ValueError as error:
        raise _refused(str(error)) from error
    if not made.fits(MatrixKind(named)):
        raise _refused(f"a matrix of it says {named} and is not")
    return made
