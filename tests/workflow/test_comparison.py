"""Which earlier study is hung beside the current one."""

from __future__ import annotations

from workstation.domain.identity import Patient
from workstation.domain.image import FrameDescription, FrameKey, PixelFormat
from workstation.domain.study import DisplaySet, DisplaySetKind, Series, Study
from workstation.workflow import hanging


def study(uid: str, modality: str) -> Study:
    form = PixelFormat(8, 8, 1, 1, "MONOCHROME2", 16, 12, 11, False, 0, "1.2.840.10008.1.2.1")
    frame = FrameDescription(
        key=FrameKey(f"{uid}.1.1"),
        sop_class_uid="1.2.840.10008.5.1.4.1.1.1.1",
        pixel_format=form,
        modality=modality,
        view_position="PA",
    )
    shown = DisplaySet(
        identifier=f"{uid}.1/0",
        kind=DisplaySetKind.IMAGE,
        series_instance_uid=f"{uid}.1",
        series_number=1,
        description="Chest",
        modality=modality,
        body_part="CHEST",
        frames=(frame,),
        sop_instance_uids=(f"{uid}.1.1",),
    )
    series = Series(f"{uid}.1", modality, "Chest", 1, (shown,))
    return Study(uid, Patient("1"), series=(series,), received=1)


def test_a_radiograph_is_compared_with_the_older_radiograph_and_not_the_newer_ct() -> None:
    current, ct, radiograph = study("1.1", "DX"), study("1.2", "CT"), study("1.3", "CR")
    stages = hanging.stages(current, [ct, radiograph])
    beside = [stage for stage in stages if stage.compares]
    assert beside
    cells = [cell for stage in beside for cell in stage.cells if cell is not None and cell.prior]
    assert {cell.study_uid for cell in cells} == {"1.3"}


def test_without_a_like_study_nothing_is_hung_as_its_prior() -> None:
    stages = hanging.stages(study("1.1", "DX"), [study("1.2", "CT")])
    assert all(not stage.compares for stage in stages)
