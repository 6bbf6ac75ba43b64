"""What lies over a picture while it arrives, and where a part of it never does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dicom import make
from tests.gui.test_fusion import ct, pt
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.errors import ReaderError
from workstation.domain.suv import SuvKind
from workstation.imaging.volume import Volume, whole
from workstation.workflow import fusing, hanging, viewing
from workstation.workflow.blending import Blending
from workstation.workflow.uptake import in_uptake


def test_it_waits_for_slices_that_come_and_tells_of_those_that_do_not() -> None:
    content = {each.SOPInstanceUID: make.to_bytes(each) for each in (*ct(), *pt())}
    (study,) = build_studies([read_object(each) for each in content.values()])
    study = in_uptake(study, SuvKind.BW)
    below, over = study.display_sets
    assert over.volume is not None
    made: Volume = whole(
        over.volume,
        over.frames,
        lambda index: open_pixels(content[over.frames[index].key.sop_instance_uid]).frame(1),
    )
    made.present[3] = False
    failed = 0
    blending = Blending(lambda _: made, lambda _: failed)
    grey = np.full((64, 64), 100, np.uint8)
    fusion, plane = fusing.fusion_of(over), below.frames[2].plane
    waiting = blending.fused(fusion, study, below, plane, grey)
    assert waiting.rgb is None
    assert waiting.over is over
    assert waiting.words == "The images that lie over it are being built"
    failed = 1
    laid = blending.fused(fusion, study, below, plane, grey)
    assert laid.words == "Of what lies over, 1 slice cannot be shown"
    assert laid.rgb is not None
    assert laid.rgb.shape == (64, 64, 3)


def test_another_space_is_no_place_to_lie_over() -> None:
    content = [make.to_bytes(each) for each in (*ct(), *pt(FrameOfReferenceUID="2.25.66"))]
    (study,) = build_studies([read_object(each) for each in content])
    below, over = study.display_sets
    with pytest.raises(ReaderError, match="different spaces"):
        fusing.pair(study, below)
    laid = Blending(lambda _: None).fused(
        fusing.fusion_of(over), study, below, below.frames[0].plane, np.zeros((64, 64), np.uint8)
    )
    assert "are of different spaces (Frame of Reference UID)" in laid.words


def test_current_and_prior_hang_fused_each_with_its_own_pet() -> None:
    studies = []
    for uid in ("2.25.71", "2.25.72"):
        held = [*ct(), *pt()]
        for each in held:
            each.StudyInstanceUID = uid
            each.SeriesInstanceUID = f"{uid}.{each.Modality == 'PT':d}"
            each.SOPInstanceUID = f"{uid}.{each.SOPInstanceUID.removeprefix('2.25.')}"
        (study,) = build_studies([read_object(make.to_bytes(each)) for each in held])
        studies.append(in_uptake(study, SuvKind.BW))
    current, prior = studies
    held_stages = {stage.name: stage for stage in hanging.stages(current, [prior])}
    cells = [cell for cell in held_stages["Current and prior"].cells if cell is not None]
    assert [cell.prior for cell in cells] == [False, True, False, True]
    assert held_stages["Current and prior"].compares
    for cell, study in zip(cells[:2], studies, strict=True):
        below, over = study.display_sets
        assert (cell.display_set, cell.over) == (below.identifier, over.identifier)
        view = viewing.opening_view(cell, below, study)
        assert view.fusion is not None
        assert view.fusion.over == over.identifier
    assert "Current and prior" not in {stage.name for stage in hanging.stages(current)}
