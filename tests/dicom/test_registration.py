"""Spatial Registration objects: the matrix they mean, or the name of what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom import make, registrations
from tests.dicom.registrations import matrix, member, registration, turned
from workstation.dicom.reading import read_object
from workstation.dicom.registration import open_registration
from workstation.domain.errors import RegistrationRefused
from workstation.domain.image import FrameDescription
from workstation.domain.registration import linked

OWN, OTHER = f"{make.ROOT}.5", f"{make.ROOT}.6"


def frames() -> tuple[FrameDescription, FrameDescription]:
    below = make.slice_of(0, 0.0)
    over = make.slice_of(1, 0.0, FrameOfReferenceUID=OTHER)
    made = [read_object(make.to_bytes(each)).frames[0] for each in (below, over)]
    return made[0], made[1]


def opened(dataset: Dataset):  # type: ignore[no-untyped-def]
    return open_registration(make.to_bytes(dataset))


def test_a_matrix_takes_points_of_its_item_to_the_registered_space() -> None:
    """Equation C.20.2-1: (x, y, z) of the item's space, times the matrix, lies in that of the
    object; here the object registers the images above to those below."""
    move = turned(90, (10.0, 0.0, 5.0))
    held = opened(registration(OWN, member(matrix(move), space=OTHER)))
    below, over = frames()
    # (1, 0, 0) of the other space is turned to (0, 1, 0) and moved to (10, 1, 5).
    (way,) = held.ways((over,), (below,))
    assert way is not None
    np.testing.assert_allclose(way.array() @ (1, 0, 0, 1), (10, 1, 5, 1), atol=1e-6)
    (back,) = held.ways((below,), (over,))
    assert back is not None
    np.testing.assert_allclose(back.array() @ (10, 1, 5, 1), (1, 0, 0, 1), atol=1e-6)


def test_two_spaces_meet_in_a_third() -> None:
    """Equation C.20.2-3: invert one matrix and multiply by the other."""
    one, two = turned(30, (5.0, -4.0, 3.0)), turned(-20, (1.0, 2.0, -6.0))
    held = opened(
        registration("2.25.99", member(matrix(one), space=OWN), member(matrix(two), space=OTHER))
    )
    over, below = frames()
    (way,) = held.ways((over,), (below,))
    assert way is not None
    np.testing.assert_allclose(way.array(), np.linalg.inv(two) @ one, atol=1e-6)


def test_images_that_are_named_come_before_their_frame_of_reference() -> None:
    below, over = frames()
    named = make.slice_of(1, 0.0)
    held = opened(
        registration(
            OWN,
            member(matrix(turned(0, (1.0, 0.0, 0.0))), space=OTHER),
            member(matrix(turned(0, (2.0, 0.0, 0.0))), images=(named,)),
        )
    )
    (way,) = held.ways((over,), (below,))
    assert way is not None
    assert way.array()[0, 3] == 2.0


def test_what_it_does_not_name_is_not_registered() -> None:
    held = opened(registration("2.25.99", member(matrix(np.eye(4)), space=OTHER)))
    below, over = frames()
    assert held.ways((below,), (over,)) == (None,)
    with pytest.raises(RegistrationRefused, match="does not name both"):
        linked((held,), (below,), (over,))


def test_registrations_that_contradict_one_another_are_refused() -> None:
    below, over = frames()
    one = opened(registration(OWN, member(matrix(turned(0, (1.0, 0, 0))), space=OTHER)))
    two = opened(registration(OWN, member(matrix(turned(0, (9.0, 0, 0))), space=OTHER)))
    with pytest.raises(RegistrationRefused, match="contradict"):
        linked((one, two), (below,), (over,))
    assert linked((one, replace(one)), (below,), (over,)).array()[0, 3] == -1.0


SHEAR = np.array([[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            registration(
                OWN, member(matrix(np.eye(4)), space=OTHER), sop_class=registrations.DEFORMABLE
            ),
            "it is deformable",
        ),
        (registration(OWN, sop_class=make.CT), "the object that is named for it is none"),
        (registration(OWN), "it registers nothing"),
        (registration(OWN, member(space=OTHER)), "an item of it has no matrix"),
        (registration(OWN, member(matrix(np.eye(4)))), "neither images nor a frame of reference"),
        (registration(OWN, member(matrix(SHEAR), space=OTHER)), "says RIGID and is not"),
        (
            registration(OWN, member(matrix(SHEAR, "RIGID_SCALE"), space=OTHER)),
            "says RIGID_SCALE and is not",
        ),
        (
            registration(OWN, member(matrix(np.diag([-1.0, 1, 1, 1]), "AFFINE"), space=OTHER)),
            "says AFFINE and is not",
        ),
        (registration(OWN, member(matrix(np.eye(4), "WARP"), space=OTHER)), "unknown type WARP"),
        (
            registration(OWN, member(matrix(np.zeros((4, 4))), space=OTHER)),
            "the last row of a transformation",
        ),
        (
            registration(
                OWN,
                member(matrix(turned(90, (0, 0, 0))), matrix(turned(0, (9.0, 0, 0))), space=OTHER),
            ),
            "depends on their order",
        ),
    ],
)
def test_what_cannot_be_applied_truly_is_refused_by_name(made: Dataset, words: str) -> None:
    with pytest.raises(RegistrationRefused, match=words):
        opened(made)


def test_affine_and_scaled_matrices_and_chains_in_any_order_are_taken() -> None:
    scale = np.diag([2.0, 2.0, 0.5, 1.0])
    for kind, array in (("AFFINE", SHEAR), ("RIGID_SCALE", scale)):
        held = opened(registration(OWN, member(matrix(array, kind), space=OTHER)))
        np.testing.assert_allclose(held.members[0].to_registered.array(), array)
    shifts = [matrix(turned(0, (step, 0.0, 0.0))) for step in (1.0, 2.0, 4.0)]
    held = opened(registration(OWN, member(*shifts, space=OTHER)))
    assert held.members[0].to_registered.array()[0, 3] == 7.0
