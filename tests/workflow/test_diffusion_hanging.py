"""Of a diffusion series the images that show restriction hang, not those without weighting."""

from __future__ import annotations

import pytest

from tests.dicom import make
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import DisplaySet
from workstation.workflow import hanging

MR = "1.2.840.10008.5.1.4.1.1.4"


def hung(*values: float) -> DisplaySet:
    """The first image of the stage for the brain, of one series with these b-values."""
    objects = []
    for n, b in enumerate(values):
        for k in range(3):
            held = make.slice_of(
                k,
                5.0 * k,
                SOPInstanceUID=f"{make.ROOT}.4.{n}.{k}",
                SOPClassUID=MR,
                Modality="MR",
                SeriesDescription="DWI ax",
                BodyPartExamined="BRAIN",
                DiffusionBValue=b,
            )
            objects.append(read_object(make.to_bytes(held)))
    (study,) = build_studies(objects)
    assert len(study.display_sets) == len(values)
    stage = hanging.stages(study)[0]
    cell = next(cell for cell in stage.cells if cell is not None)
    return next(each for each in study.display_sets if each.identifier == cell.display_set)


@pytest.mark.parametrize("values", [(0, 1000), (1000, 0), (0, 500, 1000, 2000), (0, 50, 800)])
def test_the_diffusion_cell_shows_the_weighting_nearest_to_b_1000(values: tuple[int, ...]) -> None:
    wanted = min(values, key=lambda b: abs(b - 1000))
    assert hung(*values).description.endswith(f"b {wanted}")
